"""What a member fills in to withdraw 网厅提取表单: a few fields for each category, then card, papers and consent."""

import re
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from accounts.models import MemberAccount
from hpf.months import Month
from hpf.privacy import masked_card
from withdrawals.actions.applications import Application, Card
from withdrawals.actions.papers import Uploads
from withdrawals.forms.applying import day
from withdrawals.forms.papers import PaperField, uploads_of
from withdrawals.queries import Wish
from withdrawals.queries.progress import Offer
from withdrawals.rules import Particulars, Purchase, Rent, Repayment, Retirement
from withdrawals.states import Category, Channel

MOST_MONTHS = 36
LONGEST_NUMBER = 60
PAPER_HELP = "可以直接拍照，几页可以一起选；PDF、JPEG 或 PNG"
OTHER_MONTH = re.compile(r"([0-9]{4}-?[0-9]{2})[\s:：,，]+([0-9][0-9.]*)")
ASKED_OF = {
    Category.RENT: "本人的不动产登记信息",
    Category.RETIREMENT: "本人的退休信息",
}


class MonthField(forms.CharField):
    """A month, 2026-07."""

    def __init__(self, label: str, **more: Any) -> None:
        widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-07"})
        super().__init__(
            label=label,
            max_length=7,
            widget=widget,
            error_messages=_troubles(label, "请输入年月，例如 2026-07"),
            **more,
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return Month.parse(text)
        except ValueError:
            raise forms.ValidationError("请输入年月，例如 2026-07") from None


def _troubles(label: str, wrong: str) -> dict[str, str]:
    return {"required": f"请填写{label}", "invalid": wrong, "max_length": f"{label}太长，请核对"}


def _money(label: str, **more: Any) -> forms.DecimalField:
    troubles = _troubles(label, "请填写金额，例如 1500.00")
    troubles |= {"min_value": f"{label}须大于零", "max_decimal_places": "金额最多两位小数"}
    troubles |= {"max_digits": "金额太大，请核对", "max_whole_digits": "金额太大，请核对"}
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.DecimalField(
        label=label,
        max_digits=13,
        decimal_places=2,
        min_value=Decimal("0.01"),
        widget=widget,
        error_messages=troubles,
        **more,
    )


def _text(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_NUMBER, error_messages=_troubles(label, ""), **more)


class WishForm(forms.Form):
    """What is withdrawn for; `once` is drawn with the page."""

    once = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": "页面不完整，请重新打开", "invalid": "页面不完整，请重新打开"},
    )

    def __init__(self, data: Any = None, *, category: Category) -> None:
        super().__init__(data, initial={"once": uuid.uuid4()})
        asked = ASKED_OF.get(category)
        if asked:
            self.fields["consent"] = forms.BooleanField(
                label=f"同意公积金中心查询{asked}，仅用于本次提取",
                required=False,
                help_text="不同意也可以办理：改为上传证明材料，由人工审核",
            )

    @property
    def consents(self) -> bool:
        """Whether shared data may be asked 是否授权查询."""
        return bool(self.cleaned_data.get("consent"))

    @property
    def particulars(self) -> Particulars:
        """What was filled in, as the rules take it."""
        raise NotImplementedError


class SpouseConsentForm(forms.Form):
    """That shared data may be asked about oneself, for what the spouse withdraws."""

    consent = forms.BooleanField(
        label="同意公积金中心查询本人的不动产登记信息，仅用于配偶办理租房提取",
        error_messages={"required": "同意查询的请先勾选；不同意的，直接返回即可"},
    )


class RentForm(WishForm):
    """Months that are rented 租房."""

    first = MonthField("租住起始月份")
    last = MonthField("租住终止月份", help_text="一次可以提取几个月，已经提取过的月份不能再提取")
    rent = _money("每月租金", required=False, help_text="按租房合同填写")

    def clean(self) -> dict[str, Any]:
        _refuse_months(self, self.cleaned_data)
        return self.cleaned_data

    @property
    def particulars(self) -> Particulars:
        """The months and the rent 租房情况."""
        given = self.cleaned_data
        return Rent(given["first"], given["last"], given["rent"])


class PurchaseForm(WishForm):
    """A home that was bought 购房."""

    house = _text("购房合同备案号或不动产权证号", help_text="见购房合同首页或不动产权证书")
    signed_on = day("合同签订日期")
    price = _money("房屋总价", help_text="按购房合同填写")

    @property
    def particulars(self) -> Particulars:
        """The house and its price 购房情况."""
        given = self.cleaned_data
        return Purchase(" ".join(given["house"].split()), given["signed_on"], given["price"])


