"""What each printout says 打印内容: one class for each, with the template that sets it.

A room fills the class from its own tables. Amounts are yuan; `capitals` is the amount in words, which the room takes
from `ledger.rules.in_capitals`. Numbers of persons, mobiles and cards come masked, as on pages.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Printout:
    """Something to be printed 打印件: its title, its form, which names the template, and its number as in the code."""

    title: ClassVar[str]
    form: ClassVar[str]

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherLine:
    """A line of a voucher 分录: its account in words, its office, and the amount on one of both sides."""

    chart: str
    account: str
    office: str
    debit: Decimal | None
    credit: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerVoucher(Printout):
    """A voucher of the books 记账凭证. `summed` says that its lines are too many and are added up by chart account."""

    title: ClassVar[str] = "记账凭证"
    form: ClassVar[str] = "ledger_voucher"

    kind: str
    source: str
    why: str
    booked_on: date
    interest_on: date
    maker: str
    made_at: datetime
    lines: list[VoucherLine]
    line_count: int
    summed: bool
    debit: Decimal
    credit: Decimal
    capitals: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceReceipt(Printout):
    """What an employer paid in for a month, once it is in the members' accounts 汇缴回单."""

    title: ClassVar[str] = "住房公积金汇缴回单"
    form: ClassVar[str] = "remittance_receipt"

    kind: str
    month: str
    employer: str
    employer_number: str
    office: str
    headcount: int
    employer_part: Decimal
    member_part: Decimal
    total: Decimal
    capitals: str
    submitted_on: date
    allocated_on: date
    voucher: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """A month of a statement 每月变动."""

    month: str
    came: Decimal
    went: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLine:
    """A stretch of days with one rate, and the interest numbers it gave 计息期间; rates as they are written."""

    since: date
    last: date
    carried: Decimal
    carried_rate: str
    current: Decimal
    current_rate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """An entry of a member's account 账户明细."""

    on: date
    kind: str
    came: Decimal | None
    went: Decimal | None
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestStatement(Printout):
    """A member's interest year with every entry of it 年度结息对账单. `settled` says that the interest is posted."""

    title: ClassVar[str] = "住房公积金年度结息对账单"
    form: ClassVar[str] = "interest_statement"

    name: str
    certificate: str
    certificate_number: str
    employer: str
    office: str
    first: date
    last: date
    until: date
    settled: bool
    opening: Decimal
    came: Decimal
    went: Decimal
    interest: Decimal
    closing: Decimal
    capitals: str
    months: list[MonthLine]
    numbers: list[NumberLine]
    year_days: str
    entries: list[EntryLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who asks for money, and from which account 申请人; the certificate's number masked."""

    name: str
    certificate: str
    certificate_number: str
    account: str
    employer: str
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """Where the money goes 收款账户; the account's number masked."""

    name: str
    bank: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalReceipt(Printout):
    """That an application for a withdrawal was taken in 提取受理回执: with which papers, and until when it is decided.

    `due_on` is None where it was decided at once.
    """

    title: ClassVar[str] = "住房公积金提取受理回执"
    form: ClassVar[str] = "withdrawal_receipt"

    applicant: Applicant
    payee: Payee
    category: str
    reason: str
    asked: Decimal
    capitals: str
    applied_on: date
    due_on: date | None
    papers: list[str]
    taken_in_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A reason of a decision and the rule it stands on 理由与依据."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalDecision(Printout):
    """What was decided of an application 提取决定书: granted with its amount, or refused; why, and how to object.

    `interest` is what a closing pays besides, None where the account stays. `remedies` are the ways to object with
    their terms, in the words of the law in force on the day.
    """

    title: ClassVar[str] = "住房公积金提取决定书"
    form: ClassVar[str] = "withdrawal_decision"

    applicant: Applicant
    payee: Payee
    category: str
    reason: str
    asked: Decimal
    applied_on: date
    decided_on: date
    granted: bool
    amount: Decimal
    interest: Decimal | None
    capitals: str
    grounds: list[Ground]
    remedies: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettlement(Printout):
    """What a closed account came to 销户结清单: its savings, their interest to the day before, and where both went."""

    title: ClassVar[str] = "住房公积金账户结清单"
    form: ClassVar[str] = "account_settlement"

    applicant: Applicant
    payee: Payee
    opened_on: date
    closed_on: date
    interest_until: date
    savings: Decimal
    interest: Decimal
    total: Decimal
    capitals: str
    reason: str
    payment: str
    payment_status: str
    voucher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSlip(Printout):
    """That a bank paid out what was ordered 付款回单."""

    title: ClassVar[str] = "住房公积金付款回单"
    form: ClassVar[str] = "payment_slip"

    payer: Payee
    payee: Payee
    amount: Decimal
    capitals: str
    purpose: str
    office: str
    ordered_on: date
    paid_on: date
    bank_serial: str
    voucher: str


# Every kind of printout there is, as people look for them.
KINDS: tuple[type[Printout], ...] = (
    WithdrawalReceipt,
    WithdrawalDecision,
    AccountSettlement,
    RemittanceReceipt,
    InterestStatement,
    PaymentSlip,
    LedgerVoucher,
)
