"""What is entered of a withdrawal 提取表单: one form for each category."""

import re
import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from accounts.models import MemberAccount
from accounts.rules import bank_account
from hpf.errors import Refusal
from hpf.months import EARLIEST, LATEST, Month
from hpf.privacy import masked_card
from withdrawals.actions.applications import Application, Card
from withdrawals.forms.papers import PapersForm
from withdrawals.queries import Wish
from withdrawals.rules import CATEGORIES, Particulars, Purchase, Rent, Repayment, Retirement, Terms
from withdrawals.states import Category, Channel, RentLimit

NOT_A_DAY = "请输入日期，例如 2026-07-01"
NOT_A_MONTH = "请输入月份，例如 2026-07"
NOT_AN_AMOUNT = "请填写大于零的金额，最多两位小数"
REPAID = re.compile(r"([0-9]{4}-[0-9]{2})[\s,，:：]+([0-9]{1,12}(?:\.[0-9]{1,2})?)(?:\s*元)?")
MOST_MONTHS = 60


class MonthField(forms.CharField):
    """A month, typed or picked."""

    def __init__(self, label: str, **more: Any) -> None:
        widget, troubles = forms.TextInput(attrs={"type": "month"}), {"required": f"请填写{label}"}
        super().__init__(label=label, widget=widget, error_messages=troubles, **more)

    def to_python(self, value: Any) -> Month | None:  # type: ignore[override]
        text = super().to_python(value)
        try:
            return Month.parse(text) if text else None
        except ValueError:
            raise forms.ValidationError(NOT_A_MONTH) from None


def words(label: str, longest: int, **more: Any) -> forms.CharField:
    """A field of words, at most so many signs 文字."""
    troubles = {"required": f"请填写{label}", "max_length": f"{label}不超过 {longest} 个字，请缩短"}
    return forms.CharField(label=label, max_length=longest, error_messages=troubles, **more)


