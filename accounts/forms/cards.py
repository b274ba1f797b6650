"""What a card reader types 读身份证表单: it works as a keyboard, so one field takes all it sends."""

from datetime import date
from typing import Any

from django import forms

from accounts import rules
from accounts.states import CertificateType
from hpf.errors import Refusal


class CardForm(forms.Form):
    """The number of a resident ID card, and the name where the reader sends it. By POST, since addresses are logged."""

    card = forms.CharField(
        label="身份证",
        max_length=400,
        help_text="请把身份证放到读卡器上；没有读卡器的，输入18位身份证号码后按 Enter",
        error_messages={
            "required": "没有读到号码，请重新放卡，或输入18位身份证号码",
            "max_length": "读卡器发来的内容过长，请把读卡器设为只输出身份证号码和姓名",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.on = on

    def clean_card(self) -> str:
        number, self.name = rules.card_number_and_name(self.cleaned_data["card"])
        try:
            return rules.certificate(CertificateType.RESIDENT_ID, number, on=self.on).number
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    @property
    def read(self) -> dict[str, str]:
        """What was read, under the names of the fields it fills, once the form is valid."""
        return {
            "certificate_type": CertificateType.RESIDENT_ID,
            "id_number": self.cleaned_data["card"],
            "name": self.name,
        }
