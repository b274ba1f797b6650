"""Month 缴存年月: a calendar month as contributions use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

EARLIEST, LATEST = 1900, 2999  # years somebody may write: sums of months stay within what a calendar has


@dataclass(frozen=True, order=True)
class Month:
    """A contribution month 缴存年月, written yyyy-mm."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.year <= 9999):
            raise ValueError(f"not a month: {self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2026-07" or "202607". Raises ValueError for anything else, and for years nobody can mean."""
        written = re.fullmatch(r"([0-9]{4})-?([0-9]{2})", text.strip())
        if written is None or not EARLIEST <= int(written[1]) <= LATEST:
            raise ValueError(f"not a month: {text!r}")
        return cls(int(written[1]), int(written[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day lies in."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    def plus(self, months: int) -> Month:
        """The month so many months later (earlier when negative)."""
        years, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(years, month + 1)

    def next(self) -> Month:
        return self.plus(1)

    def until(self, end: Month) -> Iterator[Month]:
        """Every month from this one up to, and without, `end`."""
        month = self
        while month < end:
            yield month
            month = month.next()

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
