"""Month 缴存年月."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpf.months import Month


@pytest.mark.parametrize("text", ["2026-07", "202607", " 2026-07 "])
def test_a_month_is_read(text):
    assert Month.parse(text) == Month(2026, 7)
    assert str(Month.parse(text)) == "2026-07"


@pytest.mark.parametrize(
    "text", ["", "2026-7", "2026-13", "2026-00", "20-26-07", "2026--07", "２０２６-07", "1899-12", "3000-01"]
)
def test_what_is_no_month_is_an_error(text):
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)


@given(year=st.integers(1950, 2200), month=st.integers(1, 12), months=st.integers(-400, 400))
def test_adding_months_goes_there_and_back(year, month, months):
    start = Month(year, month)
    there = start.plus(months)
    assert there.plus(-months) == start
    assert (there.year - start.year) * 12 + there.month - start.month == months
    assert (there > start) == (months > 0)


def test_a_span_has_its_first_month_and_not_its_last():
    span = [str(month) for month in Month(2026, 11).until(Month(2027, 2))]
    assert span == ["2026-11", "2026-12", "2027-01"]


def test_a_day_lies_in_its_month():
    assert Month.of(date(2026, 2, 28)) == Month(2026, 2)
    assert Month(2026, 2).first_day == date(2026, 2, 1)
    assert Month(2026, 12).next() == Month(2027, 1)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_any_day_lies_in_a_month(day):
    """Whoever types the year 1 for 2001 is told by the business, not by an error of the program."""
    assert Month.of(day).first_day == day.replace(day=1)
