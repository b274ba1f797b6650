"""Refusals beside the form, paging, addresses with a changed query, and tables as Excel files."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from access.models import Branch
from hpf import jinja, pages
from hpf.errors import Refusal
from hpf.months import Month


class TooMuch(Refusal):
    message = "超过上限 {cap} 元"


class BaseForm(forms.Form):
    base = forms.DecimalField(label="缴存基数")


@pytest.mark.parametrize(("field", "place"), [("base", "base"), ("elsewhere", "__all__"), (None, "__all__")])
def test_a_refusal_stands_at_its_field_or_above_the_form(field, place):
    form = BaseForm({"base": "1"})
    assert form.is_valid()
    with pages.refusals_shown_on(form):
        raise TooMuch(field=field, cap="22,389.00")
    assert form.errors[place] == ["超过上限 22,389.00 元"] and not form.is_valid()


def test_a_bug_is_not_taken_for_a_refusal():
    with pytest.raises(ZeroDivisionError), pages.refusals_shown_on(BaseForm({})):
        raise ZeroDivisionError


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "number"), [("", 1), ("2", 2), ("99", 3), ("x", 1), ("-1", 3)])
def test_a_page_is_the_nearest_there_is(asked, number):
    request = RequestFactory().get("/", {"page": asked})
    page = pages.page_of(request, Branch.objects.all(), per_page=2)
    assert page.number == number and page.paginator.count == 6 and len(page) == 2


def test_the_query_keeps_what_was_filtered():
    request = RequestFactory().get("/?bank=工行&page=3")
    assert pages.query_with(request, page=4) == "?bank=%E5%B7%A5%E8%A1%8C&page=4"
    assert pages.query_with(request, page=None) == "?bank=%E5%B7%A5%E8%A1%8C"


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"]


def test_a_table_comes_back_from_excel_as_it_was():
    rows = [["511002199001011234", Decimal("1234567890123.45"), date(2026, 7, 1), Month(2026, 7), None, "阿卜杜·𠮷"]]
    response = pages.excel_response("到账.xlsx", ["证件号", "金额", "日期", "月份", "备注", "姓名"], rows)
    assert "attachment" in response.headers["Content-Disposition"]
    read = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0)
    header, row = read.to_python()
    assert header == ["证件号", "金额", "日期", "月份", "备注", "姓名"]
    assert row == ["511002199001011234", 1234567890123.45, "2026-07-01", "2026-07", "", "阿卜杜·𠮷"]


def test_a_file_that_cannot_be_written_is_closed_at_once():
    begun = []

    def write(output):
        begun.append(output)
        raise TooMuch(cap="1.00")

    with pytest.raises(TooMuch):
        pages.file_response("清册.xlsx", write)
    assert begun[0].closed


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_is_never_a_formula(text):
    assert pages.cell_text(text) == f"'{text}"
    assert pages.cell_text(f"单位{text}") == f"单位{text}"


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (jinja.money(Decimal("0.00")), "0.00"),
        (jinja.money(Decimal("1234567.8")), "1,234,567.80"),
        (jinja.money(Decimal("-1234.50")), "-1,234.50"),
        (jinja.money(Decimal("9999999999999999.99")), "9,999,999,999,999,999.99"),
        (jinja.money(None), "—"),
        (jinja.number(12345), "12,345"),
        (jinja.day(date(2026, 7, 1)), "2026-07-01"),
        (jinja.day(None), "—"),
        (jinja.month(Month(2026, 7)), "2026-07"),
    ],
)
def test_figures_are_shown_alike_everywhere(shown, text):
    assert shown == text
