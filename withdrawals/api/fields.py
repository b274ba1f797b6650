"""What a platform sends for a member 提取报文: who, what for, where to, and the papers."""

import base64
import binascii
import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.states import CertificateType
from approvals.actions.papers import Upload
from hpf.interface.fields import Amount, Day, Strict, Text
from hpf.months import EARLIEST, LATEST, Month
from withdrawals import rules
from withdrawals.states import Category, PaperKind

MOST_MONTHS = 36


@extend_schema_field({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "examples": ["2026-07"]})
class MonthText(serializers.Field[Month, str, str, Any]):
    """A month as text, 2026-07."""

    default_error_messages = {"not_month": "年月须为 YYYY-MM 的文本"}

    def to_internal_value(self, data: object) -> Month:
        try:
            return Month.parse(data) if isinstance(data, str) and len(data) == 7 else self.fail("not_month")
        except ValueError:
            self.fail("not_month")


class Positive(Amount):
    """Yuan above zero."""

    default_error_messages = {"not_positive": "金额须大于零"}

    def to_internal_value(self, data: object) -> Any:
        amount = super().to_internal_value(data)
        if amount <= 0:
            self.fail("not_positive")
        return amount


class Digest(Text):
    """The SHA-256 of a file, as 64 small hexadecimal digits."""

    default_error_messages = {"not_digest": "须为 64 位小写十六进制文本"}

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=64, **more)

    def to_internal_value(self, data: object) -> Any:
        text = super().to_internal_value(data)
        return text if re.fullmatch("[0-9a-f]{64}", text) else self.fail("not_digest")


class NearDay(Day):
    """A day somebody can mean."""

    default_error_messages = {"not_near": f"日期须在 {EARLIEST} 年至 {LATEST} 年之间"}

    def to_internal_value(self, data: object) -> Any:
        day = super().to_internal_value(data)
        return day if EARLIEST <= day.year <= LATEST else self.fail("not_near")


class RentPart(Strict):
    """租房情况."""

    first = MonthText(help_text="租住起始月份")
    last = MonthText(help_text="租住终止月份")
    rent = Positive(required=False, help_text="每月租金(元)")

    def validate(self, attrs: dict[str, Any]) -> rules.Rent:  # type: ignore[override]  # what was meant, not its text
        if not attrs["first"] <= attrs["last"] < attrs["first"].plus(MOST_MONTHS):
            raise serializers.ValidationError({"last": f"须不早于起始月份，且一次至多 {MOST_MONTHS} 个月"})
        return rules.Rent(attrs["first"], attrs["last"], attrs.get("rent"))


class PurchasePart(Strict):
    """购房情况."""

    house = Text(max_length=60, help_text="购房合同备案号或不动产权证号")
    signed_on = NearDay(help_text="合同签订日期")
    price = Positive(help_text="房屋总价(元)")

    def validate(self, attrs: dict[str, Any]) -> rules.Purchase:  # type: ignore[override]
        return rules.Purchase(**attrs)


class RepaidRow(Strict):
    """一个月的还款."""

    month = MonthText(help_text="还款月份")
    amount = Positive(help_text="本金和利息合计(元)")


class RepaymentPart(Strict):
    """还贷情况."""

    contract = Text(max_length=60, help_text="借款合同号")
    repaid = RepaidRow(many=True, min_length=1, max_length=MOST_MONTHS, help_text="各月还款，1 至 36 个月")

    def validate(self, attrs: dict[str, Any]) -> rules.Repayment:  # type: ignore[override]
        repaid = {row["month"]: row["amount"] for row in attrs["repaid"]}
        if len(repaid) < len(attrs["repaid"]):
            raise serializers.ValidationError({"repaid": "月份重复"})
        return rules.Repayment(attrs["contract"], repaid)


class RetirementPart(Strict):
    """离退休情况."""

    retired_on = NearDay(help_text="退休日期")

    def validate(self, attrs: dict[str, Any]) -> rules.Retirement:  # type: ignore[override]
        return rules.Retirement(**attrs)


class MemberPart(Strict):
    """Who withdraws 职工: never named in an address."""

    certificate_type = serializers.ChoiceField(CertificateType.choices, help_text="证件类型代码")
    id_number = Text(max_length=40, help_text="证件号码")
    name = Text(max_length=120, help_text="姓名：须与登记的一致")


class QuoteRequest(Strict):
    """What a member would withdraw 提取试算报文: of the four parts, the one of the category."""

    member = MemberPart()
    category = serializers.ChoiceField(Category.choices, help_text="提取类别")
    rent = RentPart(required=False)
    purchase = PurchasePart(required=False)
    loan_repayment = RepaymentPart(required=False)
    retirement = RetirementPart(required=False)
    amount = Positive(required=False, help_text="申请金额(元)；不给出时为可提取的最高额；离退休为全部余额")
    consent = serializers.BooleanField(help_text="true：本人(及配偶)已在贵平台同意查询共享数据，仅用于本次提取")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wanted, parts = attrs["category"].lower(), {category.lower() for category in Category.values}
        if wanted not in attrs:
            raise serializers.ValidationError({wanted: "须给出该提取类别的情况"})
        if strays := sorted((parts - {wanted}) & attrs.keys()):
            raise serializers.ValidationError({strays[0]: "与提取类别不符"})
        return attrs | {"particulars": attrs[wanted]}


class PaperPart(Strict):
    """One paper 要件."""

    kind = serializers.ChoiceField(PaperKind.choices, help_text="要件种类")
    name = Text(max_length=120, help_text="文件名")
    content = serializers.CharField(help_text="PDF、JPEG 或 PNG 的 Base64 文本；整个报文不超过 12 MB")
    sha256 = Digest(required=False, help_text="文件内容的 SHA-256(小写十六进制)；给出时核对是否传输完整")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            upload = Upload(attrs["name"], base64.b64decode(attrs["content"], validate=True))
        except (binascii.Error, ValueError):
            raise serializers.ValidationError({"content": "不是 Base64 文本"}) from None
        if attrs.get("sha256", upload.sha256) != upload.sha256:
            raise serializers.ValidationError({"sha256": "与文件内容不符，文件可能没有传完整，请重新上传"})
        return {"kind": PaperKind(attrs["kind"]), "upload": upload}


class CardPart(Strict):
    """Where the money is to go 本人银行卡."""

    number = Text(max_length=40, help_text="卡号")
    bank = Text(max_length=120, help_text="开户银行")


class ApplyRequest(QuoteRequest):
    """An application 提取申请报文."""

    card = CardPart()
    papers = PaperPart(many=True, max_length=5, default=list, help_text="要件：试算应答 papers 所列")
    papers_follow = serializers.BooleanField(
        default=False, help_text="true：未给出的要件随后逐份上传；补齐前不会同意，逾期由审批人退回"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kinds = [one["kind"] for one in attrs["papers"]]
        if len(set(kinds)) < len(kinds):
            raise serializers.ValidationError({"papers": "同一种要件只给出一份，多页请合并"})
        if set(kinds) - set(rules.CATEGORIES[Category(attrs["category"])].papers):
            raise serializers.ValidationError({"papers": "含有该提取类别不需要的要件"})
        return super().validate(attrs)
