"""Members' money in plain integers: fen and days, written from the regulation, importing nothing of the product.

An account is what it was at the end of each day of its interest year. Its interest number 积数 is the sum of those days
and is never carried along; money that comes back is written into the days on which it was away. What a freeze keeps is
never carried along either: it follows from the balance of the moment.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

DAYS_OF_YEAR = 360
SETTLING = (6, 30)
CENTRE = "00"

Rate = tuple[int, int]  # of carried-forward and current-year money, in hundredths of a percent a year


def half_up(numerator: int, denominator: int) -> int:
    """A quotient of what is not negative, in whole fen 四舍五入."""
    return (2 * numerator + denominator) // (2 * denominator)


def part_of(base: int, percent: int) -> int:
    """One side's contribution to a month 月缴存额, in fen."""
    return half_up(base * percent, 100)


def earned(carried: int, current: int, rate: Rate) -> int:
    """What interest numbers of the two parts earn 利息 (ACT/360), rounded once, in fen."""
    return half_up(carried * rate[0] + current * rate[1], 100 * 100 * DAYS_OF_YEAR)


@dataclass
class Payout:
    """Money that left 支取: from which part, on which day of which year; a closing with its interest."""

    carried: int
    current: int
    interest: int
    closes: bool
    day: int
    year: int
    ledger: int
    office: str

    @property
    def paid(self) -> int:
        return self.carried + self.current + self.interest


@dataclass
class Freeze:
    """What an order keeps 冻结: an amount or, where it names none, everything; up to and with a day."""

    account: int
    asked: int | None
    until: date


@dataclass
class Account:
    """A member's savings. `ledger` counts the ledger accounts it has had: one for each office it came to."""

    office: str
    carried: int = 0
    current: int = 0
    days: list[tuple[int, int]] = field(default_factory=list)  # the ends of the days of this interest year
    year: int = 0
    closed: bool = False
    ledger: int = 0
    spends: dict[int, int] = field(default_factory=dict)
    freezes: dict[int, Freeze] = field(default_factory=dict)

    @property
    def balance(self) -> int:
        return self.carried + self.current

    @property
    def numbers(self) -> tuple[int, int]:
        """Both parts' interest numbers up to yesterday 积数; nothing of an account that is closed."""
        if self.closed:
            return 0, 0
        return sum(day[0] for day in self.days), sum(day[1] for day in self.days)

    @property
    def kept(self) -> dict[int, int]:
        """What each freeze keeps now 实际冻结金额, the oldest first 轮候, after what is held to be spent."""
        free, found = self.balance - sum(self.spends.values()), {}
        for key, freeze in self.freezes.items():
            found[key] = max(0, free if freeze.asked is None else min(freeze.asked, free))
            free -= found[key]
        return found

    @property
    def held(self) -> int:
        return sum(self.spends.values()) + sum(self.kept.values())

    @property
    def available(self) -> int:
        """Balance less holds to spend and all that freezes ask for 可用余额."""
        asked = [self.balance if one.asked is None else one.asked for one in self.freezes.values()]
        return max(0, self.balance - sum(self.spends.values()) - sum(asked))

    def pay_out(self, amount: int) -> Payout:
        """Money of the current year leaves first 先支当年归集."""
        current = min(self.current, amount)
        self.carried, self.current = self.carried - (amount - current), self.current - current
        return Payout(amount - current, current, 0, False, len(self.days), self.year, self.ledger, self.office)

    def close(self, rate: Rate) -> Payout:
        """All of it leaves 销户, with the interest its numbers have earned at the rates of the day."""
        interest = earned(*self.numbers, rate)
        payout = self.pay_out(self.balance)
        payout.closes, payout.interest, self.closed = True, interest, True
        return payout

    def take_back(self, payout: Payout) -> int:
        """Bring back what was not paid 冲回支取, as if it had never left; answers what of its interest goes back.

        A year that was settled meanwhile stays as it is: all comes back as carried-forward money of the new one.
        """
        self.closed = False
        if payout.year == self.year:
            carried, current, since, given_back = payout.carried, payout.current, payout.day, payout.interest
        else:
            carried, current, since, given_back = payout.paid, 0, 0, 0
        self.days[since:] = [(day[0] + carried, day[1] + current) for day in self.days[since:]]
        self.carried, self.current = self.carried + carried, self.current + current
        return given_back

    def end_day(self) -> None:
        self.days.append((self.carried, self.current))

    def settle(self, rates: list[Rate]) -> int:
        """The year's interest becomes principal, and all money carried forward 结息; answers the interest.

        Each day of the year earns the rate of that day 分段计息; all of it is rounded once.
        """
        yearly = sum(
            day[0] * rate[0] + day[1] * rate[1] for day, rate in zip(self.days, rates, strict=True) if not self.closed
        )
        interest = half_up(yearly, 100 * 100 * DAYS_OF_YEAR)
        self.carried, self.current, self.days, self.year = self.balance + interest, 0, [], self.year + 1
        return interest


