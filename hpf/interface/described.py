"""How every operation of an interface is described 接口说明: what is signed, and how an error looks."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers


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
    errors = ProblemError(many=True, required=False)  # type: ignore[assignment]  # the name RFC 9457 gives it


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
    OpenApiParameter(
        "Retry-After",
        OpenApiTypes.INT,
        OpenApiParameter.HEADER,
        response=[409],
        description="只是暂时不能办理：过这么多秒后用原幂等键、原报文重发。没有此头的 409 是最终的",
    ),
]


def _problem(when: str) -> OpenApiResponse:
    return OpenApiResponse(Problem, description=when)


PROBLEMS = {
    (400, "application/problem+json"): _problem("报文不符合格式，或缺少幂等键：全部未处理，更正后重发"),
    (401, "application/problem+json"): _problem("验签未通过：密钥编号、时间戳、随机数或签名有误"),
    (403, "application/problem+json"): _problem("没有该操作的权限"),
    (409, "application/problem+json"): _problem("业务拒绝；带 Retry-After 的只是暂时不能办理，用原幂等键重发"),
    (422, "application/problem+json"): _problem("幂等键已用于另一报文"),
}
# A request that changes nothing, or that may be made again without harm, needs no key of its own.
READ = [one for one in SIGNED if not one.name.startswith(("Idempoten", "Retry"))]
READ_PROBLEMS = {place: told for place, told in PROBLEMS.items() if place[0] in (400, 401, 403)}
