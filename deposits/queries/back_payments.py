"""Who waits for a back payment 待补缴, what a month still owes somebody, and what was paid for it before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from accounts.models import Employer, MemberAccount
from accounts.states import MEMBER_ACCOUNT_ENDS
from deposits.models import Remittance, RemittanceLine
from deposits.queries.months import ListedLine, contribution_of, terms_of
from deposits.rules import Contribution
from deposits.states import RemittanceKind, RemittanceStatus
from hpf.money import ZERO
from hpf.months import Month


@dataclass(frozen=True, slots=True)
class Waiting:
    """A member whom a month that was handed in should have named 待补缴职工; `paid` once that month is allocated."""

    account: int
    number: str
    name: str
    base: Decimal
    employer_ratio: Decimal
    member_ratio: Decimal
    month: str
    paid: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """What a month comes to for somebody, and what of it was listed before 应补金额, in yuan."""

    listed: ListedLine
    due: Contribution
    employer_paid: Decimal
    member_paid: Decimal

    @property
    def employer_part(self) -> Decimal:
        return self.due.employer_part - self.employer_paid

    @property
    def member_part(self) -> Decimal:
        return self.due.member_part - self.member_paid

    @property
    def total(self) -> Decimal:
        return self.employer_part + self.member_part

    @property
    def paid(self) -> Decimal:
        return self.employer_paid + self.member_paid


# Only who is not on the first list he belongs to can wait, which spares a look at the history of everybody else. A
# member who came from another employer was listed there. From the first month that names him on, nothing waits: when
# he was sealed is not a month that was missed.
WAITING = """
with late as materialized (
    select a.id, a.number, a.member_id, a.employer_id, a.first_month, a.base, a.employer_ratio, a.member_ratio
    from accounts_memberaccount a
    where a.employer_id = %(employer)s and a.status <> all(%(ended)s)
      and (%(account)s::bigint is null or a.id = %(account)s)
      and exists (
          select 1 from deposits_remittance r
          where r.employer_id = a.employer_id and r.kind = '01' and r.status <> 'CANCELLED'
            and r.month = (
                select min(f.month) from deposits_remittance f
                where f.employer_id = a.employer_id and f.kind = '01' and f.status <> 'CANCELLED'
                  and f.month >= a.first_month)
            and not exists (select 1 from deposits_remittanceline l
                            where l.remittance_id = r.id and l.member_account_id = a.id))
),
listed as (
    select l.member_account_id, r.month, r.kind
    from deposits_remittanceline l join deposits_remittance r on r.id = l.remittance_id
    where l.member_account_id in (select id from late) and r.status <> 'CANCELLED'
)
select a.id, a.number, m.name, a.base, a.employer_ratio, a.member_ratio, r.month, r.status = 'ALLOCATED'
from late a
join accounts_member m on m.id = a.member_id
join deposits_remittance r on r.employer_id = a.employer_id and r.kind = '01' and r.status <> 'CANCELLED'
    and r.month >= a.first_month
    and r.month < coalesce((select min(month) from listed where member_account_id = a.id and kind = '01'), '9999-99')
where not exists (select 1 from listed where member_account_id = a.id and month = r.month)
order by r.month, a.number
"""


def waiting(employer: Employer, account: MemberAccount | None = None) -> list[Waiting]:
    """Who waits for a back payment at an employer 待补缴, by month and number; of one account where it is given.

    Somebody who should contribute from a month on that was handed in without him, until a list names him (R-107).
    """
    wanted = {
        "employer": employer.pk,
        "account": account.pk if account else None,
        "ended": [end.value for end in MEMBER_ACCOUNT_ENDS],
    }
    with connection.cursor() as cursor:
        cursor.execute(WAITING, wanted)
        return [Waiting(*row) for row in cursor.fetchall()]


def waiting_in(remittance: Remittance) -> list[Waiting]:
    """Whom a month's list should have named 本月待补缴职工; one taken back, or paying back, leaves out nobody."""
    if remittance.kind == RemittanceKind.BACK or remittance.status == RemittanceStatus.CANCELLED:
        return []
    return [one for one in waiting(remittance.employer) if one.month == remittance.month]


def owed(month: Month, lines: Sequence[ListedLine]) -> list[Owed]:
    """What each of these members still owes for a month 应补金额: by that month's terms, less what lists name already.

    Raises:
        NoTerm: a limit is missing on the first day of the month.
    """
    terms = terms_of(month)
    paid = paid_in(month, [line.account for line in lines])
    nothing = (ZERO, ZERO)
    return [Owed(line, contribution_of(line, terms), *paid.get(line.account, nothing)) for line in lines]


def paid_in(month: Month, accounts: Iterable[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """What lists name for accounts in a month, whoever handed them in 当月已缴: both sides' parts, in yuan."""
    lines = RemittanceLine.objects.filter(member_account__in=list(accounts), remittance__month=str(month))
    standing = lines.exclude(remittance__status=RemittanceStatus.CANCELLED).order_by()
    sums = standing.values("member_account").annotate(ours=Sum("employer_part"), theirs=Sum("member_part"))
    return {row["member_account"]: (row["ours"], row["theirs"]) for row in sums}


def accounts_by_number(employer: Employer, numbers: Iterable[str]) -> dict[str, MemberAccount]:
    """The accounts of an employer that have not ended 本单位未销户账户, by number."""
    accounts = MemberAccount.objects.filter(employer=employer, number__in=list(numbers)).select_related("member")
    return {account.number: account for account in accounts.exclude(status__in=MEMBER_ACCOUNT_ENDS).order_by("number")}
