"""Platforms apply for members 政务服务平台代办: quote, application, progress, taking back; the pages' own actions."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from access import doors
from access.rules import read_json
from access.states import Perm
from accounts.models import MemberAccount
from accounts.queries.persons import member_of
from accounts.rules import certificate, written_name
from accounts.states import MEMBER_ACCOUNT_ENDS, CertificateType
from hpf.errors import Refusal
from hpf.interface.described import PROBLEMS, READ, READ_PROBLEMS, SIGNED
from hpf.interface.fields import Strict, Text
from withdrawals.actions import applications, online
from withdrawals.actions.applications import Application, Card, NotEntitled
from withdrawals.api.fields import ApplyRequest, QuoteRequest
from withdrawals.gateways import shared_data
from withdrawals.models import Proof, Withdrawal
from withdrawals.queries import Wish
from withdrawals.queries.progress import offer, steps_of
from withdrawals.rules import CATEGORIES, Factor, Quote
from withdrawals.states import GIVEN_UP, Category, Channel, PaperKind, Standing, WithdrawalStatus

MOST_LISTED, LISTED = 200, 100


class MemberUnknown(Refusal):
    """Nobody with an open account has this certificate and name 查无此人."""

    message = "没有证件和姓名都相符、账户未销户的职工，请核对证件类型、证件号码和姓名"
    code = "member_unknown"


class FactorRow(serializers.Serializer[Any]):
    """One thing that was looked at 核定因素."""

    code = serializers.CharField(help_text="规则编号")
    name = serializers.CharField(help_text="核定项目")
    standing = serializers.ChoiceField(Standing.choices, help_text="核定结果")
    value = serializers.CharField(help_text="本人情况")
    limit = serializers.CharField(help_text="要求")
    remedy = serializers.CharField(allow_blank=True, help_text="不符合时的处理办法")


class QuoteAnswer(serializers.Serializer[Any]):
    """What could be withdrawn 试算应答."""

    category = serializers.ChoiceField(Category.choices, help_text="提取类别")
    granted = serializers.BooleanField(help_text="是否可以提取(papers 所列要件视为已提交)")
    instant = serializers.BooleanField(help_text="是否当场办结")
    entitlement = serializers.CharField(help_text="可提取额(元)")
    amount = serializers.CharField(help_text="本次金额(元)")
    interest = serializers.CharField(help_text="另付利息(元)")
    papers = serializers.ListField(child=serializers.CharField(), help_text="须提交的要件种类")
    factors = FactorRow(many=True)


class StepRow(serializers.Serializer[Any]):
    """One step 办理环节."""

    name = serializers.CharField()
    on = serializers.CharField(allow_null=True, help_text="日期；尚未到达时为 null")
    told = serializers.CharField(help_text="说明，可直接给人看")


class WithdrawalRow(serializers.Serializer[Any]):
    """One withdrawal 提取; no personal data."""

    number = serializers.CharField(help_text="提取编号")
    category = serializers.ChoiceField(Category.choices, help_text="提取类别")
    status = serializers.ChoiceField(WithdrawalStatus.choices, help_text="状态")
    asked = serializers.CharField(help_text="申请金额(元)")
    paid = serializers.CharField(allow_null=True, help_text="实付金额(元)，含利息；未批准时为 null")
    currency = serializers.CharField(help_text="币种：CNY")
    applied_on = serializers.CharField(help_text="申请日期")
    due_on = serializers.CharField(help_text="办理期限")
    decided_on = serializers.CharField(allow_null=True, help_text="决定日期")
    reason = serializers.CharField(allow_blank=True, help_text="不予提取或退回的理由")
    papers_owed = serializers.ListField(child=serializers.CharField(), help_text="尚未交来的要件种类")
    steps = StepRow(many=True)


class WithdrawalsQuery(Strict):
    """Which ones 查询条件."""

    status = serializers.ChoiceField(WithdrawalStatus.choices, required=False, help_text="只列出该状态的")
    after = Text(max_length=12, required=False, help_text="上一页的 next：从它之后列起")
    limit = serializers.IntegerField(min_value=1, max_value=MOST_LISTED, default=LISTED, help_text="至多列出几笔")


class WithdrawalsAnswer(serializers.Serializer[Any]):
    """A page of them 提取列表; `next` is null on the last one."""

    withdrawals = WithdrawalRow(many=True)
    next = serializers.CharField(allow_null=True, help_text="下一页的 after；没有下一页时为 null")


RENTING = {
    "member": {"certificate_type": "01", "id_number": "511002199001010015", "name": "王测试"},
    "category": "RENT",
    "rent": {"first": "2026-05", "last": "2026-07", "rent": "1500.00"},
    "amount": "900.00",
    "consent": True,
}
APPLYING = RENTING | {"card": {"number": "6222021200000000011", "bank": "工商银行"}}


def ask_first(request: Any) -> None:
    """Ask shared data by the member's consent, before a transaction is open; a wrong body is the view's to refuse."""
    try:
        asked = QuoteRequest(data=_quote_of(read_json(request.body)))
        if not asked.is_valid() or not asked.validated_data["consent"]:
            return
        account, category = _account(asked.validated_data["member"], request), asked.validated_data["category"]
    except (Refusal, ValueError):
        return
    online.ask(account, Category(category), shared_data(), by=request.client.user, on=request.business_day)


@doors.api(Perm.APPLY_WITHDRAWALS, first=ask_first)
@extend_schema(
    operation_id="quote_withdrawal",
    tags=["withdrawals"],
    summary="提取试算",
    description="某职工现在能提多少，逐项说明依据。不占用资金；经同意查询共享数据会留下查询记录。",
    parameters=SIGNED,
    request=QuoteRequest,
    responses={200: QuoteAnswer, **PROBLEMS},
    examples=[OpenApiExample("租房", request_only=True, value=RENTING)],
)
@api_view(["POST"])
def quote_withdrawal(request: Any) -> Response:
    """What a member could withdraw, and why 提取试算."""
    given = _read(QuoteRequest, request)
    found = offer(_wish(given, request), on=request.business_day)
    return Response(_quoted(found.quote) | {"papers": [kind.value for kind in found.papers]})


@doors.api(Perm.APPLY_WITHDRAWALS, first=ask_first)
@extend_schema(
    methods=["GET"],
    operation_id="list_withdrawals",
    tags=["withdrawals"],
    summary="查询提取",
    description="列出贵平台提交的提取，先提交的在前。",
    parameters=[*READ, WithdrawalsQuery],
    responses={200: WithdrawalsAnswer, **READ_PROBLEMS},
)
@extend_schema(
    methods=["POST"],
    operation_id="apply_withdrawal",
    tags=["withdrawals"],
    summary="申请提取",
    description="提交申请和要件：资金随即占用，数据齐全的当场办结。没有收到应答时用同一幂等键重发，只办一次。",
    parameters=SIGNED,
    request=ApplyRequest,
    responses={201: WithdrawalRow, **PROBLEMS},
    examples=[OpenApiExample("租房", request_only=True, value=APPLYING)],
)
@api_view(["GET", "POST"])
def platform_withdrawals(request: Any) -> HttpResponse:
    """A platform's withdrawals, and a new one 提取."""
    return _apply(request) if request.method == "POST" else _list(request)


