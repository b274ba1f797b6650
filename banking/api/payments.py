"""What entrusted banks call to pay 付款指令接口: fetch what is to be paid, look at it, say what became of it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from access import doors
from access.states import Perm
from banking import queries
from banking.actions import payments, results
from banking.models import Payment, PaymentResult
from banking.rules import CURRENCY, Said
from banking.states import PaymentStatus, ResultOutcome, ResultRefusal, ResultStatus
from hpf.interface.described import PROBLEMS, READ, READ_PROBLEMS, SIGNED
from hpf.interface.fields import Amount, Day, Serial, Strict, Text
from ledger.queries import open_day

MOST_LISTED = 200
LISTED = 100
LONGEST_NAME = 64  # what is kept of a name that is none of ours
# Which of the fields a bank has to fill in depends on what it says.
NEEDED: dict[str, tuple[str, ...]] = {
    ResultOutcome.ACCEPTED: (),
    ResultOutcome.SUCCEEDED: ("bank_serial", "account", "amount", "paid_on"),
    ResultOutcome.FAILED: ("code",),
    ResultOutcome.RETURNED: ("bank_serial", "account", "amount", "paid_on"),
    ResultOutcome.NOT_RECEIVED: ("sending",),
}
# Whether a person has looked at a refused result is no business of the bank's.
BECAME = {
    ResultStatus.APPLIED: "applied",
    ResultStatus.WAITING: "waiting",
    ResultStatus.REFUSED: "refused",
    ResultStatus.CLEARED: "refused",
}
SEEN_STATUS = [choice for choice in PaymentStatus.choices if choice[0] != PaymentStatus.CREATED]


class ClaimRequest(Strict):
    """How many payments a bank wants to be handed 领取付款指令."""

    limit = serializers.IntegerField(
        min_value=1, max_value=payments.MOST_CLAIMED, default=payments.MOST_CLAIMED, help_text="至多领取几笔，1 至 1000"
    )


class PaymentRow(serializers.Serializer[Any]):
    """One payment as its bank sees it 付款指令."""

    payment_id = serializers.CharField(help_text="付款指令号：端到端标识，请随付款报文传送")
    sending = serializers.IntegerField(help_text="第几次发送；多于一次只因贵行答复过未收到")
    status = serializers.ChoiceField(SEEN_STATUS, help_text="状态")
    account = serializers.CharField(help_text="付款专户账号")
    amount = serializers.CharField(help_text="金额(元)：文本，两位小数")
    currency = serializers.CharField(help_text="币种：CNY")
    payee_name = serializers.CharField(help_text="收款户名")
    payee_account = serializers.CharField(help_text="收款账号")
    payee_bank = serializers.CharField(help_text="收款银行")
    remark = serializers.CharField(help_text="附言：请原样转送")
    created_on = serializers.CharField(help_text="制单日期")
    answer_by = serializers.CharField(help_text="应答期限(RFC 3339)：逾期未答转为结果不明")


class ClaimAnswer(serializers.Serializer[Any]):
    """What a bank was handed 领取应答."""

    payments = PaymentRow(many=True)


class PaymentsQuery(Strict):
    """Which of its payments a bank asks for 付款指令查询条件."""

    status = serializers.ChoiceField(SEEN_STATUS, required=False, help_text="只列出该状态的付款指令")
    after = Text(max_length=35, required=False, help_text="上一页的 next：从它之后列起")
    limit = serializers.IntegerField(min_value=1, max_value=MOST_LISTED, default=LISTED, help_text="至多列出几笔")


class PaymentsAnswer(serializers.Serializer[Any]):
    """A page of payments 付款指令列表; `next` is null on the last one."""

    payments = PaymentRow(many=True)
    next = serializers.CharField(allow_null=True, help_text="下一页的 after；没有下一页时为 null")


class ResultRequest(Strict):
    """What a bank says of a payment 付款回报."""

    outcome = serializers.ChoiceField(ResultOutcome.choices, help_text="回报")
    sending = serializers.IntegerField(
        required=False, min_value=1, max_value=32767, help_text="第几次发送：答复未收到时必填"
    )
    bank_serial = Serial(max_length=64, required=False, help_text="银行流水号：成功和退回时必填")
    account = Text(max_length=40, required=False, help_text="付款专户账号：成功和退回时必填")
    amount = Amount(required=False, help_text="金额(元)：成功和退回时必填")
    paid_on = Day(required=False, help_text="付款或退回日期：成功和退回时必填")
    code = Text(max_length=40, required=False, help_text="银行的结果代码：失败时必填")
    text = Text(max_length=200, required=False, allow_blank=True, help_text="银行的结果说明")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in NEEDED[attrs["outcome"]] if name not in attrs]
        if missing:
            why = f"回报为 {attrs['outcome']} 时必填"
            raise serializers.ValidationError(dict.fromkeys(missing, why), code="required")
        return attrs


class ResultAnswer(serializers.Serializer[Any]):
    """What became of a result 付款回报应答; `code` and `message` where it was refused."""

    payment_id = serializers.CharField(help_text="付款指令号")
    result_id = serializers.CharField(help_text="回报编号")
    outcome = serializers.ChoiceField(sorted(set(BECAME.values())), help_text="处理结果")
    code = serializers.ChoiceField(ResultRefusal.choices, required=False, help_text="拒绝原因")
    message = serializers.CharField(required=False, help_text="拒绝原因说明")


PAID_EXAMPLE = {
    "outcome": "succeeded",
    "bank_serial": "20260701000456",
    "account": "51101020000000001",
    "amount": "1200.00",
    "paid_on": "2026-07-01",
}


@doors.api(Perm.CLAIM_PAYMENTS)
@extend_schema(
    operation_id="claim_payments",
    tags=["bank"],
    summary="领取付款指令",
    description="领取待发送的付款指令，先制单的在前。领取的指令不会再次发出，除非贵行答复未收到；没有收到应答时用原幂等键重发。",
    parameters=SIGNED,
    request=ClaimRequest,
    responses={200: ClaimAnswer, **PROBLEMS},
    examples=[OpenApiExample("至多领取 100 笔", request_only=True, value={"limit": 100})],
)
@api_view(["POST"])
def claim_payments(request: Any) -> Response:
    """Hand a bank what it is to pay 领取付款指令."""
    asked = ClaimRequest(data=request.data)
    asked.is_valid(raise_exception=True)
    user = request.client.user
    bank = queries.bank_of(user)
    limit = asked.validated_data["limit"]
    handed = payments.claim(bank, limit, at=timezone.now(), by=user, on=request.business_day)
    return Response({"payments": [_row(payment) for payment in handed]})


@doors.api(Perm.CLAIM_PAYMENTS)
@extend_schema(
    operation_id="list_payments",
    tags=["bank"],
    summary="查询付款指令",
    description="列出发送给贵行的付款指令。结果不明(UNKNOWN)的请查询后回报，确未收到的回报 not_received。",
    parameters=[*READ, PaymentsQuery],
    responses={200: PaymentsAnswer, **READ_PROBLEMS},
)
@api_view(["GET"])
def list_payments(request: Any) -> Response:
    """What was handed to a bank, and how it stands 查询付款指令."""
    asked = PaymentsQuery(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    found = queries.handed_to(queries.bank_of(request.client.user), **asked.validated_data)
    return Response(
        {
            "payments": [_row(payment) for payment in found.rows],
            "next": found.rows[-1].reference if found.goes_on else None,
        }
    )


@doors.api(Perm.REPORT_PAYMENTS)
@extend_schema(
    operation_id="report_payment",
    tags=["bank"],
    summary="付款回报",
    description="回报一笔付款的结果。可以重复，也可以不按先后：同一事实只处理一次，应答相同。与指令不符的回报不记账，由中心人工核实。",
    parameters=SIGNED,
    request=ResultRequest,
    responses={200: ResultAnswer, **PROBLEMS},
    examples=[
        OpenApiExample("付款成功", request_only=True, value=PAID_EXAMPLE),
        OpenApiExample(
            "付款失败", request_only=True, value={"outcome": "failed", "code": "AC04", "text": "收款账户已销户"}
        ),
    ],
)
@api_view(["POST"])
def report_payment(request: Any, reference: str) -> Response:
    """Take in what a bank says of a payment 付款回报."""
    said = ResultRequest(data=request.data)
    said.is_valid(raise_exception=True)
    user, at = request.client.user, timezone.now()
    bank = queries.bank_of(user)
    told = results.Report(reference[:LONGEST_NAME], Said(**said.validated_data), at=at, calendar=timezone.localdate())
    try:
        result = results.report(bank, told, by=user, on=request.business_day)
    except results.DayNotOpen:
        # The day turned while the request was on its way: the payment is booked on the day that is open now.
        result = results.report(bank, told, by=user, on=open_day())
    return Response(_told(result))


def _row(payment: Payment) -> dict[str, object]:
    return {
        "payment_id": payment.reference,
        "sending": payment.sendings,
        "status": payment.status,
        "account": payment.account.number,
        "amount": str(payment.amount),
        "currency": CURRENCY,
        "payee_name": payment.payee_name,
        "payee_account": payment.payee_account,
        "payee_bank": payment.payee_bank,
        "remark": payment.remark,
        "created_on": payment.created_on.isoformat(),
        "answer_by": timezone.localtime(payment.answer_by).isoformat(timespec="seconds"),
    }


def _told(result: PaymentResult) -> dict[str, str]:
    told = {
        "payment_id": result.named,
        "result_id": f"rs_{result.pk}",
        "outcome": BECAME[ResultStatus(result.status)],
        "code": result.refusal,
        "message": result.get_refusal_display() if result.refusal else "",
    }
    return {name: value for name, value in told.items() if value}
