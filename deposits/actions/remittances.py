"""The month's remittance 汇缴: handed in as a list, paid in one or several sums, then allocated to the members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from access.models import User
from accounts.models import Employer, MemberAccount
from accounts.states import EmployerStatus, MemberAccountStatus
from audit.actions import trail
from deposits import queries, rules
from deposits.actions import batches
from deposits.models import Remittance
from deposits.queries import ListedLine, contribution_of
from deposits.states import RemittanceKind, RemittanceStatus
from hpf import numbers
from hpf.errors import NotAllowedNow, Refusal
from hpf.money import ZERO
from hpf.months import Month
from ledger.actions import posting
from ledger.models import Voucher
from ledger.queries import available, closing_day
from policy.queries import DepositTerms

REFERENCES = "deposits_remittance_references"
AT_ONCE = 5000  # lines reckoned and written together, so that the longest list takes no more memory than a short one
PAYING = (EmployerStatus.OPENED, EmployerStatus.NORMAL)


class EmployerNotPaying(Refusal):
    """The employer's state allows no remittance 单位状态不符."""

    message = "单位当前状态为“{status}”，不能办理汇缴；请先到管理部办理恢复缴存"
    code = "employer_not_paying"


class NotTheNextMonth(Refusal):
    """A month was left out or is listed already 汇缴年月不连续."""

    message = "汇缴须按月连续办理：现在应办理 {due}，不能办理 {month}"
    code = "not_the_next_month"


class MonthAhead(Refusal):
    """The month is too far ahead 超前汇缴."""

    message = "{month} 尚未到汇缴时间，最早可在前一个月办理"
    code = "month_ahead"


class NobodyListed(Refusal):
    """The list is empty 清册为空."""

    message = "汇缴清册中没有职工，请先为职工开户"
    code = "nobody_listed"


class NotOurMember(Refusal):
    """An account on the list is not an active one of this employer, or stands there twice 账户不符."""

    message = "清册中有账户不属于本单位、已封存或重复，请重新下载清册核对"
    code = "not_our_member"


class RatioOutside(Refusal):
    """A ratio lies outside its limits 缴存比例超限."""

    message = "缴存比例应在 {lowest}% 至 {highest}% 之间，请修改后再提交"
    code = "ratio_outside"


class NotCovered(Refusal):
    """The employer's money does not cover the list 单位暂存款不足."""

    message = "单位暂存款 {balance} 元，不足以分配本月汇缴 {total} 元，请等待资金到账"
    code = "not_covered"


class WhyNeeded(Refusal):
    """A list is not taken back without a word 未填写撤销原因."""

    message = "请填写撤销原因"
    code = "why_needed"


class LaterMonthListed(Refusal):
    """A later month is handed in 后续月份已提交."""

    message = "{month} 的清册已提交，请先从最后一个月起依次撤销"
    code = "later_month_listed"


@dataclass(frozen=True, slots=True)
class Share:
    """What one line comes to 应缴额."""

    listed: ListedLine
    due: rules.Contribution


@transaction.atomic
def submit(employer: Employer, month: Month, lines: Sequence[ListedLine], *, by: User, on: date) -> Remittance:
    """Hand in the list of a month 提交汇缴 and give it a payment reference; months come in order, without a gap.

    Each member's base is held between the month's floor and cap and each part rounded by itself (R-101 to R-103).
    Source: Regulation 条例 arts. 16, 18, 19.

    Raises:
        EmployerNotPaying, NotTheNextMonth, MonthAhead, NobodyListed, NotOurMember, RatioOutside: the list cannot stand.
        NoTerm: a limit is missing on the first day of the month.
    """
    employer = lock(employer)
    refuse_month(employer, month, on=on)
    _refuse_strangers(employer, lines)
    terms = queries.terms_of(month)
    remittance = draw(employer, month, on=on)
    for first in range(0, len(lines), AT_ONCE):
        write_lines(remittance, first, _shares(lines[first : first + AT_ONCE], terms))
    remittance.save(force_insert=True)
    trail.note("submit", remittance, by=by, on=on, headcount=remittance.headcount, total=remittance.total)
    return remittance


ALLOCATION = """
select %s::bigint as account, 'D' as side, %s::numeric as amount
union all
select a.ledger_account_id, 'C', l.employer_part + l.member_part
from deposits_remittanceline l join accounts_memberaccount a on a.id = l.member_account_id
where l.remittance_id = %s
"""


