"""What entrusted banks call 银行接口: money in. Signing and repetition are the door's (docs/bank-api.md)."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import ErrorDetail
from rest_framework.response import Response

from access import doors
from access.states import Perm
from banking import queries
from banking.actions import receipts
from banking.rules import CURRENCY, Malformed, Notice
from banking.states import NoticeOutcome, RefusalCode
from ledger.queries import open_day

MOST_ROWS = 1000
AMOUNT = re.compile(r"-?[0-9]{1,11}\.[0-9]{2}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNKNOWN = "unknown_field"
SHOWN_UNKNOWN = 20


class Text(serializers.CharField):
    """Text, and nothing that could be taken for it. Line breaks and runs of blanks carry no meaning: one blank."""

    default_error_messages = {"not_text": "须为文本(JSON 字符串)", "invisible": "含有不可见字符"}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and not isinstance(data, str):
            self.fail("not_text")
        return super().run_validation(" ".join(data.split()) if isinstance(data, str) else data)

    def to_internal_value(self, data: str) -> str:
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in data):
            self.fail("invisible")
        return super().to_internal_value(data)


class Serial(serializers.CharField):
    """The bank's serial number, exactly as sent: it is the key under which a notice is booked once."""

    default_error_messages = {"not_serial": "须为 1 至 64 个可见字符的文本，首尾不带空格"}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is serializers.empty:
            return super().run_validation(data)
        if not isinstance(data, str) or not 1 <= len(data) <= 64 or not data.isprintable() or data != data.strip():
            self.fail("not_serial")
        return data


@extend_schema_field({"type": "string", "pattern": "^-?[0-9]{1,11}\\.[0-9]{2}$", "examples": ["1234.56"]})
class Amount(serializers.Field[Decimal, str, str, Any]):
    """Yuan as text with two decimals. A JSON number is refused: on its way it may have been a binary fraction."""

    default_error_messages = {"not_money": '金额须为文本，两位小数，如 "1234.56"'}

    def to_internal_value(self, data: object) -> Decimal:
        if not isinstance(data, str) or not AMOUNT.fullmatch(data):
            self.fail("not_money")
        return Decimal(data)


@extend_schema_field({"type": "string", "format": "date", "examples": ["2026-07-01"]})
class Day(serializers.Field[date, str, str, Any]):
    """A calendar day as text, 2026-07-01."""

    default_error_messages = {"not_day": "日期须为 YYYY-MM-DD 的文本"}

    def to_internal_value(self, data: object) -> date:
        if not isinstance(data, str) or not DAY.fullmatch(data):
            self.fail("not_day")
        try:
            return date.fromisoformat(data)
        except ValueError:
            self.fail("not_day")