def day(label: str, **more: Any) -> forms.DateField:
    """A field of a day somebody can mean 日期."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    troubles = {"required": f"请填写{label}", "invalid": NOT_A_DAY}
    within = [MinValueValidator(date(EARLIEST, 1, 1), NOT_A_DAY), MaxValueValidator(date(LATEST, 12, 31), NOT_A_DAY)]
    return forms.DateField(label=label, widget=widget, error_messages=troubles, validators=within, **more)


def _amount(label: str, **more: Any) -> forms.DecimalField:
    kinds = ("invalid", "max_digits", "max_decimal_places", "max_whole_digits", "min_value")
    troubles = dict.fromkeys(kinds, NOT_AN_AMOUNT) | {"required": f"请填写{label}"}
    least = Decimal("0.01")
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=2, min_value=least, error_messages=troubles, **more
    )


class ApplyForm(forms.Form):
    """What every category asks for; `once` is drawn with the page, so that the page handed in again is one case."""

    category: Category
    once = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": "页面已过期，请重新打开申请页面", "invalid": "页面已过期，请重新打开申请页面"},
    )
    asked = _amount("申请金额", required=False, help_text="留空按可提取额全部申请")
    consent = forms.BooleanField(label="查询共享数据", required=False)
    payee_name = words("收款户名", 60)
    payee_card = words("收款卡号", 60, required=False)
    payee_bank = words("开户银行", 60)
    by_people = forms.BooleanField(label="转人工审批", required=False, help_text="数据齐全也由审批人决定")

    def __init__(self, *args: Any, account: MemberAccount, terms: Terms, on: date, answered: bool, **more: Any) -> None:
        member, declared = account.member, CATEGORIES[self.category]
        card = {"payee_name": member.name, "payee_bank": member.card_bank}
        super().__init__(*args, initial={"once": uuid.uuid4(), **card, **self.usual(terms, on)}, **more)
        self.account, self.terms = account, terms
        at_quota = self.category == Category.RENT and terms.rent_limit == RentLimit.QUOTA
        self._without(declared.closes and "asked", (answered or not declared.asks) and "consent")
        self._without(not declared.instant and "by_people", at_quota and "rent")
        if "consent" in self.fields:
            whose = "职工本人及配偶" if declared.of_household else "职工本人"
            asks = "、".join(kind.label for kind in declared.asks)
            self.fields["consent"].help_text = f"{whose}已书面授权查询{asks}；不查询的凭材料办理"
        self.fields["payee_card"].required = not member.card
        if member.card:
            self.fields["payee_card"].help_text = f"留空用登记的银行卡 {masked_card(member.card)}"
        next(field for field in self.fields.values() if not field.widget.is_hidden).widget.attrs["autofocus"] = True

    def usual(self, terms: Terms, on: date) -> dict[str, Any]:
        """What is proposed before anything is typed."""
        return {}

    @property
    def particulars(self) -> Particulars:
        """What is declared; the form of each category says it."""
        raise NotImplementedError

    @property
    def quotable(self) -> bool:
        """Whether enough is entered to say what may be withdrawn: where the money goes does not matter for it."""
        return self.is_bound and not {name for name in self.errors if not name.startswith("payee_")}

    @property
    def wish(self) -> Wish:
        """What would be withdrawn; its papers are asked for once it is known which it needs."""
        return Wish(self.account, self.particulars, self.cleaned_data.get("asked"))

    @property
    def card(self) -> Card:
        """The card the money goes to: the one typed, else the one registered."""
        entered = self.cleaned_data
        return Card(entered["payee_name"], entered["payee_card"] or self.account.member.card, entered["payee_bank"])

    @property
    def application(self) -> Application:
        """All of it but the papers, as the action takes it."""
        entered, by_people = self.cleaned_data, bool(self.cleaned_data.get("by_people"))
        return Application(entered["once"], self.wish, self.card, Channel.COUNTER, by_people=by_people)

    def with_papers(self, papers: PapersForm) -> Application:
        """The same with the papers it needs."""
        wish = replace(self.wish, papers=frozenset(papers.needed))
        return replace(self.application, wish=wish, uploads=papers.uploads)

    def clean_payee_card(self) -> str:
        typed = self.cleaned_data["payee_card"]
        try:
            return bank_account(typed) if typed else ""
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from None

    def _without(self, *names: str | bool) -> None:
        for name in names:
            if isinstance(name, str):
                self.fields.pop(name, None)


class RentForm(ApplyForm):
    """Which months are rented, and at what rent where the rule asks for it."""

    category = Category.RENT
    first = MonthField("租住起始月份")
    last = MonthField("租住截止月份")
    rent = _amount("月租金")
    field_order = ("once", "first", "last", "rent", "asked", "consent")

    def usual(self, terms: Terms, on: date) -> dict[str, Any]:
        now = Month.of(on)
        return {"first": str(now.plus(1 - terms.rent_gap)), "last": str(now)}

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        first, last = entered.get("first"), entered.get("last")
        if first and last and not first <= last < first.plus(MOST_MONTHS):
            self.add_error("last", "截止月份不能早于起始月份，也不能相隔五年以上")
        return entered

    @property
    def particulars(self) -> Rent:
        return Rent(self.cleaned_data["first"], self.cleaned_data["last"], self.cleaned_data.get("rent"))


class PurchaseForm(ApplyForm):
    """Which home was bought, when, and for how much."""

    category = Category.PURCHASE
    house = words("合同或产权证号", 60, help_text="备案合同编号或不动产权证号")
    signed_on = day("合同签订日期")
    price = _amount("房屋总价")
    field_order = ("once", "house", "signed_on", "price", "asked")

    @property
    def particulars(self) -> Purchase:
        entered = self.cleaned_data
        return Purchase(entered["house"], entered["signed_on"], entered["price"])


class RepaymentForm(ApplyForm):
    """Which loan, and what was repaid of it in each month."""

    category = Category.LOAN_REPAYMENT
    contract = words("借款合同号", 60)
    repaid = forms.CharField(
        label="各月已还本息",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "2026-05 2345.67"}),
        help_text="每行一个月：年月、空格、金额（元）",
        error_messages={"required": "请填写各月已还本息", "max_length": "行数太多，请分次申请"},
    )
    field_order = ("once", "contract", "repaid", "asked")

    def clean_repaid(self) -> dict[Month, Decimal]:
        found: dict[Month, Decimal] = {}
        for place, line in enumerate(filter(str.strip, self.cleaned_data["repaid"].splitlines()), start=1):
            month, amount = _read(line.strip(), place)
            if month in found:
                raise forms.ValidationError(f"第 {place} 行：{month} 重复，请合并为一行")
            found[month] = amount
        return found

    @property
    def particulars(self) -> Repayment:
        return Repayment(self.cleaned_data["contract"], self.cleaned_data["repaid"])


class RetirementForm(ApplyForm):
    """Since when the member is retired."""

    category = Category.RETIREMENT
    retired_on = day("退休日期", help_text="与退休审批一致")
    field_order = ("once", "retired_on", "consent")

    @property
    def particulars(self) -> Retirement:
        return Retirement(self.cleaned_data["retired_on"])


APPLY_FORMS: dict[Category, type[ApplyForm]] = {
    one.category: one for one in (RentForm, PurchaseForm, RetirementForm, RepaymentForm)
}


def _read(line: str, place: int) -> tuple[Month, Decimal]:
    """A line of a repayment: the month, and what was repaid in it."""
    found = REPAID.fullmatch(line)
    try:
        if found and (amount := Decimal(found[2])) > 0:
            return Month.parse(found[1]), amount
    except ValueError:
        pass
    raise forms.ValidationError(f"第 {place} 行读不出年月和金额，请写成 2026-05 2345.67")