@transaction.atomic
def withdraw(remittance: Remittance, *, why: str, by: User, on: date) -> None:
    """Take back a list that is not allocated yet 撤销清册; its month can then be handed in again (R-106).

    What its rows did to accounts stays: joiners are opened, leavers sealed, bases changed. Money that came for it
    stays with the employer. Source: docs/rules.md R-106.

    Raises:
        WhyNeeded: no reason is given.
        LaterMonthListed: a later month is handed in; it goes first.
        NotAllowedNow, Overtaken: it was allocated or withdrawn before.
    """
    employer = lock(remittance.employer)
    if not why.strip():
        raise WhyNeeded(field="why")
    refuse_to_withdraw(employer, remittance)
    trail.move(remittance, RemittanceStatus.CANCELLED, by=by, on=on, why=why.strip())


def refuse_to_withdraw(employer: Employer, remittance: Remittance) -> None:
    """Refuse a list that cannot be taken back now 撤销条件.

    Raises:
        NotAllowedNow: it is allocated or withdrawn.
        LaterMonthListed: months stay without a gap.
    """
    if remittance.status != RemittanceStatus.SUBMITTED:
        raise NotAllowedNow
    listed = Remittance.objects.standing().regular().filter(employer=employer, month__gt=remittance.month)
    later = listed.order_by("-month").values_list("month", flat=True).first()
    if later and remittance.kind == RemittanceKind.REGULAR:
        raise LaterMonthListed(month=later)


@transaction.atomic
def allocate(remittance: Remittance, *, by: User, on: date) -> None:
    """Turn the employer's unallocated money into members' savings 分配入账: one voucher, months in order.

    It draws on the balance of 单位暂存款, not on one receipt: what is left over stays there. A back payment 补缴 is of
    a month that is paid, so it waits for none and moves no month forward.

    Raises:
        NotTheNextMonth: an earlier month is not paid.
        NotCovered: the unallocated money is less than the list.
        NotAllowedNow, Overtaken: it was allocated or cancelled before.
    """
    _allocate(remittance, lock(remittance.employer), by=by, on=on)


def _allocate(remittance: Remittance, employer: Employer, *, by: User, on: date) -> None:
    """Allocate a list of an employer whose row we hold."""
    regular = remittance.kind == RemittanceKind.REGULAR
    if regular:
        _refuse_out_of_order(employer, remittance)
    balance = available(employer.unallocated_id)
    if balance < remittance.total:
        raise NotCovered(balance=balance, total=remittance.total)
    trail.move(remittance, RemittanceStatus.ALLOCATED, by=by, on=on, allocated_on=on)
    select = posting.Select(ALLOCATION, [employer.unallocated_id, remittance.total, remittance.pk])
    kind, why = "deposits.remittance", f"{remittance.month} {RemittanceKind(remittance.kind).label}"
    voucher = posting.post_query(kind, remittance.pk, select, by=by, on=on, why=why)
    _prove_all_credited(voucher, remittance)
    Remittance.objects.filter(pk=remittance.pk).update(voucher=voucher)
    if regular:
        Employer.objects.filter(pk=employer.pk).update(paid_to=remittance.month)


def allocate_covered(*, by: User, on: date) -> dict[str, int]:
    """Allocate every list whose money has come 批量分配入账, many in one transaction and the rest each alone.

    Safe to run twice and by several at once: an employer somebody else is working on is left to them. While the night
    settles a day, members' accounts stand still and nothing is tried. A list that fails by a mistake of the program
    stops no other; it is raised when all have been tried.
    """
    if closing_day():
        return {"allocated": 0, "refused": 0}
    covered = queries.covered()
    lists = Remittance.objects.filter(pk__in=covered).order_by("employer", "kind", "month", "pk")
    done = batches.taken_together(
        lists.values_list("pk", "employer", "headcount"), lambda group: batches.allocate(group, by=by, on=on)
    )
    counts = {"allocated": len(done), "refused": 0}
    mistakes: list[Exception] = []
    for pk in (pk for pk in covered if pk not in done):
        try:
            counts["allocated"] += _allocate_if_free(pk, by=by, on=on)
        except Refusal:
            counts["refused"] += 1
        except Exception as mistake:
            mistake.add_note(f"汇缴 {pk}")
            mistakes.append(mistake)
    if mistakes:
        raise ExceptionGroup("allocate_covered", mistakes)
    return counts


def lock(employer: Employer) -> Employer:
    """Hold an employer's row until the transaction ends 锁定单位, so that its months and sums follow one another."""
    return Employer.objects.select_for_update(no_key=True).get(pk=employer.pk)