@doors.api(Perm.APPLY_WITHDRAWALS)
@extend_schema(
    operation_id="read_withdrawal",
    tags=["withdrawals"],
    summary="提取进度",
    description="一笔提取办到哪一步。付款结果不明时请勿重复提交，等待核实。",
    parameters=READ,
    responses={200: WithdrawalRow, **READ_PROBLEMS},
)
@api_view(["GET"])
def read_withdrawal(request: Any, number: str) -> Response:
    """How far one is 提取进度."""
    return Response(row_of(own(request, number)))


@doors.api(Perm.APPLY_WITHDRAWALS)
@extend_schema(
    operation_id="take_back_withdrawal",
    tags=["withdrawals"],
    summary="撤回提取申请",
    description="撤回尚未审批的申请，占用的资金和额度随即释放。不需要报文。",
    parameters=SIGNED,
    request=None,
    responses={200: WithdrawalRow, **PROBLEMS},
)
@api_view(["POST"])
def take_back_withdrawal(request: Any, number: str) -> Response:
    """Take back what nobody has decided 撤回提取申请."""
    applications.take_back(own(request, number), by=request.client.user, on=request.business_day)
    return Response(row_of(own(request, number)))


def _apply(request: Any) -> HttpResponse:
    given = _read(ApplyRequest, request)
    uploads = {one["kind"]: [one["upload"]] for one in given["papers"]}
    kinds = CATEGORIES[Category(given["category"])].papers if given["papers_follow"] else uploads
    wish, client = _wish(given, request, frozenset(kinds)), request.client
    card = Card(given["member"]["name"], given["card"]["number"], given["card"]["bank"])
    once = uuid.uuid5(uuid.NAMESPACE_OID, f"{client.pk}:{request.headers['Idempotency-Key']}")
    try:
        application = Application(once, wish, card, Channel.API, uploads=uploads)
        made = applications.submit(application, by=client.user, on=request.business_day)
    except NotEntitled as refusal:
        failed = [one for one in refusal.quote.factors if one.standing == Standing.NOT_MET]
        errors = [{"pointer": "", "code": _code(one), "detail": f"{one.name}：{one.remedy}"} for one in failed]
        return doors.problem(request, 409, "业务拒绝", refusal.sentence, code=refusal.code, errors=errors)
    return Response(row_of(own(request, made.number)), 201)