class RepaymentForm(WishForm):
    """A loan that is repaid 还贷."""

    contract = _text("借款合同号", help_text="见购房借款合同或贷款银行的还款明细")
    first = MonthField("还款起始月份")
    last = MonthField("还款终止月份")
    each = _money("每月还款额", help_text="本金和利息合计")
    others = forms.CharField(
        label="还款额不同的月份",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "2026-05 3100.20"}),
        help_text="每行一个月份和金额，例如 2026-05 3100.20",
        error_messages={"max_length": "内容太长，请核对"},
    )

    def clean_others(self) -> dict[Month, Decimal]:
        found: dict[Month, Decimal] = {}
        for number, line in enumerate(self.cleaned_data["others"].splitlines(), start=1):
            if not line.strip():
                continue
            read = OTHER_MONTH.fullmatch(line.strip())
            try:
                month, amount = Month.parse(read[1]), Decimal(read[2])  # type: ignore[index]  # refused below
            except (TypeError, ValueError, InvalidOperation):
                raise forms.ValidationError(f"第{number}行看不懂，请写成“2026-05 3100.20”") from None
            if month in found:
                raise forms.ValidationError(f"第{number}行的月份 {month} 重复，请核对")
            if amount != amount.quantize(Decimal("0.01")):
                raise forms.ValidationError(f"第{number}行的金额最多两位小数")
            found[month] = amount
        return found

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        _refuse_months(self, given)
        if not self.errors and (strays := sorted(set(given["others"]) - set(_months(given)))):
            self.add_error("others", f"{strays[0]} 不在还款月份之内，请核对")
        return given

    @property
    def particulars(self) -> Particulars:
        """Each month's principal and interest 还贷情况."""
        given = self.cleaned_data
        repaid = dict.fromkeys(_months(given), given["each"]) | given["others"]
        return Repayment(" ".join(given["contract"].split()), repaid)


class RetirementForm(WishForm):
    """Somebody retired 离退休."""

    retired_on = day("退休日期", help_text="按退休证或退休审批表填写")

    @property
    def particulars(self) -> Particulars:
        """Since when 退休日期."""
        return Retirement(self.cleaned_data["retired_on"])


FORMS: dict[Category, type[WishForm]] = {
    Category.RENT: RentForm,
    Category.PURCHASE: PurchaseForm,
    Category.RETIREMENT: RetirementForm,
    Category.LOAN_REPAYMENT: RepaymentForm,
}


class HandInForm(forms.Form):
    """How much, to which card, with which papers; what closes the account asks for no amount."""

    amount = _money("提取金额")
    card = forms.CharField(
        label="本人银行卡号",
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填写本人的银行卡号", "max_length": "卡号太长，请核对"},
    )
    bank = forms.CharField(
        label="开户银行",
        max_length=120,
        help_text="例如 工商银行",
        error_messages={"required": "请填写银行卡的开户银行", "max_length": "银行名称太长，请核对"},
    )
    honest = forms.BooleanField(
        label="以上内容和材料真实有效，如有虚假，愿意承担责任",
        error_messages={"required": "请确认内容和材料真实有效后再提交"},
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, account: MemberAccount, offer: Offer, closes: bool
    ) -> None:
        member = account.member
        super().__init__(data, files, initial={"amount": offer.quote.entitlement, "bank": member.card_bank})
        self.account, self.papers = account, offer.papers
        if closes:
            del self.fields["amount"]
        if member.card:
            self.fields["card"].required = False
            self.fields["card"].help_text = f"不填写则转入您登记的银行卡 {masked_card(member.card)}"
        honest = self.fields.pop("honest")
        for kind in offer.papers:
            self.fields[kind.value] = PaperField(kind.label, help_text=PAPER_HELP)
        self.fields["honest"] = honest

    def application(self, form: WishForm) -> Application:
        """The whole application, as the action takes it 提取申请."""
        given, member = self.cleaned_data, self.account.member
        wish = Wish(self.account, form.particulars, given.get("amount"), frozenset(self.papers))
        card = Card(member.name, given["card"] or member.card, given["bank"])
        return Application(form.cleaned_data["once"], wish, card, Channel.PORTAL, uploads=self.uploads)

    @property
    def uploads(self) -> Uploads:
        """The files, by what they prove 要件."""
        return uploads_of(self.cleaned_data, self.papers)


class TakeBackForm(forms.Form):
    """Nothing to fill in: the button is all."""


def _refuse_months(form: forms.Form, given: dict[str, Any]) -> None:
    if "first" not in given or "last" not in given:
        return
    if given["last"] < given["first"]:
        form.add_error("last", "终止月份早于起始月份，请核对")
    elif given["last"] >= given["first"].plus(MOST_MONTHS):
        form.add_error("last", f"一次最多 {MOST_MONTHS} 个月，请分次申请")


def _months(given: dict[str, Any]) -> list[Month]:
    return list(given["first"].until(given["last"].next()))
