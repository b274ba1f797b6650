"""What is said of withdrawals 提取表单: whose are sought, and why one is undone."""

from django import forms

from approvals.rules import kept_words
from hpf.errors import Refusal
from withdrawals.forms.applying import words


class PersonForm(forms.Form):
    """Whose withdrawals are looked for."""

    person = words(
        "职工",
        60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名、证件号码、手机号码或个人账号"}),
    )


class UndoForm(forms.Form):
    """Why an approved withdrawal is undone."""

    reason = words(
        "撤销理由", 300, widget=forms.Textarea(attrs={"rows": 2}), help_text="写明原因和依据；不填写证件号码和卡号"
    )

    def clean_reason(self) -> str:
        try:
            return kept_words(self.cleaned_data["reason"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from None
