"""What a person types at sign-in, and the password and keys a person chooses 登录、密码、快捷键表单."""

from typing import Any

from django import forms

from access import rules
from access.models import User
from access.states import DEFAULT_KEYS, KeyFunction, ResetReason
from hpf.errors import Refusal


class SignInForm(forms.Form):
    """Name and password. Both fields may be pasted into, and a password manager may fill them."""

    username = forms.CharField(
        label="用户名",
        max_length=60,
        error_messages={"required": "请输入用户名"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="密码",
        max_length=256,
        strip=False,
        error_messages={"required": "请输入密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-caps-hint": "caps-hint"}),
    )


ALSO = {KeyFunction.TAB: "，第二栏起依次为 Alt+2 至 Alt+9"}


def _chosen_password(label: str, required: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=256,
        strip=False,
        error_messages={"required": required, "max_length": "密码不超过256个字符"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-caps-hint": "caps-hint"}),
    )


class PasswordForm(forms.Form):
    """The password that holds, and an own one, typed twice 修改密码. What is typed never comes back to the page."""

    password_old = forms.CharField(
        label="原密码",
        max_length=256,
        strip=False,
        error_messages={"required": "请输入现在使用的密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-caps-hint": "caps-hint"}),
    )
    password = _chosen_password("新密码", "请输入新密码")
    password_again = _chosen_password("再次输入新密码", "请再次输入新密码")

    def __init__(self, *args: Any, person: User, **more: Any) -> None:
        super().__init__(*args, **more)
        kinds = "，包含大写字母、小写字母、数字、符号中的三类" if person.works_at_counter else ""
        self.fields["password"].help_text = f"至少12个字符{kinds}；不用用户名、姓名、证件号码、手机号和最近用过的密码"
        if person.first_password_until:
            self.fields["password_old"].label = "初始密码"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "password" in given and "password_again" in given and given["password"] != given["password_again"]:
            self.add_error("password_again", "两次输入的新密码不一致，请重新输入")
        return given


class ResetForm(forms.Form):
    """Why a new first password is given out 重置密码."""

    reason = forms.ChoiceField(
        label="重置原因",
        choices=[("", "请选择"), *ResetReason.choices],
        error_messages={"required": "请选择重置原因", "invalid_choice": "请从列表中选择重置原因"},
    )

    def clean_reason(self) -> ResetReason:
        return ResetReason(self.cleaned_data["reason"])


class KeysForm(forms.Form):
    """One field for each function: pressed or written, `Ctrl+K`; empty for no key."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for function in KeyFunction:
            self.fields[function.value] = forms.CharField(
                label=function.label,
                max_length=20,
                required=False,
                help_text=f"默认 {DEFAULT_KEYS[function]}{ALSO.get(function, '')}",
                error_messages={"max_length": "按键不超过20个字符，请直接按下要用的键"},
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-key-field": ""}),
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.keys = {}
        for function in KeyFunction:
            try:
                self.keys[function] = rules.read_key(function, given.get(function, ""))
            except Refusal as refusal:
                self.add_error(function, refusal.sentence)
        for taken in rules.clashes(self.keys):
            self.add_error(taken.field, taken.sentence)
        return given
