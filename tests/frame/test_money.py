"""Money 金额: rounding and sharing out, against whole-number arithmetic."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpf.money import FEN, YUAN, rounded, share_out


@pytest.mark.parametrize(
    ("amount", "unit", "shown"),
    [
        ("0.005", FEN, "0.01"),
        ("0.0049", FEN, "0.00"),
        ("-0.005", FEN, "-0.01"),
        ("523.44", Decimal("0.1"), "523.40"),
        ("523.45", Decimal("0.1"), "523.50"),
        ("523.50", YUAN, "524.00"),
        ("1499.99", Decimal("1000"), "1000.00"),
        ("1500", Decimal("1000"), "2000.00"),
        ("9999999999999999.994", FEN, "9999999999999999.99"),
        # Longer than 28 digits: dividing with Decimal's usual precision would round to a half first.
        ("0.00499999999999999999999999999999999", FEN, "0.00"),
    ],
)
def test_half_goes_up(amount, unit, shown):
    assert str(rounded(Decimal(amount), unit)) == shown


@given(numerator=st.integers(-(10**15), 10**15))
def test_rounding_agrees_with_whole_numbers(numerator):
    amount = Fraction(numerator, 10**5)
    sign = -1 if amount < 0 else 1
    assert Fraction(rounded(Decimal(numerator).scaleb(-5))) == sign * Fraction((2 * abs(amount) * 100 + 1) // 2, 100)


@given(
    fen=st.integers(-(10**14), 10**14),
    weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any),
)
def test_shares_lose_no_fen_and_stay_within_one_of_the_exact_share(fen, weights):
    shares = share_out(Decimal(fen) / 100, [Decimal(weight) for weight in weights])
    assert sum(shares) * 100 == fen
    for share, weight in zip(shares, weights, strict=True):
        assert abs(Fraction(share) * 100 - Fraction(fen * weight, sum(weights))) < 1


def test_left_over_fen_go_to_the_largest_remainders_then_to_the_first():
    assert share_out(Decimal("0.05"), [Decimal(1), Decimal(1), Decimal(1)]) == [
        Decimal("0.02"),
        Decimal("0.02"),
        Decimal("0.01"),
    ]


@pytest.mark.parametrize("weights", [[], ["0", "0"], ["2", "-1"]])
def test_shares_need_weights(weights):
    with pytest.raises(ValueError, match="weights"):
        share_out(Decimal("1.00"), [Decimal(weight) for weight in weights])


def test_a_part_of_a_fen_cannot_be_shared_out():
    with pytest.raises(ValueError, match="whole fen"):
        share_out(Decimal("1.005"), [Decimal(1)])
