"""What entrusted banks call 银行接口: money in. Signing and repetition are the door's (docs/bank-api.md)."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from access import doors
from access.states import Perm
from banking import queries
from banking.actions import receipts
from banking.rules import CURRENCY, Malformed, Notice
from banking.states import NoticeOutcome, RefusalCode
from hpf.interface.described import PROBLEMS, SIGNED
from hpf.interface.fields import UNKNOWN, Amount, Day, Serial, Strict, Text, printable
from ledger.queries import open_day

MOST_ROWS = 1000


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
                data["serial"], field, message, {name: printable(data[name]) for name in data if name != "serial"}
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
