"""The components every page is built from: what they show, and that names of people are text, never markup."""

import re
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from jinja2 import UndefinedError

HOSTILE = '<script>alert("x")</script>'


def shown(source: str, **context: object) -> str:
    imports = (
        '{% from "components/page.html" import crumbs, title, tabs, figures, summary, empty, confirm_bar %}'
        '{% from "components/table.html" import data_table, money, status, progress, pager %}'
        '{% from "components/form.html" import error_summary, field, fields, filter_bar %}'
        '{% from "components/icon.html" import icon %}'
    )
    text = engines["jinja2"].env.from_string(imports + source).render(context)
    return re.sub(r"\s+>", ">", text)


class Sheet(forms.Form):
    base = forms.DecimalField(label="缴存基数", help_text="不超过上限", max_value=100)
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲")], required=False)
    sure = forms.BooleanField(label="确认", required=False)
    token = forms.CharField(widget=forms.HiddenInput, initial="t")


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("{{ money(amount) }}", ['<td class="money">1,234.50</td>']),
        ("{{ money(-amount) }}", ['<td class="money negative">-1,234.50</td>']),
        ("{{ money(none) }}", ['<td class="money">—</td>']),
        ('{{ status("待到账", "wait") }}', ['state-wait">待到账']),
        ("{{ progress(1500, 5000) }}", ['max="5000" value="1500"', "1,500 / 5,000"]),
        ('{{ empty("还没有到账", "查看上月", "?m=1") }}', ["还没有到账", 'href="?m=1"']),
        ('{{ crumbs([("汇缴", "/a/"), ("清册", "/b/")]) }}', ['href="/b/" data-back', '<a href="/a/">汇缴</a>']),
        ('{{ tabs([("明细", "?t=1", true), ("汇缴", "?t=2", false)]) }}', ['href="?t=1" aria-current="page"']),
        ('{{ figures([("人数", 3, "人")]) }}', ["<dt>人数</dt><dd>3<small>人</small></dd>"]),
        ('{{ confirm_bar("确认提交", back="/a/") }}', ["btn-primary", 'href="/a/" data-back']),
        ('{% call title("清册", number="HJ1") %}<a>导出</a>{% endcall %}', ["<h1>清册</h1>", 'data-copy="HJ1"']),
        ('{% call data_table(["账号", "金额:money"]) %}{% endcall %}', ['<th scope="col" class="money">金额</th>']),
    ],
)  # fmt: skip
def test_a_component_shows_what_it_is_given(source, parts):
    text = shown(source, amount=Decimal("1234.50"))
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ status(name, 'done') }}",
        "{{ empty(name) }}",
        "{{ title(name, number=name) }}",
        "{{ summary([(name, name)]) }}",
        "{{ figures([(name, name, name)]) }}",
        "{{ crumbs([(name, name)]) }}",
        "{% call data_table([name], caption=name) %}{{ name }}{% endcall %}",
    ],
)
def test_a_hostile_name_is_shown_as_text(source):
    text = shown(source, name=HOSTILE)
    assert "<script>" not in text and "&lt;script&gt;" in text and 'alert("x")' not in text


def test_a_name_that_is_not_there_fails():
    with pytest.raises(UndefinedError):
        shown("{{ summary([('单位', employer)]) }}")


def test_every_error_is_above_the_form_and_beside_its_field():
    form = Sheet({"base": "1000", "token": "t"})
    form.add_error(None, "清册已确认")
    text = shown("{{ error_summary(form) }}{{ fields(form) }}", form=form)
    sentence = form.errors["base"][0]
    assert "有 2 处需要更正" in text and "清册已确认" in text
    assert f'<a href="#id_base">缴存基数：{sentence}</a>' in text
    assert f'id="id_base_error">{sentence}' in text and 'id="id_base_helptext">不超过上限' in text
    assert 'aria-invalid="true"' in text and 'aria-describedby="id_base_helptext id_base_error"' in text
    assert 'value="1000"' in text


def test_each_kind_of_field_has_its_look():
    text = shown("{{ fields(form) }}", form=Sheet())
    assert "form-control" in text and "form-select" in text and "form-check-input" in text
    assert text.count("（选填）") == 2 and text.count("<label") == 3
    assert "id_base_error" not in text.replace('aria-describedby="id_base_helptext"', "")


def test_a_field_shows_its_unit():
    assert '<span class="unit">元</span>' in shown('{{ field(form["base"], unit="元") }}', form=Sheet())


@pytest.mark.parametrize(
    ("count", "asked", "parts", "absent"),
    [
        (0, 1, ["共 0 条"], ["上一页", "下一页"]),
        (50, 1, ["共 50 条"], ["下一页"]),
        (1000, 1, ["第 1 / 20 页", 'rel="next" href="?bank=x&amp;page=2"'], ["上一页"]),
        (1000, 20, ['rel="prev" href="?bank=x&amp;page=19"'], ["下一页"]),
    ],
)
def test_the_pager_keeps_the_filter(count, asked, parts, absent):
    page = Paginator(range(count), 50).get_page(asked)
    text = shown("{{ pager(page, request) }}", page=page, request=RequestFactory().get("/?bank=x"))
    assert [part for part in parts if part not in text] == []
    assert [part for part in absent if part in text] == []


def test_filters_are_kept_in_the_address():
    text = shown("{{ filter_bar(form, request) }}", form=Sheet(), request=RequestFactory().get("/list/"))
    assert 'method="get" action="/list/"' in text and '<a class="btn" href="/list/">清除</a>' in text
