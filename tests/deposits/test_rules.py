"""Contributions 月缴存额, payment references 缴款识别号: the worked examples of docs/rules.md, R-101 and R-301 on."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deposits import rules
from hpf.money import FEN, YUAN

LOW, HIGH = Decimal("0"), Decimal("1000000.00")


def of(base, employer_ratio, member_ratio, *, floor=LOW, cap=HIGH, unit=FEN):
    return rules.contribution(
        Decimal(base),
        employer_ratio=Decimal(employer_ratio),
        member_ratio=Decimal(member_ratio),
        floor=Decimal(floor),
        cap=Decimal(cap),
        unit=Decimal(unit),
    )


@pytest.mark.parametrize(
    ("base", "ratio", "unit", "part", "total"),
    [
        # Published with the amended Regulation: declared 4,000 instead of 12,000 leaves 800 a month unpaid.
        ("12000", "5", FEN, "600.00", "1200.00"),
        ("4000", "5", FEN, "200.00", "400.00"),
        # The same base to the fen and to the yuan.
        ("6543", "8", FEN, "523.44", "1046.88"),
        ("6543", "8", YUAN, "523.00", "1046.00"),
        ("6543", "8", "0.1", "523.40", "1046.80"),
        # Half a fen and half a yuan go up; each part does so by itself, so the total gains a whole unit.
        ("2070.10", "5", FEN, "103.51", "207.02"),
        ("6350", "5", YUAN, "318.00", "636.00"),
    ],
)
def test_each_part_is_rounded_by_itself(base, ratio, unit, part, total):
    monthly = of(base, ratio, ratio, unit=unit)
    assert (str(monthly.employer_part), str(monthly.member_part), str(monthly.total)) == (part, part, total)


def test_both_sides_have_their_own_ratio():
    monthly = of("8765.43", "12", "5")
    assert (monthly.employer_part, monthly.member_part) == (Decimal("1051.85"), Decimal("438.27"))


@pytest.mark.parametrize(
    ("base", "used"),
    [("2069.99", "2070.00"), ("2070.00", "2070.00"), ("9000", "9000.00"), ("22389.00", "22389.00"), ("50000", "22389")],
)
def test_the_base_is_held_between_floor_and_cap(base, used):
    assert of(base, "8", "8", floor="2070.00", cap="22389.00").base_used == Decimal(used)


def test_a_floor_above_the_cap_is_an_error():
    with pytest.raises(ValueError, match="floor"):
        of("5000", "8", "8", floor="6000", cap="5000")


def half_up(amount: Fraction, steps_per_yuan: int) -> Fraction:
    """Round a non-negative amount in whole numbers, without Decimal."""
    return Fraction((2 * amount * steps_per_yuan + 1) // 2, steps_per_yuan)


@given(
    base_fen=st.integers(0, 10**12),
    ratio_hundredths=st.integers(0, 10_000),
    unit=st.sampled_from([("0.01", 100), ("0.1", 10), ("1", 1)]),
)
@example(base_fen=207_010, ratio_hundredths=500, unit=("0.01", 100))
def test_a_part_agrees_with_whole_number_arithmetic(base_fen, ratio_hundredths, unit):
    part = of(Decimal(base_fen) / 100, Decimal(ratio_hundredths) / 100, "0", cap="10000000000", unit=unit[0])
    exact = Fraction(base_fen, 100) * Fraction(ratio_hundredths, 10_000)
    assert Fraction(part.employer_part) == half_up(exact, unit[1])


@pytest.mark.parametrize(("serial", "reference"), [(1, "HJ00000000013"), (572, "HJ00000005724")])
def test_reference_has_prefix_ten_digits_and_a_check_digit(serial, reference):
    # 572 -> 4 is the example printed with the Damm scheme; leading zeros do not change the check digit.
    assert rules.payment_reference(serial) == reference


@pytest.mark.parametrize("serial", [0, -1, 10**10])
def test_serials_that_do_not_fit_are_an_error(serial):
    with pytest.raises(ValueError, match="ten digits"):
        rules.payment_reference(serial)


@pytest.mark.parametrize(
    "remark",
    [
        "HJ00000005724",
        "  缴2026年7月公积金HJ00000005724，谢谢",
        "hj 0000 0005 724",
        "ＨＪ０００００００５７２４",
        "公积金 h j 00000005724 2026年7月",
        "HJ00000005724 重复写一次 HJ00000005724",
        "HJ00000005725 写错后更正 HJ00000005724",
    ],
)
def test_reference_is_found_in_a_remark(remark):
    assert rules.references_in(remark) == {"HJ00000005724"}


@pytest.mark.parametrize(
    "remark",
    [
        "",
        "七月公积金",
        "HJ00000005725",
        "HJ0000000572",
        "HJ000000057240",
        "XHJ00000005724",
    ],
)
def test_what_cannot_be_relied_on_is_no_reference(remark):
    assert rules.references_in(remark) == set()


def test_every_reference_in_a_remark_is_found():
    assert rules.references_in("HJ00000005724 与 HJ00000000013") == {"HJ00000005724", "HJ00000000013"}


@given(serial=st.integers(1, 10**10 - 1), place=st.integers(2, 12), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(serial, place, digit):
    reference = rules.payment_reference(serial)
    altered = reference[:place] + digit + reference[place + 1 :]
    assert rules.references_in(altered) == ({reference} if altered == reference else set())


@given(serial=st.integers(1, 10**10 - 1), place=st.integers(2, 11))
def test_two_swapped_neighbours_are_always_noticed(serial, place):
    reference = rules.payment_reference(serial)
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert rules.references_in(swapped) == ({reference} if swapped == reference else set())
