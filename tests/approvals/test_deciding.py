"""The form of a decision 复核表单: what may be answered, and what may be written to it."""

import pytest

from approvals.deciding import DecideForm
from approvals.rules import HoldsPersonalNumber, kept_words
from tests.approvals.factories import case


@pytest.mark.parametrize(
    "number", ["51100219900101123X", "51100219900101123x", "１３８１２３４５６７８", "6222021234567890128"]
)
def test_words_that_are_kept_hold_no_whole_number_of_a_person(number):
    for words in (number, f"身份证{number}", f"本人来电（{number}）要求"):
        with pytest.raises(HoldsPersonalNumber):
            kept_words(words)


@pytest.mark.parametrize(
    "words",
    ["营业执照 12511000451234567X", "内公积金〔2026〕9号 20261122001", "尾号 4981", "单位 1000000001 至 1000000012"],
)
def test_codes_and_numbers_of_papers_are_kept(words):
    assert kept_words(words) == words


@pytest.mark.django_db
def test_a_reason_holds_no_whole_number_of_a_person():
    form = DecideForm({"verdict": "RETURN", "reason": "卡号 6222021234567890128 有误"}, case=case())
    assert not form.is_valid() and "只写后四位" in form.errors["reason"][0]


@pytest.mark.django_db
def test_only_what_may_be_refused_is_refused():
    words = {"verdict": "REFUSE", "reason": "不符合条件"}
    assert DecideForm(words, case=case(may_refuse=True)).is_valid()
    assert not DecideForm(words, case=case()).is_valid()
