"""A member consents to being asked about for what the spouse withdraws 配偶授权查询; nobody else consents for one."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access import doors
from accounts.queries.spouses import own_record_of, partner_of
from hpf.pages import page_of, refusals_shown_on
from policy.queries import numbers_on
from policy.states import TermName
from withdrawals import queries
from withdrawals.actions import online
from withdrawals.gateways import shared_data
from withdrawals.portal.forms import SpouseConsentForm
from withdrawals.queries.progress import is_answered
from withdrawals.states import FOR_SPOUSE, Category, InquiryKind, InquiryOutcome


@doors.member
def my_spouse_consent(request: Any) -> HttpResponse:
    """Who would ask, what, why and until when; to consent; and everything shared data were ever asked about oneself."""
    member, on = own_record_of(request.user), request.business_day
    if member is None:
        return redirect("accounts:my_account")
    form = SpouseConsentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            online.ask_for_spouse(member, Category.RENT, shared_data(), by=request.user, on=on)
            told = is_answered(member, InquiryKind.PROPERTY, on=on, by=FOR_SPOUSE)
            messages.success(request, "已按您的授权查询" if told else "数据共享平台暂不可用，没有查到结果，请稍后再试")
            return redirect("withdrawals:my_spouse_consent")
    [days] = numbers_on([TermName.INQUIRY_DAYS], on)
    answer = queries.latest_answer(bytes(member.id_index), InquiryKind.PROPERTY, on=on, by=FOR_SPOUSE)
    serves = answer is not None and answer.outcome != InquiryOutcome.DOWN
    page = {
        "form": form,
        "partner": partner_of(member, request.user),
        "until": answer.asked_on + timedelta(days=days) if answer and serves else None,
        "days": days,
        "page": page_of(request, queries.inquiries_about(member)),
    }
    return render(request, "withdrawals/portal/my_spouse_consent.html", page)
