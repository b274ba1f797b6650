"""Signing in and out, passwords, and the desk 登录、退出、密码、工作台."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from access import doors, queries, rules
from access.actions import drafts, first_passwords, keyboard, people
from access.filters import UserFilter
from access.forms import KeysForm, PasswordForm, ResetForm, SignInForm
from access.states import FIRST_PAGE, Perm
from hpf.pages import page_of, refusals_shown_on
from hpf.printing import papers, picking
from hpf.printing.shapes import KINDS

# One sentence for an unknown name and a wrong password: neither tells whether the name exists.
NOT_RECOGNISED = "用户名或密码不正确，请核对后重试"
ASK_ANEW = "请携带本人身份证件联系中心运维人员重新发放"


@doors.public
def sign_in(request: Any) -> HttpResponse:
    form = SignInForm(request.POST or None)
    if form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if user is not None and rules.first_password_over(user.first_password_until, on=request.business_day):
            form.add_error(None, f"初始密码已于 {user.first_password_until} 到期，{ASK_ANEW}")
        elif user is not None and queries.may_sign_in(user):
            last = user.last_login
            login(request, user)
            doors.begin_session(request)
            drafts.drop_of_others(request.session, user)
            people.note_sign_in(user, on=request.business_day)
            messages.info(request, f"上次登录：{timezone.localtime(last):%Y-%m-%d %H:%M}" if last else "这是您首次登录")
            return redirect(_next(request))
        else:
            form.add_error(None, NOT_RECOGNISED)
    page = {"form": form, "next": request.GET.get("next", "")}
    return render(request, "access/sign_in.html", page)


@doors.arriving
def sign_out(request: Any) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    people.note_sign_out(request.user, on=request.business_day)
    logout(request)
    messages.info(request, "您已安全退出")
    # Cookies stay out of it: the message above travels in one, and the session is gone on our side.
    return HttpResponseRedirect(reverse("access:sign_in"), headers={"Clear-Site-Data": '"cache", "storage"'})


@doors.arriving
def password_change(request: Any) -> HttpResponse:
    """An own password 修改密码; whoever has only a first one yet is led here before anything else."""
    first = request.user.first_password_until
    form = PasswordForm(request.POST or None, person=request.user)
    if form.is_valid():
        given = form.cleaned_data
        # Counted as a sign-in is: whoever finds the desk unattended cannot try passwords one after the other.
        user = authenticate(request, username=request.user.username, password=given["password_old"])
        if user is None:
            form.add_error("password_old", "密码不正确，请重新输入")
        else:
            with refusals_shown_on(form):
                people.change_password(user, given["password"], request.glance.own_numbers, on=request.business_day)
                update_session_auth_hash(request, user)
                messages.success(request, "密码已修改，请牢记；您在其他设备上的登录已全部退出")
                return redirect(_next(request))
    page = {"form": form, "until": first}
    return render(request, "access/password_first.html" if first else "access/password_change.html", page)


@doors.counter(Perm.RESET_PASSWORDS)
def users(request: Any) -> HttpResponse:
    """The people who sign in 用户, to find one who needs a new password."""
    chosen = UserFilter(request.GET, queryset=queries.users_seen_by(request.user).order_by("username"))
    page = {"filter": chosen, "page": page_of(request, chosen.found)}
    return render(request, "access/users.html", page)


@doors.counter(Perm.RESET_PASSWORDS)
def user_reset(request: Any, pk: int) -> HttpResponse:
    """A new first password for somebody 重置密码."""
    user, on = get_object_or_404(queries.users_seen_by(request.user), pk=pk), request.business_day
    form = ResetForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            until = on + timedelta(days=request.glance.first_password_days)
            given = people.reset_password(user, form.cleaned_data["reason"], until=until, by=request.user, on=on)
            first_passwords.keep(request, user.username, given)
            return redirect("access:user_reset_done", pk)
    return render(request, "access/user_reset.html", {"user": user, "form": form})


@doors.counter(Perm.RESET_PASSWORDS)
def user_reset_done(request: Any, pk: int) -> HttpResponse:
    """The new first password, once."""
    user = get_object_or_404(queries.users_seen_by(request.user), pk=pk)
    page = {"user": user, "first_password": first_passwords.take(request)}
    return render(request, "access/user_reset_done.html", page)


@doors.arriving
def session(request: Any) -> HttpResponse:
    """How long the sign-in still lasts 会话剩余时间; a page asks when its own clock says it is over.

    The page sends what was typed along: where the sign-in is over indeed, the door keeps that and leads to sign-in.
    """
    return JsonResponse({"left": doors.seconds_left(request)})


@doors.signed_in
def desk(request: Any) -> HttpResponse:
    """The page the post begins with, or the first one of its menu; a greeting while there is none."""
    if request.user.post in FIRST_PAGE:
        return redirect(FIRST_PAGE[request.user.post])
    for _group, links in queries.menu_of(request.user):
        return redirect(links[0].address)
    return render(request, "access/desk.html")


@doors.signed_in
def printing_help(request: Any) -> HttpResponse:
    """How to set a printer 打印说明, and which paper each printout comes on for this person."""
    choices = [(kind.title, papers.choice_of(kind.form, request.user.papers)) for kind in KINDS]
    return render(request, "access/printing_help.html", {"choices": choices, "most": picking.MOST})


@doors.signed_in
def my_keys(request: Any) -> HttpResponse:
    """The keys this person works with 我的快捷键; each may be pressed or written."""
    form = KeysForm(request.POST or None, initial=rules.keys_of(request.user.keys))
    if form.is_valid():
        with refusals_shown_on(form):
            keyboard.choose(form.keys, by=request.user, on=request.business_day)
            messages.success(request, "快捷键已保存，各页面从现在起使用新的按键")
            return redirect("access:my_keys")
    return render(request, "access/my_keys.html", {"form": form})


@doors.signed_in
def my_keys_reset(request: Any) -> HttpResponse:
    """Back to the usual keys 恢复默认."""
    if request.method != "POST":
        return redirect("access:my_keys")
    keyboard.restore(by=request.user, on=request.business_day)
    messages.success(request, "已恢复默认快捷键")
    return redirect("access:my_keys")


@doors.signed_in
def night_banner(request: Any) -> HttpResponse:
    """What the banner of the night says now 日终提示; a page that stays open asks for it anew."""
    return render(request, "access/_night_banner.html")


def _next(request: Any) -> str:
    """Where the person wanted to go, if that is a page of ours."""
    wanted = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else reverse("access:desk")


def bad_request(request: Any, exception: object) -> HttpResponse:
    return _trouble(request, 400, "请求有误", "无法理解这次请求，没有办理任何业务。请返回后重试。")


def denied(request: Any, exception: object) -> HttpResponse:
    return _trouble(request, 403, "没有权限", "您不能进行此操作，没有办理任何业务。如有需要，请向本网点负责人申请。")


def not_found(request: Any, exception: object) -> HttpResponse:
    return _trouble(request, 404, "页面不存在", "您要找的内容不存在，或不在您可查看的范围内。请核对编号后重试。")


def broken(request: Any) -> HttpResponse:
    return _trouble(
        request, 500, "系统出错", "刚才的操作没有完成。请稍后重试；仍不成功时请联系运维人员，并提供请求编号。"
    )


def csrf_failure(request: Any, reason: str = "") -> HttpResponse:
    """A form from before the last sign-in comes back to its page, filled in; anybody else's is refused."""
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if ours and request.user.is_authenticated and doors.keep_draft(request, request.user.pk):
        return redirect(doors.page_address(request))
    return _trouble(request, 403, "页面已过期", "为防止他人冒用，这次提交没有被接受。请返回上一页刷新后重新提交。")


def _trouble(request: Any, status: int, heading: str, sentence: str) -> HttpResponse:
    """A page that needs neither the database nor a person: it must show even when those fail."""
    request_id = getattr(request, "id", "")
    if request.path.startswith("/api/"):
        return doors.problem(request, status, heading, sentence)
    page = {"heading": heading, "sentence": sentence, "request_id": request_id, "centre_name": settings.CENTRE_NAME}
    page["retry"] = request.get_full_path() if request.method == "GET" and status >= 500 else ""
    text = render_to_string("errors/error.html", page)
    return HttpResponse(text, status=status, headers={"Cache-Control": "no-store"})
