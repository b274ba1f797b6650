"""What a quote is asked, gathered from the account, the books and what was used before 核定依据."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, QuerySet, Sum

from accounts.models import Member, MemberAccount
from accounts.queries import freezes as frozen
from accounts.queries.bans import bans_on
from accounts.queries.spouses import household_of, record_of
from accounts.states import MEMBER_ACCOUNT_ENDS, MemberAccountStatus
from deposits import queries as deposits
from hpf import privacy
from hpf.money import ZERO
from hpf.months import Month
from ledger import queries as books
from ledger.models import Hold
from policy.queries import values_on
from policy.states import TermName
from withdrawals import rules
from withdrawals.models import Inquiry, Use, Withdrawal
from withdrawals.rules import (
    CATEGORIES,
    Account,
    Evidence,
    History,
    Particulars,
    Purchase,
    Question,
    Rent,
    Repayment,
    Retirement,
    Terms,
)
from withdrawals.states import (
    FOR_ONESELF,
    FOR_SPOUSE,
    STANDING,
    Consent,
    InquiryKind,
    InquiryOutcome,
    PaperKind,
    RentLimit,
    UseKind,
    WithdrawalStatus,
)

KIND = "withdrawals.withdrawal"  # holds, vouchers and payments of this room
MONTHS_OF = {"MONTHLY": 1, "QUARTERLY": 3, "YEARLY": 12}
NAMES = (
    *(TermName.KEEP_BALANCE, TermName.WITHDRAW_ROUND_UNIT, TermName.WITHDRAW_INSTANT, TermName.FREEZE_PENDING_STOPS),
    *(TermName.RENT_QUOTA, TermName.RENT_LIMIT, TermName.RENT_FREQUENCY),
    *(TermName.RENT_DEPOSIT_MONTHS, TermName.RENT_BACK_MONTHS),
    *(TermName.PURCHASE_MONTHS, TermName.REPAYMENT_MONTHS, TermName.REPAYMENT_GAP),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would withdraw 提取意向: `asked` in yuan, None for the most; `papers` are those at hand."""

    account: MemberAccount
    particulars: Particulars
    asked: Decimal | None = None
    papers: frozenset[PaperKind] = frozenset()


def question(wish: Wish, *, on: date, applied_on: date | None = None, own: Withdrawal | None = None) -> Question:
    """Everything a quote of a day looks at 核定依据 (R-611 to R-619).

    `own` is an application that waits already: its own hold and uses do not stand in its way, and what it has to meet
    is asked of the day it was handed in, `applied_on`.

    Raises:
        NoTerm: a parameter is missing.
        DayCountNotKept: the account cannot be closed with its interest.
    """
    asked_on = applied_on or on
    terms = terms_on(asked_on)
    return Question(
        on=asked_on,
        particulars=wish.particulars,
        account=_account(wish, on, own, terms),
        terms=terms,
        asked=wish.asked,
        history=_history(wish, own, on),
        evidence=_evidence(wish, asked_on),
    )


def terms_on(day: date) -> Terms:
    """The parameters of withdrawals on a day 提取政策.

    Raises:
        NoTerm: one of them is missing on that day.
    """
    value = values_on(NAMES, day)
    return Terms(
        keep_balance=Decimal(str(value[TermName.KEEP_BALANCE])),
        round_unit=Decimal(str(value[TermName.WITHDRAW_ROUND_UNIT])),
        instant=bool(value[TermName.WITHDRAW_INSTANT]),
        freeze_stops=bool(value[TermName.FREEZE_PENDING_STOPS]),
        rent_quota=Decimal(str(value[TermName.RENT_QUOTA])),
        rent_limit=RentLimit(str(value[TermName.RENT_LIMIT])),
        rent_gap=MONTHS_OF[str(value[TermName.RENT_FREQUENCY])],
        rent_deposit_months=int(str(value[TermName.RENT_DEPOSIT_MONTHS])),
        rent_back_months=int(str(value[TermName.RENT_BACK_MONTHS])),
        purchase_months=int(str(value[TermName.PURCHASE_MONTHS])),
        repayment_months=int(str(value[TermName.REPAYMENT_MONTHS])),
        repayment_gap=int(str(value[TermName.REPAYMENT_GAP])),
    )


@dataclass(frozen=True, slots=True)
class Relative:
    """A person of a household 家庭成员, as shared data know a person."""

    index: bytes
    name: str
    id_number: str


