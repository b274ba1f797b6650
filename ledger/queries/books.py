"""Balances, statements, the trial balance, vouchers and their lines 余额、明细、试算平衡与凭证."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Sum, When

from access.models import User
from access.states import Perm
from hpf.money import ZERO
from ledger.models import ChartAccount, Entry, LedgerAccount, Voucher
from ledger.states import Side


def balances_of(accounts: Iterable[int]) -> dict[int, Decimal]:
    """The stored balances of ledger accounts that keep one 分户账余额, by account."""
    return dict(LedgerAccount.objects.filter(pk__in=list(accounts), stored=True).values_list("pk", "balance"))


def balance_of(account: int) -> Decimal:
    """The stored balance of one ledger account 分户账余额, in yuan."""
    return LedgerAccount.objects.values_list("balance", flat=True).get(pk=account, stored=True)


def balance_and_held(account: int) -> tuple[Decimal, Decimal]:
    """The stored balance of one ledger account and what is held of it 分户账余额和占用金额, in yuan."""
    return LedgerAccount.objects.values_list("balance", "held").get(pk=account, stored=True)


def statement(account: int, since: date, until: date, earlier: Collection[int] = ()) -> QuerySet[Entry, Any]:
    """The entries of one account from `since` up to, and without, `until` 明细账, oldest first.

    Rows are dictionaries: booked_on, interest_on, voucher_id, kind, why, side, amount, change (signed, as the balance
    moves) and balance. The order is the order in which they changed the account. `earlier` are the closed accounts
    whose savings went on to this one, each opened before the next.
    """
    return (
        Entry.objects.filter(account__in=[account, *earlier], booked_on__gte=since, booked_on__lt=until)
        .annotate(
            kind=F("voucher__kind__name"),
            why=F("voucher__why"),
            change=Case(
                When(Q(side=Side.DEBIT), then=F("amount") * F("account__sign")),
                default=F("amount") * -F("account__sign"),
            ),
        )
        .order_by("booked_on", "account", "version", "voucher_id", "line")
        .values("booked_on", "interest_on", "voucher_id", "kind", "why", "side", "amount", "change", "balance")
    )


NEWEST_LINES = """
select e.booked_on, e.interest_on, e.voucher_id, k.name as kind, v.why, e.side::text, e.amount,
       case e.side when 'D' then e.amount * a.sign else e.amount * -a.sign end as change, e.balance
from ledger_entry e
join ledger_voucher v on v.id = e.voucher_id
join ledger_voucherkind k on k.code = v.kind_id
join ledger_ledgeraccount a on a.id = e.account_id
where e.account_id = any(%(accounts)s::bigint[]) and e.booked_on >= %(since)s and e.booked_on < %(until)s
  and e.voucher_id <> all(%(apart)s::bigint[])
order by e.booked_on desc, e.account_id desc, e.version desc, e.voucher_id desc, e.line desc
limit %(most)s
"""


def newest_lines(
    accounts: Sequence[int], since: date, until: date, *, apart_from: Sequence[int] = (), most: int
) -> list[dict[str, Any]]:
    """At most so many rows of the `statement` of these accounts, newest first 最近明细, less those of some vouchers.

    It is written out, since every look at a member's page asks for it, and composing it costs more than reading it.
    """
    asked: dict[str, Any] = {
        "accounts": list(accounts),
        "since": since,
        "until": until,
        "apart": list(apart_from),
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_LINES, asked)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


INTERNAL_BALANCE = """
with last as (
    select t.day, t.closing from ledger_daytotal t join ledger_ledgeraccount a on a.id = t.account_id
    where t.account_id = %(account)s and t.chart_id = a.chart_id and t.branch_id = a.branch_id and t.day <= %(on)s
    order by t.day desc limit 1
), tail as (
    select sum(case e.side when 'D' then e.amount else -e.amount end) as moved
    from ledger_entry e
    where e.account_id = %(account)s and e.booked_on <= %(on)s
      and e.booked_on > coalesce((select day from last), date '1900-01-01')
)
select coalesce((select closing from last), 0) + coalesce((select moved from tail), 0)
"""


def internal_balance(account: int, on: date) -> Decimal:
    """Debits less credits of an internal account at the end of a day 内部账户余额: day totals and the tail since."""
    with connection.cursor() as cursor:
        cursor.execute(INTERNAL_BALANCE, {"account": account, "on": on})
        return cursor.fetchone()[0]


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One chart account in the trial balance 科目余额表行; opening and closing are debits less credits."""

    code: str
    name: str
    side: str
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


# A day's balances are those up to its end, so what was moved since another day is the difference of the two.
TRIAL_BALANCE = """
with moved (chart_id, opening, debit, credit) as (
    select chart_id, debited - credited, -debited, -credited from ledger_daybalance
    where day = (select max(day) from ledger_daybalance where day < %(since)s)
      and (%(branch)s::smallint is null or branch_id = %(branch)s)
    union all
    select chart_id, 0, debited, credited from ledger_daybalance
    where day = (select max(day) from ledger_daybalance where day < %(until)s)
      and (%(branch)s::smallint is null or branch_id = %(branch)s)
    union all
    select chart_id,
           coalesce(sum(case side when 'D' then amount else -amount end) filter (where booked_on < %(since)s), 0),
           coalesce(sum(amount) filter (where side = 'D' and booked_on >= %(since)s), 0),
           coalesce(sum(amount) filter (where side = 'C' and booked_on >= %(since)s), 0)
    from ledger_entry
    where booked_on > coalesce((select max(day) from ledger_daybalance), date '1900-01-01')
      and booked_on < %(until)s and (%(branch)s::smallint is null or branch_id = %(branch)s)
    group by 1
), summed as (
    select chart_id, sum(opening) as opening, sum(debit) as debit, sum(credit) as credit from moved group by 1
)
select c.code, c.name, c.side, coalesce(s.opening, 0), coalesce(s.debit, 0), coalesce(s.credit, 0)
from ledger_chartaccount c left join summed s on s.chart_id = c.code
where c.takes_entries
order by c.code
"""


