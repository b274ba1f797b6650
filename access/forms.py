"""What a person types at sign-in 登录表单."""

from django import forms


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