class Books:
    """The heads of the ledger that members' money passes 科目余额, in fen, credits less debits."""

    def __init__(self, on: date, offices: list[str], rate: Rate) -> None:
        self.on, self.offices = on, offices
        self.rates = {on: rate}  # by the first day on which it holds
        self.days = list[Rate]()  # the rates of the days of this interest year that have ended
        self.accounts: dict[int, Account] = {}
        self.unallocated: dict[int, int] = {}  # 单位暂存款, by employer
        self.kept_back = Counter[int]()  # of it, what is held for refunds
        self.suspense = 0  # 待查到账
        self.bank = 0  # 专户: what has come in less what was paid
        self.owed = Counter[str]()  # 待付款项, by office
        self.accrued = Counter[str]()  # 应付利息, by office
        self.expense = Counter[str]()  # 利息支出, by office

    @property
    def rate(self) -> Rate:
        """The rates of today 当日利率."""
        return self.rates[max(since for since in self.rates if since <= self.on)]

    def open(self, key: int, office: str) -> None:
        """An account with empty days, as many as the others have: all count from the same first day."""
        self.accounts[key] = Account(office, days=[(0, 0)] * len(self.days))

    def free(self, employer: int) -> int:
        """What an employer has unallocated and not held for a refund."""
        return self.unallocated[employer] - self.kept_back[employer]

    def arrive(self, amount: int) -> None:
        self.bank += amount
        self.suspense += amount

    def identify(self, employer: int, amount: int) -> None:
        self.suspense -= amount
        self.unallocated[employer] += amount

    def allocate(self, employer: int, shares: dict[int, int]) -> None:
        self.unallocated[employer] -= sum(shares.values())
        for key, amount in shares.items():
            self.accounts[key].current += amount

    def owe_back(self, employer: int | None, office: str, amount: int) -> None:
        """A refund is owed to who paid it, or below nothing: owed no more."""
        self.owed[office] += amount
        if employer is None:
            self.suspense -= amount
        else:
            self.unallocated[employer] -= amount

    def pay_out(self, key: int, amount: int) -> Payout:
        return self._left(self.accounts[key].pay_out(amount))

    def close(self, key: int) -> Payout:
        payout = self._left(self.accounts[key].close(self.rate))
        self.accrued[payout.office] -= payout.interest
        return payout

    def _left(self, payout: Payout) -> Payout:
        self.owed[payout.office] += payout.paid
        return payout

    def take_back(self, key: int, payout: Payout) -> None:
        """Bring back what was not paid, to where it left; savings that have moved to another office take it as new."""
        account = self.accounts[key]
        self.owed[payout.office] -= payout.paid
        if account.ledger == payout.ledger:
            self.accrued[payout.office] += account.take_back(payout)
        else:
            account.current += payout.paid

    def paid(self, office: str, amount: int) -> None:
        """The bank has paid, or below nothing: paid it back."""
        self.bank -= amount
        self.owed[office] -= amount

    def end_day(self) -> None:
        """The night: interest is accrued by office, and settled for each account on the settling day."""
        rate = self.rate
        for office in self.offices:
            here = [one for one in self.accounts.values() if one.office == office and not one.closed]
            accrual = earned(sum(one.carried for one in here), sum(one.current for one in here), rate)
            self.accrued[office] += accrual
            self.expense[office] -= accrual
        for one in self.accounts.values():
            one.end_day()
        self.days.append(rate)
        if (self.on.month, self.on.day) == SETTLING:
            self._settle()
        self.on += timedelta(days=1)

    def _settle(self) -> None:
        for office in self.offices:
            here = [one for one in self.accounts.values() if one.office == office]
            has_savings = any(not one.closed and (one.balance or any(one.numbers)) for one in here)
            interest = sum(one.settle(self.days) for one in here)
            if has_savings:
                self.expense[office] -= interest - self.accrued[office]
                self.accrued[office] = 0
        self.days = []