@transaction.atomic
def _allocate_if_free(pk: int, *, by: User, on: date) -> int:
    free = Employer.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    mine = free.filter(remittances=pk).first()
    remittance = Remittance.objects.filter(pk=pk, status=RemittanceStatus.SUBMITTED).first() if mine else None
    if mine is None or remittance is None:
        return 0
    _allocate(remittance, mine, by=by, on=on)
    return 1


def refuse_month(employer: Employer, month: Month, *, on: date) -> None:
    """Refuse a month that an employer cannot hand in now 汇缴年月校验.

    Raises:
        EmployerNotPaying, NotTheNextMonth, MonthAhead.
    """
    if employer.status not in PAYING:
        raise EmployerNotPaying(status=EmployerStatus(employer.status).label)
    due = queries.month_due(employer, on=on)
    if month != due:
        raise NotTheNextMonth(field="month", due=due, month=month)
    if queries.too_early(month, on=on):
        raise MonthAhead(field="month", month=month)


def _refuse_strangers(employer: Employer, lines: Sequence[ListedLine]) -> None:
    if not lines:
        raise NobodyListed
    listed = sorted({line.account for line in lines})
    saving = MemberAccount.objects.filter(employer=employer, status=MemberAccountStatus.NORMAL)
    parts = (listed[first : first + AT_ONCE] for first in range(0, len(listed), AT_ONCE))
    if sum(saving.filter(pk__in=part).count() for part in parts) != len(lines):
        raise NotOurMember


def _refuse_out_of_order(employer: Employer, remittance: Remittance) -> None:
    listed = Remittance.objects.regular().filter(employer=employer, status=RemittanceStatus.SUBMITTED)
    waiting = listed.order_by("month")
    due = Month.parse(employer.paid_to).next() if employer.paid_to else None
    earliest = waiting.values_list("month", flat=True).first() or remittance.month
    if remittance.month > earliest or (due and remittance.month > str(due)):
        raise NotTheNextMonth(due=due or earliest, month=remittance.month)


def _shares(lines: Sequence[ListedLine], terms: DepositTerms) -> list[Share]:
    for line in lines:
        if not all(terms.ratio_min <= ratio <= terms.ratio_max for ratio in (line.employer_ratio, line.member_ratio)):
            raise RatioOutside(lowest=terms.ratio_min, highest=terms.ratio_max)
    return [Share(line, contribution_of(line, terms)) for line in lines]


WRITE_LINES = """
insert into deposits_remittanceline
    (remittance_id, member_account_id, base, employer_ratio, member_ratio, employer_part, member_part, line)
select %s, account, base, employer_ratio, member_ratio, employer_part, member_part, %s + line from unnest(
    %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[]
) with ordinality r (account, base, employer_ratio, member_ratio, employer_part, member_part, line)
"""


def draw(employer: Employer, month: Month, *, on: date) -> Remittance:
    """A list with its number and payment reference, to be saved when its lines are written 取号."""
    return Remittance(
        pk=numbers.draw_ids(Remittance, 1)[0],
        employer=employer,
        month=str(month),
        reference=rules.payment_reference(numbers.draw(REFERENCES, 1)[0]),
        submitted_on=on,
    )


def write_lines(remittance: Remittance, after: int, shares: Sequence[Share]) -> None:
    """Write lines of a list in one statement, numbered on from `after`, and add them to its sums 写入明细."""
    columns = zip(
        *(
            (
                share.listed.account,
                share.due.base_used,
                share.listed.employer_ratio,
                share.listed.member_ratio,
                share.due.employer_part,
                share.due.member_part,
            )
            for share in shares
        ),
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(WRITE_LINES, [remittance.pk, after, *(list(column) for column in columns)])
    remittance.headcount += len(shares)
    remittance.employer_part += sum((share.due.employer_part for share in shares), ZERO)
    remittance.member_part += sum((share.due.member_part for share in shares), ZERO)
    remittance.total = remittance.employer_part + remittance.member_part


def _prove_all_credited(voucher: int, remittance: Remittance) -> None:
    """One debit and a credit for each member: anything else is a mistake in the program."""
    lines = Voucher.objects.values_list("line_count", flat=True).get(pk=voucher)
    if lines != remittance.headcount + 1:
        raise posting.BooksError(f"remittance {remittance.pk} lists {remittance.headcount}, voucher has {lines} lines")
