"""What a quote is asked 核定依据: the account, what was used before, what proves it, and the terms of the day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hpf.money import ZERO
from hpf.months import Month
from withdrawals.states import InquiryOutcome, PaperKind, RentLimit


@dataclass(frozen=True, slots=True)
class Account:
    """How the account stands 账户情况, in yuan. `interest` is what a closing on the day would earn.

    `left` is what stays available once a freeze that waits for its signature holds; None where none does.
    """

    is_open: bool
    contributing: bool
    balance: Decimal
    available: Decimal
    months_in_a_row: int = 0
    interest: Decimal = ZERO
    left: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The parameters of the day 提取政策: yuan and months. `rent_gap` is the frequency of rent, in months.

    `freeze_stops`: a freeze counts from the day it is asked for, and not only once it is signed.
    """

    keep_balance: Decimal
    round_unit: Decimal
    instant: bool
    freeze_stops: bool
    rent_quota: Decimal
    rent_limit: RentLimit
    rent_gap: int
    rent_deposit_months: int
    rent_back_months: int
    purchase_months: int
    repayment_months: int
    repayment_gap: int


@dataclass(frozen=True, slots=True)
class Rent:
    """What is rented 租房情况: the months, both included, and what they cost each."""

    first: Month
    last: Month
    rent: Decimal | None = None

    @property
    def months(self) -> list[Month]:
        return list(self.first.until(self.last.next()))


@dataclass(frozen=True, slots=True)
class Purchase:
    """What was bought 购房情况: `house` is the number under which the contract or the title is registered."""

    house: str
    signed_on: date
    price: Decimal


@dataclass(frozen=True, slots=True)
class Repayment:
    """What was repaid 还贷情况: principal and interest of each month, in yuan."""

    contract: str
    repaid: Mapping[Month, Decimal]

    @property
    def months(self) -> list[Month]:
        return sorted(self.repaid)


@dataclass(frozen=True, slots=True)
class Retirement:
    """Somebody retired 离退休情况: since when, as the paper or the data say."""

    retired_on: date


Particulars = Rent | Purchase | Repayment | Retirement


@dataclass(frozen=True, slots=True)
class History:
    """What stands in the way, or was used before 已用情况, by the member or the household.

    `barred_until` is the first day on which one may withdraw again. `months` are the months of rent the household has
    used. `used` is what all have withdrawn for the house; `used_of` and `declared_of` are for each month of the loan,
    and `own_months` those this member has used of it.
    """

    barred_until: date | None = None
    open_number: str = ""
    in_flight: tuple[str, ...] = ()
    last_on: date | None = None
    months: frozenset[Month] = frozenset()
    used: Decimal = ZERO
    used_before: bool = False
    declared: Decimal | None = None
    used_of: Mapping[Month, Decimal] = field(default_factory=dict)
    declared_of: Mapping[Month, Decimal] = field(default_factory=dict)
    own_months: frozenset[Month] = frozenset()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves it 证明: what shared data answered (None: not asked), and the papers at hand."""

    homes: InquiryOutcome | None = None
    retired: InquiryOutcome | None = None
    papers: frozenset[PaperKind] = frozenset()
    last_list_done: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A whole question 核定申请. `asked` is yuan; None asks for the most."""

    on: date
    particulars: Particulars
    account: Account
    terms: Terms
    asked: Decimal | None = None
    history: History = field(default_factory=History)
    evidence: Evidence = field(default_factory=Evidence)