class Strict(serializers.Serializer[Any]):
    """Takes the fields it lists and refuses any other by name."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(data.keys() - self.fields.keys()) if isinstance(data, Mapping) else []
        if unknown:
            wrong = ErrorDetail("未知字段", code=UNKNOWN)
            raise serializers.ValidationError({_printable(name): [wrong] for name in unknown[:SHOWN_UNKNOWN]})
        return super().to_internal_value(data)


class EachForItself(serializers.ListSerializer[Any]):
    """Rows that do not spoil each other: one that names its serial number and is wrong elsewhere is refused alone."""

    child: "ReceiptRow"

    def run_child_validation(self, data: Any) -> Notice | Malformed:
        try:
            return Notice(**self.child.run_validation(data))
        except serializers.ValidationError as trouble:
            wrong = trouble.detail
            named = isinstance(data, Mapping) and isinstance(wrong, dict) and "serial" in data
            if not named or "serial" in wrong or any(each[0].code == UNKNOWN for each in wrong.values()):
                raise
            field = next(iter(wrong))
            message = f"{field}：{wrong[field][0]}"
            return Malformed(
                data["serial"], field, message, {name: _printable(data[name]) for name in data if name != "serial"}
            )


class ReceiptRow(Strict):
    """One notice of money in 到账通知."""

    serial = Serial(max_length=64, help_text="银行流水号：同一银行内唯一，是去重的依据")
    account = Text(max_length=40, help_text="收款专户账号")
    amount = Amount(help_text="金额(元)：文本，两位小数")
    currency = Text(max_length=8, help_text="币种：CNY")
    paid_on = Day(help_text="到账日期")
    payer_name = Text(max_length=200, allow_blank=True, help_text="付款户名，没有时为空文本")
    payer_account = Text(max_length=64, allow_blank=True, help_text="付款账号，没有时为空文本")
    payer_bank = Text(max_length=200, allow_blank=True, default="", help_text="付款银行")
    remark = Text(max_length=500, allow_blank=True, default="", help_text="附言：请原样转送，其中的缴款识别号用于认领")

    class Meta:
        list_serializer_class = EachForItself


class ReceiptsRequest(Strict):
    """The body of a report 到账报文."""

    receipts = ReceiptRow(many=True, min_length=1, max_length=MOST_ROWS, help_text="1 至 1000 笔")


class OutcomeRow(serializers.Serializer[Any]):
    """What became of one notice 处理结果; `code` and `message` where it was refused."""

    serial = serializers.CharField(help_text="银行流水号")
    outcome = serializers.ChoiceField(NoticeOutcome.choices, help_text="处理结果")
    code = serializers.ChoiceField(RefusalCode.choices, required=False, help_text="拒绝原因")
    message = serializers.CharField(required=False, help_text="拒绝原因说明")
    receipt_id = serializers.CharField(required=False, help_text="到账编号：流水号已入账时给出")


class ReceiptsAnswer(serializers.Serializer[Any]):
    """One row for each notice, in the order of the request 到账应答."""

    receipts = OutcomeRow(many=True)


class ProblemError(serializers.Serializer[Any]):
    """One error and its place 错误明细."""

    pointer = serializers.CharField(help_text="出错位置(JSON Pointer)")
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """Why a request was not carried out 错误应答 (RFC 9457)."""

    type = serializers.CharField(help_text="错误类别")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="说明，可直接给人看")
    code = serializers.CharField(help_text="错误代码，供程序判断")
    instance = serializers.CharField(help_text="请求编号，联系中心时请提供")
    errors = ProblemError(many=True, required=False)


def _header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description=description)


SIGNED = [
    _header("HPF-Key-Id", "密钥编号"),
    _header("HPF-Timestamp", "当前 unix 秒，与中心时钟相差不超过 300 秒"),
    _header("HPF-Nonce", "随机数，16 至 64 个字符，只用一次"),
    _header(
        "HPF-Signature",
        "小写十六进制 HMAC-SHA256(密钥, METHOD\\npath\\nquery\\nhex(sha256(body))\\ntimestamp\\nnonce)，末尾无换行",
    ),
    _header("Idempotency-Key", "幂等键，至多 255 个字符：没有收到应答时，用同一幂等键和同一报文重发"),
    OpenApiParameter(
        "Idempotent-Replayed",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        enum=["true"],
        response=[200],
        description="此应答是先前应答的逐字节重复",
    ),
]


def _problem(when: str) -> OpenApiResponse:
    return OpenApiResponse(Problem, description=when)


PROBLEMS = {
    (400, "application/problem+json"): _problem("报文不符合格式，或缺少幂等键：全部未处理，更正后用新的幂等键重发"),
    (401, "application/problem+json"): _problem("验签未通过：密钥编号、时间戳、随机数或签名有误"),
    (403, "application/problem+json"): _problem("没有报送到账的权限"),
    (409, "application/problem+json"): _problem("同一幂等键的请求正在处理，或业务拒绝：稍后重发"),
    (422, "application/problem+json"): _problem("幂等键已用于另一报文"),
}
EXAMPLES = [
    OpenApiExample(
        "一笔到账",
        request_only=True,
        value={
            "receipts": [
                {
                    "serial": "20260701000123",
                    "account": "51101020000000001",
                    "amount": "1234.56",
                    "currency": CURRENCY,
                    "paid_on": "2026-07-01",
                    "payer_name": "内江示例机械有限公司",
                    "payer_account": "2307000000000000001",
                    "payer_bank": "工商银行内江分行",
                    "remark": "HJ0000000012",
                }
            ]
        },
    ),
    OpenApiExample(
        "逐笔结果",
        response_only=True,
        status_codes=["200"],
        value={
            "receipts": [
                {"serial": "20260701000123", "outcome": "booked", "receipt_id": "rc_1"},
                {"serial": "20260701000122", "outcome": "repeated", "receipt_id": "rc_0"},
                {
                    "serial": "20260701000124",
                    "outcome": "refused",
                    "code": "account_unknown",
                    "message": "收款账户不是该银行的专户",
                },
            ]
        },
    ),
]


@doors.api(Perm.REPORT_RECEIPTS)
@extend_schema(
    operation_id="report_receipts",
    tags=["bank"],
    summary="到账通知",
    description="报送到账，一次 1 至 1000 笔，逐笔处理、逐笔应答。同一流水号只入账一次，可放心重发。",
    parameters=SIGNED,
    request=ReceiptsRequest,
    responses={200: ReceiptsAnswer, **PROBLEMS},
    examples=EXAMPLES,
)
@api_view(["POST"])
def report_receipts(request: Any) -> Response:
    """Book what a bank reports 到账通知."""
    report = ReceiptsRequest(data=request.data)
    report.is_valid(raise_exception=True)
    user, notices = request.client.user, report.validated_data["receipts"]
    common = {"by": user, "today": timezone.localdate()}
    bank = queries.bank_of(user)
    try:
        outcomes = receipts.book(bank, notices, on=request.business_day, **common)
    except receipts.DayNotOpen:
        # The day turned while the request was on its way: the money is booked on the day that is open now.
        outcomes = receipts.book(bank, notices, on=open_day(), **common)
    return Response({"receipts": [_told(outcome) for outcome in outcomes]})


def _told(outcome: receipts.Outcome) -> dict[str, str]:
    told = {
        "serial": outcome.serial,
        "outcome": outcome.outcome.value,
        "code": outcome.code.value if outcome.code else "",
        "message": outcome.message,
        "receipt_id": f"rc_{outcome.receipt_id}" if outcome.receipt_id else "",
    }
    return {name: value for name, value in told.items() if value}


def _printable(value: object) -> str:
    """What a client sent, as text that can be stored and shown."""
    text = "(嵌套内容)" if isinstance(value, list | dict) else str(value)[:200]
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
