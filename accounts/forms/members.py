"""What a person types to find somebody, and to seal or unseal an account 查找、封存和启封表单."""

from typing import Any

from django import forms

from accounts.states import SealReason


def sought(label: str) -> forms.CharField:
    """One field for everything that can be looked for."""
    return forms.CharField(
        label=label,
        max_length=200,
        error_messages={"required": "请输入要查找的内容", "max_length": "查找内容过长，请缩短后重试"},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )


class SearchForm(forms.Form):
    """The search recognises what was typed. Sent by POST, since addresses are logged."""

    q = sought("查找单位或职工")


class MemberSearchForm(forms.Form):
    """The same, among the people of one employer."""

    q = sought("查找本单位职工")


class SealForm(forms.Form):
    """Why an account is sealed."""

    reason = forms.ChoiceField(
        label="封存原因",
        choices=[("", "请选择"), *SealReason.choices],
        error_messages={"required": "请选择封存原因", "invalid_choice": "请从列表中选择封存原因"},
    )

    def clean_reason(self) -> SealReason:
        return SealReason(self.cleaned_data["reason"])


def amount(label: str, most_digits: int, **more: Any) -> forms.DecimalField:
    """A number with two places: yuan or percent."""
    asked = "请填写数字，最多两位小数"
    troubles = dict.fromkeys(("required", "invalid", "max_digits", "max_decimal_places", "max_whole_digits"), asked)
    return forms.DecimalField(label=label, max_digits=most_digits, decimal_places=2, error_messages=troubles, **more)


class UnsealForm(forms.Form):
    """What an account contributes from now on: base in yuan, ratios in percent."""

    base = amount("缴存基数", 18)
    employer_ratio = amount("单位缴存比例", 5)
    member_ratio = amount("个人缴存比例", 5)