def persons_of(member: Member) -> list[Relative]:
    """The persons of a household 家庭成员: the member, and the spouse if one is recorded, who may be a member too."""
    own, record = Relative(bytes(member.id_index), member.name, member.id_number), record_of(member)
    if record is None:
        return [own]
    other = record if record.member_id == member.pk else record.member
    return [own, Relative(bytes(other.id_index), other.name, other.id_number)]


def subject_index(particulars: Particulars) -> bytes:
    """How the house or the loan is found 房屋或贷款索引; empty where there is none."""
    number = rules.subject_of(particulars)
    return privacy.blind_index("withdrawal_subject", number) if number else b""


def latest_answer(
    person: bytes, kind: InquiryKind, *, on: date, by: Collection[Consent] = FOR_ONESELF
) -> Inquiry | None:
    """The newest answer about a person that still serves on a day 有效的查询结果 (R-618), or None.

    It serves the person's own application, and that of the spouse if asked `by` a consent to that.

    Raises:
        NoTerm: nobody set how long an answer serves.
    """
    [days] = map(int, map(str, values_on([TermName.INQUIRY_DAYS], on).values()))
    still = (on - timedelta(days=days), on)
    found = Inquiry.objects.filter(person_index=person, kind=kind, asked_on__range=still, consent__in=by)
    return found.order_by("-pk").first()


def answers_about(member: Member, kind: InquiryKind, *, on: date) -> list[Inquiry | None]:
    """What shared data said, for an application of a member 有效的查询结果: of the member, of homes also of the spouse.

    Raises:
        NoTerm: nobody set how long an answer serves.
    """
    own, *others = household_of(member) if kind == InquiryKind.PROPERTY else [bytes(member.id_index)]
    told = [latest_answer(one, kind, on=on, by=FOR_SPOUSE) for one in others]
    return [latest_answer(own, kind, on=on), *told]


def inquiries_about(member: Member) -> QuerySet[Inquiry]:
    """Everything shared data were ever asked about a member 关于本人的查询记录, the newest first."""
    return Inquiry.objects.filter(person_index=member.id_index).order_by("-pk")


def _account(wish: Wish, on: date, own: Withdrawal | None, terms: Terms) -> Account:
    account, ledger_account = wish.account, wish.account.ledger_account_id
    closes = CATEGORIES[rules.category_of(wish.particulars)].closes
    ended = account.status in MEMBER_ACCOUNT_ENDS
    balance = books.balance_of(ledger_account)
    available, left = _available(account, balance, own, terms)
    return Account(
        is_open=not ended,
        contributing=account.status == MemberAccountStatus.NORMAL,
        balance=balance,
        available=available,
        left=left,
        months_in_a_row=deposits.months_in_a_row(account) if isinstance(wish.particulars, Rent) else 0,
        interest=deposits.closing_interest(ledger_account, on) if closes and not ended else ZERO,
    )


def _available(
    account: MemberAccount, balance: Decimal, own: Withdrawal | None, terms: Terms
) -> tuple[Decimal, Decimal | None]:
    """What may be spent, and what of it stays once a freeze that waits holds 可用余额 (R-901, R-445).

    To an application that waits itself the freezes come first that were asked for before it was handed in, whenever
    they were signed: the numbers of the cases are drawn under the lock of the account, and are their order. A case that
    is put anew keeps the place of the one it follows.
    """
    waits = own is not None and own.status == WithdrawalStatus.SUBMITTED
    available = books.available(account.ledger_account_id) + (own.asked if own and waits else ZERO)
    if not terms.freeze_stops:
        return available, None
    if own and waits and own.case_id:
        first = frozen.asked_before(account, KIND, own.pk, balance)
        others = books.held_to_spend(account.ledger_account_id, but=(KIND, str(own.pk)))
        available = max(ZERO, balance - others - first)
    waiting = frozen.waiting_of(account)
    if waiting is None:
        return available, None
    return available, max(ZERO, available - frozen.asked_of(waiting, balance))


