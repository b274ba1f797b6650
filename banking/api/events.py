"""What entrusted banks call to hear what has happened 事件接口: read the list, or have it pushed."""

import re
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from access import doors
from access.states import Perm
from banking import queries
from banking.actions import events, webhooks
from banking.states import EventType
from hpf.interface.described import PROBLEMS, READ, READ_PROBLEMS
from hpf.interface.fields import Strict, Text

MOST_LISTED = 250
LISTED = 100
CURSOR = re.compile(r"[0-9]{1,18}")
BEGINNING = "0"


class Cursor(Text):
    """A place in the list of events, as it was given out before."""

    default_error_messages = {"not_cursor": "须为此前应答中的 next"}

    def to_internal_value(self, data: str) -> str:
        if not CURSOR.fullmatch(data):
            self.fail("not_cursor")
        return data


class EventsQuery(Strict):
    """From where on a bank reads its events 事件查询条件."""

    after = Cursor(required=False, default=BEGINNING, help_text="上一次应答的 next：从它之后列起")
    limit = serializers.IntegerField(min_value=1, max_value=MOST_LISTED, default=LISTED, help_text="至多列出几件")


class EventData(serializers.Serializer[Any]):
    """What an event is about 事件内容."""

    payment_id = serializers.CharField(help_text="付款指令号")
    status = serializers.CharField(help_text="当时的状态")
    amount = serializers.CharField(help_text="金额(元)")
    currency = serializers.CharField(help_text="币种：CNY")
    sending = serializers.IntegerField(help_text="已发送次数")


class EventRow(serializers.Serializer[Any]):
    """One event 事件; what is pushed has the same form."""

    id = serializers.CharField(help_text="事件编号：重复推送时相同")
    type = serializers.ChoiceField(EventType.choices, help_text="类型")
    timestamp = serializers.CharField(help_text="时间(RFC 3339)")
    sequence = serializers.IntegerField(help_text="同一付款指令的第几个事件")
    data = EventData()


class EventsAnswer(serializers.Serializer[Any]):
    """Events in their order 事件列表."""

    events = EventRow(many=True)
    next = serializers.CharField(help_text="下一次查询的 after；没有新事件时与本次相同")


class WebhookRequest(Strict):
    """Where to push events 推送地址."""

    url = Text(max_length=300, allow_blank=True, help_text="https 地址，主机名须经中心登记；空文本停止推送")
    new_secret = serializers.BooleanField(default=False, help_text="true 时更换签名密钥，原密钥继续有效 24 小时")


class WebhookAnswer(serializers.Serializer[Any]):
    """What is kept of the address 推送设置应答."""

    url = serializers.CharField(help_text="推送地址")
    secret = serializers.CharField(required=False, help_text="签名密钥：只在首次设置或更换时给出一次")


@doors.api(Perm.RECEIVE_EVENTS)
@extend_schema(
    operation_id="list_events",
    tags=["bank"],
    summary="查询事件",
    description="按先后列出发给贵行的事件，不含个人信息。从上一次的 next 继续，不重不漏；推送只是提醒，以此列表为准。",
    parameters=[*READ, EventsQuery],
    responses={200: EventsAnswer, **READ_PROBLEMS},
)
@api_view(["GET"])
def list_events(request: Any) -> Response:
    """A bank's events after a place in their order 查询事件."""
    asked = EventsQuery(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    after, limit = asked.validated_data["after"], asked.validated_data["limit"]
    found = events.read(queries.bank_of(request.client.user), int(after), limit)
    last = str(found[-1].position) if found else after
    return Response({"events": [queries.content_of(event) for event in found], "next": last})


@doors.api(Perm.RECEIVE_EVENTS)
@extend_schema(
    operation_id="set_webhook",
    tags=["bank"],
    summary="设置推送地址",
    description="设置事件的推送地址，可以重复调用。首次设置或更换密钥时给出签名密钥，只给出一次。",
    parameters=READ,
    request=WebhookRequest,
    responses={200: WebhookAnswer, **{place: told for place, told in PROBLEMS.items() if place[0] != 422}},
    examples=[OpenApiExample("设置", request_only=True, value={"url": "https://bank.example.cn/hpf/events"})],
)
@api_view(["PUT"])
def set_webhook(request: Any) -> Response:
    """Where a bank wants its events pushed 设置推送地址."""
    wanted = WebhookRequest(data=request.data)
    wanted.is_valid(raise_exception=True)
    user = request.client.user
    common = {"at": timezone.now(), "by": user, "on": request.business_day}
    secret = webhooks.set_address(queries.bank_of(user), **wanted.validated_data, **common)
    return Response({"url": wanted.validated_data["url"], **({"secret": secret} if secret else {})})
