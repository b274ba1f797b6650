"""Arithmetic of the books: amounts in capitals against the examples of their source."""

from decimal import Decimal

import pytest

from ledger import rules


@pytest.mark.parametrize(
    ("amount", "words"),
    [  # 支付结算办法, annex 1, items 2 to 4, where it gives the example itself
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("0.00", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("10.00", "壹拾元整"),
        ("-20.10", "负贰拾元壹角整"),
        ("100000001.00", "壹亿零壹元整"),
        ("100100000.00", "壹亿零壹拾万元整"),
        ("9999999999999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_an_amount_in_capitals(amount, words):
    assert rules.in_capitals(Decimal(amount)) == words


@pytest.mark.parametrize(
    ("balance", "columns"),
    [
        ("12.50", (Decimal("12.50"), None)),
        ("-12.50", (None, Decimal("12.50"))),
        ("0.00", (None, None)),
    ],
)
def test_a_balance_stands_on_its_side(balance, columns):
    assert rules.in_columns(Decimal(balance)) == columns
