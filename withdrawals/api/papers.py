"""Platforms bring papers after an application 补交要件: one at a time, checked, and each once."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import api_view
from rest_framework.response import Response

from access import doors
from access.states import Perm
from hpf.interface.described import PROBLEMS, SIGNED
from withdrawals.actions import papers
from withdrawals.api.fields import PaperPart
from withdrawals.api.members import WithdrawalRow, own, row_of

SCAN = {"kind": "PURCHASE_INVOICE", "name": "发票.pdf", "content": "JVBERi0xLjQK..."}


@doors.api(Perm.APPLY_WITHDRAWALS)
@extend_schema(
    operation_id="add_withdrawal_paper",
    tags=["withdrawals"],
    summary="补交要件",
    description="审批期间逐份上传要件；同一文件再次上传不会重复。应答的 papers_owed 是还缺的要件，为空即已齐。",
    parameters=SIGNED,
    request=PaperPart,
    responses={201: WithdrawalRow, **PROBLEMS},
    examples=[OpenApiExample("发票", request_only=True, value=SCAN)],
)
@api_view(["POST"])
def add_paper(request: Any, number: str) -> Response:
    """One more paper of an application that waits 补交要件."""
    told = PaperPart(data=request.data)
    told.is_valid(raise_exception=True)
    given = told.validated_data
    papers.add(own(request, number), given["kind"], given["upload"], by=request.client.user, on=request.business_day)
    return Response(row_of(own(request, number)), 201)