def _history(wish: Wish, own: Withdrawal | None, on: date) -> History:
    member, particulars = wish.account.member, wish.particulars
    category, subject = rules.category_of(particulars), subject_index(particulars)
    others = Withdrawal.objects.exclude(pk=own.pk) if own else Withdrawal.objects.all()
    alike = others.filter(member_account=wish.account, category=category)
    waiting = alike.filter(status=WithdrawalStatus.SUBMITTED, subject_index=subject).order_by("pk").first()
    last = others.filter(member=member, category=category, status__in=STANDING).aggregate(on=Max("applied_on"))["on"]
    standing = {
        "barred_until": _barred_until(member, on),
        "open_number": waiting.number if waiting else "",
        "last_on": last,
    }
    uses = Use.objects.filter(released_on=None, withdrawal__in=others)
    if isinstance(particulars, Rent):
        used = uses.filter(kind=UseKind.RENT_MONTH, person_index__in=household_of(member))
        return History(**standing, months=_months(used))
    if isinstance(particulars, Purchase):
        return _of_house(uses.filter(kind=UseKind.HOUSE, key_index=subject), member, standing)
    if isinstance(particulars, Repayment):
        return _of_loan(uses.filter(kind=UseKind.LOAN_MONTH, key_index=subject), member, standing)
    return History(**standing, in_flight=tuple(_in_flight(wish.account, own)))


def _barred_until(member: Member, on: date) -> date | None:
    """The first day on which somebody who is barred now may withdraw again 限制提取期满, or None."""
    last = bans_on(member, on).filter(no_withdrawal_until__gte=on).aggregate(last=Max("no_withdrawal_until"))["last"]
    return last + timedelta(days=1) if last else None


def _of_house(uses: QuerySet[Use], member: Member, standing: dict[str, object]) -> History:
    sums = uses.aggregate(used=Sum("amount", default=ZERO), declared=Max("declared"))
    before = uses.filter(person_index=member.id_index).exists()
    return History(**standing, **sums, used_before=before)  # type: ignore[arg-type]


def _of_loan(uses: QuerySet[Use], member: Member, standing: dict[str, object]) -> History:
    rows = list(uses.values("slot").annotate(used=Sum("amount"), stated=Max("declared")).order_by("slot"))
    return History(
        **standing,  # type: ignore[arg-type]
        used_of={Month.parse(row["slot"]): row["used"] for row in rows},
        declared_of={Month.parse(row["slot"]): row["stated"] for row in rows},
        own_months=_months(uses.filter(person_index=member.id_index)),
    )


def _months(uses: QuerySet[Use]) -> frozenset[Month]:
    return frozenset(map(Month.parse, uses.order_by("slot").values_list("slot", flat=True)))


def _in_flight(account: MemberAccount, own: Withdrawal | None) -> list[str]:
    """What keeps an account from closing 在途业务: lists that wait, and whatever else holds or freezes its money."""
    source = str(own.pk) if own else ""
    held = books.holds_of(account.ledger_account_id).exclude(kind=KIND, source=source)
    return [
        *deposits.open_lists_of(account),
        *(f"{hold.get_purpose_display()} {_asked(hold)}" for hold in held),
    ]


def _asked(hold: Hold) -> str:
    return "全部余额" if hold.amount is None else f"{hold.amount:,.2f} 元"


def _evidence(wish: Wish, on: date) -> Evidence:
    member, particulars = wish.account.member, wish.particulars
    if isinstance(particulars, Rent):
        return Evidence(homes=_worst(answers_about(member, InquiryKind.PROPERTY, on=on)), papers=wish.papers)
    if isinstance(particulars, Retirement):
        answer = latest_answer(bytes(member.id_index), InquiryKind.RETIREMENT, on=on)
        paid_to, month = wish.account.employer.paid_to, str(Month.of(particulars.retired_on))
        done = bool(paid_to and paid_to >= month)
        retired = InquiryOutcome(answer.outcome) if answer else None
        if answer and answer.outcome == InquiryOutcome.FOUND and answer.answer != particulars.retired_on.isoformat():
            retired = InquiryOutcome.NONE  # retired, but not on the day that was declared
        return Evidence(retired=retired, papers=wish.papers, last_list_done=done)
    return Evidence(papers=wish.papers)


def _worst(answers: Sequence[Inquiry | None]) -> InquiryOutcome | None:
    """What the answers about several persons say together: a home found, a source down, somebody not asked, none."""
    outcomes = {answer.outcome if answer else None for answer in answers}
    if InquiryOutcome.FOUND in outcomes:
        return InquiryOutcome.FOUND
    if None in outcomes:
        return None
    return InquiryOutcome.DOWN if InquiryOutcome.DOWN in outcomes else InquiryOutcome.NONE
