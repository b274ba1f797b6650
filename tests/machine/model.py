"""Members' money in plain integers: fen and days, written from the regulation, importing nothing of the product.

An account is what it was at the end of each day of its interest year. Its interest number 积数 is the sum of those days
and is never carried along; money that comes back is written into the days on which it was away.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

# In hundredths of a percent a year. High and far apart, so that a day or a part of the balance mistaken shows in fen.
CARRIED_RATE, CURRENT_RATE = 720, 360
DAYS_OF_YEAR = 360
SETTLING = (6, 30)


def half_up(numerator: int, denominator: int) -> int:
    """A quotient of what is not negative, in whole fen 四舍五入."""
    return (2 * numerator + denominator) // (2 * denominator)


def part_of(base: int, percent: int) -> int:
    """One side's contribution to a month 月缴存额, in fen."""
    return half_up(base * percent, 100)


def earned(carried: int, current: int) -> int:
    """What interest numbers of the two parts earn 利息 (ACT/360), rounded once, in fen."""
    return half_up(carried * CARRIED_RATE + current * CURRENT_RATE, 100 * 100 * DAYS_OF_YEAR)


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
    freezes: dict[int, int | None] = field(default_factory=dict)
    looked_at: int = 0  # the balance when a hold was last placed or released

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
    def interest(self) -> int:
        return earned(*self.numbers)

    @property
    def covers(self) -> list[int]:
        """What each freeze covered when it was last asked 冻结金额, the oldest first 轮候."""
        free, found = self.looked_at - sum(self.spends.values()), []
        for asked in self.freezes.values():
            found.append(max(0, free if asked is None else min(asked, free)))
            free -= found[-1]
        return found

    def cover(self) -> None:
        self.looked_at = self.balance

    @property
    def held(self) -> int:
        return sum(self.spends.values()) + sum(self.covers)

    @property
    def available(self) -> int:
        """Balance less holds to spend and all that freezes ask for 可用余额."""
        if None in self.freezes.values():
            return 0
        asked = sum(one or 0 for one in self.freezes.values())
        return max(0, self.balance - sum(self.spends.values()) - asked)

    def pay_out(self, amount: int) -> Payout:
        """Money of the current year leaves first 先支当年归集."""
        current = min(self.current, amount)
        self.carried, self.current = self.carried - (amount - current), self.current - current
        self.cover()
        return Payout(amount - current, current, 0, False, len(self.days), self.year, self.ledger, self.office)

    def close(self) -> Payout:
        interest = self.interest
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
            carried, current, since, given_back = payout.carried + payout.current + payout.interest, 0, 0, 0
        self.days[since:] = [(day[0] + carried, day[1] + current) for day in self.days[since:]]
        self.carried, self.current = self.carried + carried, self.current + current
        self.cover()
        return given_back

    def end_day(self) -> None:
        self.days.append((self.carried, self.current))

    def settle(self) -> int:
        """The year's interest becomes principal, and all money carried forward 结息; answers the interest."""
        interest = 0 if self.closed else self.interest
        self.carried, self.current, self.days, self.year = self.balance + interest, 0, [], self.year + 1
        return interest


class Books:
    """The heads of the ledger that members' money passes 科目余额, in fen, credits less debits."""

    def __init__(self, on: date, offices: list[str]) -> None:
        self.on, self.offices = on, offices
        self.accounts: dict[int, Account] = {}
        self.unallocated: dict[int, int] = {}  # 单位暂存款, by employer
        self.suspense = 0  # 待查到账
        self.bank = 0  # 专户: what has come in less what was paid
        self.owed = Counter[str]()  # 待付款项, by office
        self.accrued = Counter[str]()  # 应付利息, by office
        self.expense = Counter[str]()  # 利息支出, by office

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

    def pay_out(self, key: int, amount: int) -> Payout:
        return self._left(self.accounts[key].pay_out(amount))

    def close(self, key: int) -> Payout:
        payout = self._left(self.accounts[key].close())
        self.accrued[payout.office] -= payout.interest
        return payout

    def _left(self, payout: Payout) -> Payout:
        self.owed[payout.office] += payout.carried + payout.current + payout.interest
        return payout

    def take_back(self, key: int, payout: Payout) -> None:
        self.owed[payout.office] -= payout.carried + payout.current + payout.interest
        self.accrued[payout.office] += self.accounts[key].take_back(payout)

    def paid(self, office: str, amount: int) -> None:
        """The bank has paid, or below nothing: paid it back."""
        self.bank -= amount
        self.owed[office] -= amount

    def end_day(self) -> None:
        """The night: interest is accrued by office, and settled for each account on the settling day."""
        for office in self.offices:
            here = [one for one in self.accounts.values() if one.office == office and not one.closed]
            accrual = earned(sum(one.carried for one in here), sum(one.current for one in here))
            self.accrued[office] += accrual
            self.expense[office] -= accrual
        for one in self.accounts.values():
            one.end_day()
        if (self.on.month, self.on.day) == SETTLING:
            self._settle()
        self.on += timedelta(days=1)

    def _settle(self) -> None:
        for office in self.offices:
            here = [one for one in self.accounts.values() if one.office == office]
            has_savings = any(not one.closed and (one.balance or any(one.numbers)) for one in here)
            interest = sum(one.settle() for one in here)
            if has_savings:
                self.expense[office] -= interest - self.accrued[office]
                self.accrued[office] = 0
