"""Account interest 账户计息: the worked examples of docs/rules.md (R-201 to R-206), and a model of whole numbers."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deposits import rules
from deposits.rules import DatedRate, Movement
from policy.states import DayCount

YEAR = (date(2024, 7, 1), date(2025, 7, 1))
SINCE_2016 = [DatedRate(date(2016, 2, 21), Decimal("1.50"))]
MONTHS = [(2024, month) for month in range(7, 13)] + [(2025, month) for month in range(1, 7)]


def earned(opening, *movements, period=YEAR, rates=SINCE_2016, day_count=DayCount.ACT_360):
    found = rules.member_interest(
        Decimal(opening),
        *period,
        [Movement(on, Decimal(amount)) for on, amount in movements],
        rates,
        day_count,
    )
    return found.number, found.interest


FIFTEENTHS = [(date(year, month, 15), "1500.00") for year, month in MONTHS]


@pytest.mark.parametrize(
    ("opening", "movements", "period", "day_count", "number", "interest"),
    [
        # A year of 365 days over 360: 25,000 unchanged.
        ("25000.00", [], YEAR, DayCount.ACT_360, "9125000", "380.21"),
        ("25000.00", [], YEAR, DayCount.ACT_365, "9125000", "375.00"),
        ("25000.00", [], YEAR, DayCount.MONTH30_360, "9000000", "375.00"),
        # 1,500 on the 15th of each month, nothing before.
        ("0.00", FIFTEENTHS, YEAR, DayCount.ACT_360, "3294000", "137.25"),
        ("0.00", FIFTEENTHS, YEAR, DayCount.ACT_365, "3294000", "135.37"),
        # 80,000, of which 30,000 leave on 3 March: that day no longer counts for them.
        ("80000.00", [(date(2025, 3, 3), "-30000.00")], YEAR, DayCount.ACT_360, "25600000", "1066.67"),
        # Closed on 20 August: fifty days.
        ("66000.00", [], (date(2025, 7, 1), date(2025, 8, 20)), DayCount.ACT_360, "3300000", "137.50"),
        # A leap year has 366 interest days.
        ("12345.67", [], (date(2023, 7, 1), date(2024, 7, 1)), DayCount.ACT_360, "4518515.22", "188.27"),
        # 10,000 for 365 days by the exact factor; a factor cut to 0.00004167 would give 152.10.
        ("10000.00", [], YEAR, DayCount.ACT_360, "3650000", "152.08"),
    ],
)
def test_worked_examples(opening, movements, period, day_count, number, interest):
    found = earned(opening, *movements, period=period, day_count=day_count)
    assert found == (Decimal(number), Decimal(interest))


def test_two_rates_before_2016_are_added_before_the_one_rounding():
    # 2014-07-01 to 2015-06-30: 1,000 on each 15th at 0.35 (21.35), 30,000 carried at 1.60 (486.67): 508.02.
    total = rules.interest_on_numbers(
        Decimal(30_000 * 365), Decimal("1.60"), Decimal(2_196_000), Decimal("0.35"), DayCount.ACT_360
    )
    assert total == Decimal("508.02")


def test_equal_rates_on_two_parts_earn_what_one_balance_earns():
    # Each part alone earns 0.0046 and would be rounded to nothing; together they earn 0.0092, a fen.
    carried, current = Decimal("110.40"), Decimal("110.40")
    rate = Decimal("1.50")
    whole = rules.interest_on([(carried + current, rate)], DayCount.ACT_360)
    assert rules.interest_on_numbers(carried, rate, current, rate, DayCount.ACT_360) == whole == Decimal("0.01")


def test_a_change_of_rate_cuts_the_period():
    # 2015-07-01 to 2016-06-30, 30,000 carried: 235 days at 1.10, then from 21 February 131 days at 1.50.
    rates = [DatedRate(date(2016, 2, 21), Decimal("1.50")), DatedRate(date(2015, 6, 28), Decimal("1.10"))]
    number, interest = earned("30000.00", period=(date(2015, 7, 1), date(2016, 7, 1)), rates=rates)
    by_hand = Fraction(30_000 * 235 * 110 + 30_000 * 131 * 150, 100 * 100 * 360)
    assert number == 30_000 * 366
    assert interest == Decimal("379.17") == Decimal(round(by_hand * 100)) / 100


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (date(2024, 7, 1), date(2025, 7, 1), 360),
        (date(2023, 7, 1), date(2024, 7, 1), 360),
        (date(2025, 1, 30), date(2025, 1, 31), 0),
        (date(2025, 1, 31), date(2025, 2, 1), 1),
        (date(2025, 2, 28), date(2025, 3, 1), 3),
        (date(2025, 1, 15), date(2025, 3, 20), 65),
    ],
)
def test_months_of_thirty_days(since, until, days):
    assert rules.days_between(since, until, DayCount.MONTH30_360) == days


def test_the_first_day_counts_and_the_last_does_not():
    whole = earned("0.00", (date(2024, 7, 1), "360.00"))[0]
    assert whole == 360 * 365
    assert earned("0.00", (date(2025, 6, 30), "360.00"))[0] == 360
    assert earned("0.00", (date(2025, 7, 1), "360.00"))[0] == 0


@pytest.mark.parametrize(
    ("period", "movements", "rates", "complaint"),
    [
        ((YEAR[1], YEAR[0]), [], SINCE_2016, "ends before"),
        (YEAR, [(date(2024, 6, 30), "1.00")], SINCE_2016, "outside"),
        (YEAR, [(date(2025, 7, 2), "1.00")], SINCE_2016, "outside"),
        (YEAR, [], [DatedRate(date(2024, 7, 2), Decimal("1.50"))], "no rate"),
        (YEAR, [], [], "no rate"),
    ],
)
def test_an_impossible_period_is_an_error(period, movements, rates, complaint):
    with pytest.raises(ValueError, match=complaint):
        earned("1.00", *movements, period=period, rates=rates)


def test_balances_are_taken_at_the_end_of_the_day():
    day = date(2025, 3, 3)
    movements = [Movement(day, Decimal("-50.00")), Movement(day, Decimal("80.00")), Movement(YEAR[0], Decimal("5.00"))]
    assert rules.end_of_day_balances(Decimal("10.00"), movements) == [
        (YEAR[0], Decimal("15.00")),
        (day, Decimal("45.00")),
    ]


@pytest.mark.parametrize(
    ("on", "first", "end"),
    [
        (date(2025, 6, 30), date(2024, 7, 1), date(2025, 7, 1)),
        (date(2025, 7, 1), date(2025, 7, 1), date(2026, 7, 1)),
        (date(2026, 1, 31), date(2025, 7, 1), date(2026, 7, 1)),
    ],
)
def test_the_settlement_day_still_belongs_to_the_year_it_ends(on, first, end):
    assert rules.interest_year(on, settled_on=(6, 30)) == (first, end)


# --- the independent model: a balance kept day by day, in whole fen and whole hundredths of a percent ---

DAYS = st.integers(0, 500)
STORIES = st.fixed_dictionaries(
    {
        "opening": st.integers(0, 10**12),
        "length": DAYS,
        "movements": st.lists(st.tuples(DAYS, st.integers(-(10**9), 10**9)), max_size=12),
        "rates": st.dictionaries(DAYS, st.integers(0, 500), max_size=4),
        "first_rate": st.integers(0, 500),
    }
)
START = date(2023, 11, 3)


def day_by_day(story, divisor):
    """Sum the balance of each day in fen, and its yearly interest, without a single subtraction of dates."""
    number, yearly, balance, rate = 0, 0, story["opening"], story["first_rate"]
    for day in range(story["length"]):
        balance += sum(amount for on, amount in story["movements"] if on == day)
        rate = story["rates"].get(day, rate)
        number += balance
        yearly += balance * rate
    fen = Fraction(yearly, 100 * 100 * divisor)
    sign = -1 if fen < 0 else 1
    return number, sign * ((2 * abs(fen) + 1) // 2)


@given(story=STORIES, day_count=st.sampled_from([(DayCount.ACT_360, 360), (DayCount.ACT_365, 365)]))
def test_interest_agrees_with_a_balance_kept_day_by_day(story, day_count):
    story["movements"] = [(on, amount) for on, amount in story["movements"] if on <= story["length"]]
    found = rules.member_interest(
        Decimal(story["opening"]) / 100,
        START,
        START + timedelta(days=story["length"]),
        [Movement(START + timedelta(days=on), Decimal(amount) / 100) for on, amount in story["movements"]],
        [DatedRate(START, Decimal(story["rates"].get(0, story["first_rate"])) / 100)]
        + [DatedRate(START + timedelta(days=d), Decimal(r) / 100) for d, r in story["rates"].items() if d],
        day_count[0],
    )
    assert (found.number * 100, found.interest * 100) == day_by_day(story, day_count[1])


@given(
    days=st.tuples(*[st.dates(date(2000, 1, 1), date(2050, 12, 31))] * 3).map(sorted),
    day_count=st.sampled_from(DayCount),
)
def test_days_of_neighbouring_periods_add_up(days, day_count):
    first, middle, last = days
    whole = rules.days_between(first, last, day_count)
    assert whole == rules.days_between(first, middle, day_count) + rules.days_between(middle, last, day_count)
    assert whole >= 0