def _list(request: Any) -> Response:
    asked = WithdrawalsQuery(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    given, rows = asked.validated_data, _owns(request).order_by("pk")
    if "status" in given:
        rows = rows.filter(status=given["status"])
    if "after" in given:
        rows = rows.filter(number__gt=given["after"])
    found = list(rows[: given["limit"] + 1])
    shown = found[: given["limit"]]
    return Response(
        {"withdrawals": [row_of(one) for one in shown], "next": shown[-1].number if len(found) > len(shown) else None}
    )


def _read(kind: type[Strict], request: Any) -> dict[str, Any]:
    told = kind(data=request.data)
    told.is_valid(raise_exception=True)
    return dict(told.validated_data)


def _quote_of(body: Any) -> Any:
    """The part of an application that a quote has too."""
    if not isinstance(body, Mapping):
        return body
    return {name: value for name, value in body.items() if name not in ("card", "papers", "papers_follow")}


def _account(who: Mapping[str, str], request: Any) -> MemberAccount:
    """The open account of whoever has this certificate and this name: a stranger is told no more than that."""
    read = certificate(CertificateType(who["certificate_type"]), who["id_number"], on=request.business_day)
    member = member_of(read)
    if member is None or member.name != written_name(who["name"]):
        raise MemberUnknown(field="member")
    accounts = member.member_accounts.exclude(status__in=MEMBER_ACCOUNT_ENDS)
    account = accounts.select_related("member", "employer__branch").order_by("-opened_on", "-pk").first()
    if account is None:
        raise MemberUnknown(field="member")
    return account


def _wish(given: Mapping[str, Any], request: Any, papers: frozenset[PaperKind] = frozenset()) -> Wish:
    return Wish(_account(given["member"], request), given["particulars"], given.get("amount"), papers)


def _owns(request: Any) -> QuerySet[Withdrawal]:
    """What this client handed in: a platform sees no other's, and none of the counter's."""
    own = Withdrawal.objects.filter(applied_by=request.client.user).select_related("payment", "member_account", "case")
    return own.prefetch_related(Prefetch("proofs", Proof.objects.select_related("paper").order_by("pk")))


def own(request: Any, number: str) -> Withdrawal:
    """One that this client handed in 本平台提交的提取; of others it learns nothing."""
    return get_object_or_404(_owns(request), number=number)


def _code(one: Factor) -> str:
    return one.rule.split("（")[0]


def _quoted(quote: Quote) -> dict[str, object]:
    names = ("name", "standing", "value", "limit", "remedy")
    factors = [{"code": _code(one), **{name: str(getattr(one, name)) for name in names}} for one in quote.factors]
    return {
        "category": quote.category.value,
        "granted": quote.granted,
        "instant": quote.instant,
        "entitlement": f"{quote.entitlement:.2f}",
        "amount": f"{quote.amount:.2f}",
        "interest": f"{quote.interest:.2f}",
        "factors": factors,
    }


def row_of(withdrawal: Withdrawal) -> dict[str, object]:
    """A withdrawal as platforms read it 提取应答; of what was given up nobody owes a paper."""
    given_up = withdrawal.status in GIVEN_UP
    return {
        "number": withdrawal.number,
        "category": withdrawal.category,
        "status": withdrawal.status,
        "asked": f"{withdrawal.asked:.2f}",
        "paid": f"{withdrawal.paid:.2f}" if withdrawal.granted is not None else None,
        "currency": "CNY",
        "applied_on": withdrawal.applied_on.isoformat(),
        "due_on": withdrawal.due_on.isoformat(),
        "decided_on": withdrawal.decided_on.isoformat() if withdrawal.decided_on else None,
        "reason": withdrawal.refusal,
        "papers_owed": [] if given_up else [proof.kind for proof in withdrawal.proofs.all() if proof.owed],
        "steps": [
            {"name": step.name, "on": step.on.isoformat() if step.on else None, "told": step.told}
            for step in steps_of(withdrawal)
        ],
    }
