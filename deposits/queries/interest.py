"""What an account has earned since its last settlement 销户结息, by the numbers the books keep."""

from datetime import date, timedelta
from decimal import Decimal

from deposits import rules
from hpf.errors import Refusal
from ledger.models import LedgerAccount
from policy.queries import interest_rates, interest_terms_on
from policy.states import DayCount

COUNTED_BY_ACTUAL_DAYS = (DayCount.ACT_360, DayCount.ACT_365)


class DayCountNotKept(Refusal):
    """The books keep interest numbers by actual days 积数按实际天数."""

    message = "账户积数按实际天数累计，不能按“{label}”结息；请将参数“账户计息天数规则”改为实际天数后重新办理"
    code = "day_count_not_kept"


def kept_day_count(on: date) -> DayCount:
    """The day count in force on a day 计息天数规则, which has to be one the books keep numbers by.

    Raises:
        DayCountNotKept: it is not.
        NoTerm: none is in force.
    """
    day_count = interest_terms_on(on).day_count
    if day_count not in COUNTED_BY_ACTUAL_DAYS:
        raise DayCountNotKept(label=day_count.label)
    return day_count


def closing_interest(account: int, on: date) -> Decimal:
    """The interest a ledger account is paid when it is closed on a day 销户结息 (R-208), in yuan.

    What its numbers have counted since the last settlement, up to and with the day before, at the rates of the closing
    day; rounded once, by the rule of the settlement. Money that moves on the closing day does not change it.

    Raises:
        DayCountNotKept: the day count is not one the books keep.
        NoTerm: a rate or rule is missing on that day.
    """
    row = LedgerAccount.objects.get(pk=account, bears_interest=True)
    day_count, (rate,) = kept_day_count(on), interest_rates(on, on + timedelta(days=1))
    return rules.interest_on_numbers(
        row.carried_number + rules.interest_number(row.carried, row.counted_to, on, day_count),
        rate.carried,
        row.current_number + rules.interest_number(row.current, row.counted_to, on, day_count),
        rate.current,
        day_count,
    )
