"""What a person types at sign-in, and the keys a person chooses 登录、快捷键表单."""

from typing import Any

from django import forms

from access import rules
from access.states import DEFAULT_KEYS, KeyFunction
from hpf.errors import Refusal

ALSO = {KeyFunction.TAB: "，第二栏起依次为 Alt+2 至 Alt+9"}


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