def trial_balance(since: date, until: date, branch: int | None = None) -> list[TrialRow]:
    """The trial balance 科目余额表 from `since` up to, and without, `until`: every chart account that takes entries.

    Closed days come from their balances, days still open from their entries: the figures are exact at any moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(TRIAL_BALANCE, {"since": since, "until": until, "branch": branch})
        return [TrialRow(*row) for row in cursor.fetchall()]


def totals_of(rows: Iterable[TrialRow]) -> tuple[Decimal, Decimal]:
    """Debits and credits of a trial balance 借贷方合计; equal where the books are sound and every branch is in it."""
    debit, credit = ZERO, ZERO
    for row in rows:
        debit += row.debit
        credit += row.credit
    return debit, credit


@dataclass(frozen=True, slots=True)
class SideSums:
    """Debits against credits 借贷方合计, in yuan."""

    label: str
    debit: Decimal
    credit: Decimal

    @property
    def difference(self) -> Decimal:
        return self.debit - self.credit


def sums_by_side(rows: Iterable[TrialRow]) -> list[SideSums]:
    """Opening, movements and closing of a trial balance summed by side 试算平衡; in sound books each pair is equal."""
    listed = list(rows)
    return [
        _by_side("期初余额", [row.opening for row in listed]),
        SideSums("本期发生额", *totals_of(listed)),
        _by_side("期末余额", [row.closing for row in listed]),
    ]


def _by_side(label: str, balances: list[Decimal]) -> SideSums:
    debit = sum((amount for amount in balances if amount > 0), ZERO)
    return SideSums(label, debit, debit - sum(balances, ZERO))


def summed_by_heading(rows: Iterable[TrialRow]) -> list[TrialRow]:
    """A trial balance by the headings of the first level 一级科目."""
    charts = {chart.code: chart for chart in ChartAccount.objects.all()}
    sums: dict[str, TrialRow] = {}
    for row in rows:
        head = charts[row.code]
        while head.parent_id:
            head = charts[head.parent_id]
        empty = TrialRow(head.code, head.name, head.side, ZERO, ZERO, ZERO)
        so_far = sums.get(head.code, empty)
        sums[head.code] = replace(
            so_far,
            opening=so_far.opening + row.opening,
            debit=so_far.debit + row.debit,
            credit=so_far.credit + row.credit,
        )
    return [sums[code] for code in sorted(sums)]


def vouchers_seen_by(user: User) -> QuerySet[Voucher]:
    """The vouchers a person may look at 可查看的凭证, newest first: staff with the right, others none.

    A voucher moves money of several branches and finance answers for the whole books, so branches do not narrow it.
    """
    vouchers = Voucher.objects.select_related("kind", "by").order_by("-booked_on", "-pk")
    return vouchers if user.has(Perm.VIEW_VOUCHERS) else vouchers.none()


def entries_of(*vouchers: Voucher) -> QuerySet[Entry]:
    """The lines of vouchers 凭证分录: debits first, then credits, in their order.

    What a line belongs to is fetched for the lines of one page: joined, it would be sorted along with 50,000 others.
    """
    return (
        Entry.objects.filter(booked_on__in={voucher.booked_on for voucher in vouchers}, voucher__in=vouchers)
        .prefetch_related("chart", "branch", "account__kind")
        .order_by("-side", "line")
    )


def sums_of(voucher: Voucher) -> SideSums:
    """The lines of a voucher summed by side 凭证借贷方合计, from the entries themselves."""
    sums = Entry.objects.filter(booked_on=voucher.booked_on, voucher=voucher).aggregate(
        debit=Sum("amount", filter=Q(side=Side.DEBIT), default=ZERO),
        credit=Sum("amount", filter=Q(side=Side.CREDIT), default=ZERO),
    )
    return SideSums("合计", sums["debit"], sums["credit"])


def entries_seen_by(user: User) -> QuerySet[Entry]:
    """The entries a person may look at 可查看的分录, oldest first, with their vouchers."""
    entries = Entry.objects.prefetch_related("voucher__kind", "chart", "branch", "account__kind")
    entries = entries.order_by("booked_on", "voucher_id", "line")
    return entries if user.has(Perm.VIEW_VOUCHERS) else entries.none()


def codes_under(chart: ChartAccount) -> list[str]:
    """The codes of a chart account and of those under it 本级及下级科目编码."""
    below = Q(pk=chart.pk) | Q(parent=chart.pk) | Q(parent__parent=chart.pk)
    return list(ChartAccount.objects.filter(below).order_by("code").values_list("code", flat=True))
