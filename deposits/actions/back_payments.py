"""Back payments 补缴: a month that is paid already is paid for somebody it left out, or left short."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from access.models import User
from accounts.actions.members import Paying, refuse_paying
from accounts.models import Employer, MemberAccount
from accounts.states import MEMBER_ACCOUNT_ENDS, EmployerStatus
from audit.actions import trail
from deposits import queries
from deposits.actions import remittances
from deposits.actions.remittances import PAYING, EmployerNotPaying, Share
from deposits.models import Remittance
from deposits.queries import ListedLine, Owed
from deposits.rules import Contribution, months_between
from deposits.states import BackReason, RemittanceKind
from hpf.errors import Refusal
from hpf.months import Month
from policy.queries import DepositTerms, term_on
from policy.states import TermName


class MonthNotPaid(Refusal):
    """The month is not allocated for the employer 当月未入账."""

    message = "{month} 的汇缴尚未入账（缴至 {paid_to}），不能补缴；未入账的清册请撤销后更正"
    code = "month_not_paid"


class NobodyNamed(Refusal):
    """The list is empty 未填写职工."""

    message = "请至少填写一名职工的个人账号"
    code = "nobody_named"


class NotTheirs(Refusal):
    """An account is no open one of the employer's, or stands in the list twice 账户不符."""

    message = "有个人账号不属于本单位、已销户或重复，请核对"
    code = "not_theirs"


class EvidenceNeeded(Refusal):
    """The centre orders by a document, and old months are paid on evidence 缺少证明材料."""

    message = "{what}，请填写证明材料或文号"
    code = "evidence_needed"


class CounterNeeded(Refusal):
    """A handler cannot do it from afar 须到柜台."""

    message = "{what}，请携带证明材料到管理部柜台办理"
    code = "counter_needed"


class PaidAlready(Refusal):
    """The month was paid for the member 当月已缴."""

    message = "{month} 已缴存 {paid} 元；补差额请把补缴原因改为“基数或比例差额”"
    code = "paid_already"


class NeverPaid(Refusal):
    """There is nothing to which a difference could be paid 当月未缴."""

    message = "{month} 没有缴存记录，不是差额；请把补缴原因改为“漏缴职工”或“漏缴月份”"
    code = "never_paid"


class NothingOwed(Refusal):
    """What was paid is as much as the month comes to 当月已足额."""

    message = "{month} 应缴 {due} 元、已缴 {paid} 元，没有需要补缴的金额，请核对基数和比例"
    code = "nothing_owed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an employer asks to pay back 补缴申请: the members of one month, why, and what proves it."""

    month: Month
    reason: BackReason
    grounds: str
    lines: Sequence[ListedLine]


@transaction.atomic
def submit(employer: Employer, wanted: Wanted, *, by: User, on: date) -> Remittance:
    """Hand in a back payment 提交补缴: a list of its own, which waits for money and moves no month forward (R-107).

    Each member owes what the month's base and ratios come to under the terms of that month, less what lists name
    already. Source: Regulation 条例 arts. 16, 18, 38; conditions: docs/rules.md R-107.

    Raises:
        EmployerNotPaying, MonthNotPaid, EvidenceNeeded, CounterNeeded: it cannot be handed in.
        NobodyNamed, NotTheirs: the list names nobody, or somebody else's member.
        BaseOutOfLimits, RatioOutOfLimits, PaidAlready, NeverPaid, NothingOwed: a line cannot stand.
        NoTerm: a limit is missing on the first day of the month.
    """
    employer = remittances.lock(employer)
    refuse(employer, wanted, by=by, on=on)
    _hold(employer, wanted.lines)
    terms = queries.terms_of(wanted.month)
    owed = queries.owed(wanted.month, wanted.lines)
    for one in owed:
        refuse_line(one, wanted, terms)
    made = remittances.draw(employer, wanted.month, on=on)
    made.kind, made.reason, made.grounds = RemittanceKind.BACK, wanted.reason, wanted.grounds.strip()
    remittances.write_lines(made, 0, [_share(one) for one in owed])
    made.save(force_insert=True)
    trail.note("submit", made, by=by, on=on, why=made.get_reason_display(), headcount=made.headcount, total=made.total)
    return made


def refuse(employer: Employer, wanted: Wanted, *, by: User, on: date) -> None:
    """Refuse a back payment that cannot be handed in, whoever it names 补缴条件.

    Raises:
        EmployerNotPaying, MonthNotPaid, EvidenceNeeded, CounterNeeded.
    """
    if employer.status not in PAYING:
        raise EmployerNotPaying(status=EmployerStatus(employer.status).label)
    if str(wanted.month) > (employer.paid_to or ""):
        raise MonthNotPaid(field="month", month=wanted.month, paid_to=employer.paid_to or "空")
    most = int(str(term_on(TermName.BACK_PAYMENT_MONTHS, on)))
    old = months_between(wanted.month, Month.of(on)) > most
    if not (old or wanted.reason == BackReason.ORDERED):
        return
    what = f"补缴 {most} 个月以前的月份" if old else "中心责令的补缴"
    if not by.works_at_counter:
        raise CounterNeeded(field="month" if old else "reason", what=what)
    if not wanted.grounds.strip():
        raise EvidenceNeeded(field="grounds", what=what)


def refuse_line(owed: Owed, wanted: Wanted, terms: DepositTerms) -> None:
    """Refuse one member of a back payment 补缴逐人校验.

    Raises:
        BaseOutOfLimits, RatioOutOfLimits: outside the limits of that month.
        PaidAlready, NeverPaid: the reason does not fit what was paid.
        NothingOwed: the month is paid in full, or one side's part would be taken back.
    """
    listed, month = owed.listed, wanted.month
    refuse_paying(terms, Paying(listed.base, listed.employer_ratio, listed.member_ratio))
    if owed.paid and wanted.reason in (BackReason.MISSED_PERSON, BackReason.MISSED_MONTH):
        raise PaidAlready(field="people", month=month, paid=owed.paid)
    if not owed.paid and wanted.reason == BackReason.DIFFERENCE:
        raise NeverPaid(field="people", month=month)
    if owed.total <= 0 or owed.employer_part < 0 or owed.member_part < 0:
        raise NothingOwed(field="people", month=month, due=owed.due.total, paid=owed.paid)


def _hold(employer: Employer, lines: Sequence[ListedLine]) -> None:
    """Hold the accounts until the transaction ends: a month is paid back once, whoever asks for it."""
    if not lines:
        raise NobodyNamed(field="people")
    named = {line.account for line in lines}
    accounts = MemberAccount.objects.filter(pk__in=named, employer=employer).exclude(status__in=MEMBER_ACCOUNT_ENDS)
    if len(accounts.order_by("pk").select_for_update(no_key=True)) != len(lines):
        raise NotTheirs(field="people")


def _share(owed: Owed) -> Share:
    return Share(owed.listed, Contribution(owed.due.base_used, owed.employer_part, owed.member_part))
