"""What a person types to take somebody in at the counter 职工开户表单: first the certificate, then the rest."""

from datetime import date
from typing import Any

from django import forms

from accounts import rules
from accounts.actions.members import NewMember
from accounts.forms.employers import TextField, choice, words
from accounts.forms.members import amount
from accounts.models import Employer
from accounts.rules import Certificate
from accounts.states import CertificateType
from hpf.errors import Refusal
from hpf.months import Month
from policy.queries import deposit_terms_on

CERTIFICATE = ("certificate_type", "id_number")


class CertificateForm(forms.Form):
    """The first question: who it is. By POST, since addresses are logged."""

    certificate_type = choice("证件类型", CertificateType.choices, initial=CertificateType.RESIDENT_ID)
    id_number = forms.CharField(
        label="证件号码",
        max_length=40,
        help_text="身份证为18位，最后一位可为X；其他证件为1至18位字母、数字、汉字、连字符和括号",
        error_messages={"required": "请填写证件号码", "max_length": "证件号码不超过40个字符，请核对"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    # What a card reader sent beside the number; the next question shows it for checking.
    name = forms.CharField(max_length=120, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.on = on

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if all(name in given for name in CERTIFICATE):
            try:
                kind = CertificateType(given["certificate_type"])
                self.certificate = rules.certificate(kind, given["id_number"], on=self.on)
            except Refusal as refusal:
                self.add_error("id_number", refusal.sentence)
        return given

    @property
    def read(self) -> Certificate:
        """The certificate, once the form is valid."""
        return self.certificate


class TakeInForm(CertificateForm):
    """A sealed account from elsewhere: the name as a check, and what is contributed from now on.

    The limits of the day stand beside the amounts.
    """

    UNITS = {"base": " 元", "employer_ratio": "%", "member_ratio": "%"}

    name = TextField("姓名", rules.person_name, 120, help_text="与证件一致；少数民族姓名的间隔号写作“·”")
    base = amount("缴存基数", 18)
    employer_ratio = amount("单位缴存比例", 5)
    member_ratio = amount("个人缴存比例", 5)

    def __init__(self, *args: Any, employer: Employer, on: date, **more: Any) -> None:
        super().__init__(*args, on=on, **more)
        self.employer = employer
        terms = deposit_terms_on(on)
        for name in CERTIFICATE:
            self.fields[name].widget = forms.HiddenInput()
        self.fields["base"].help_text = f"{terms.floor:,.2f} 元至 {terms.cap:,.2f} 元"
        for name in ("employer_ratio", "member_ratio"):
            self.fields[name].help_text = f"{terms.ratio_min:f}% 至 {terms.ratio_max:f}%（条例第十八条）"
            self.fields[name].initial = getattr(employer, name)

    @property
    def new_member(self) -> NewMember:
        """What was typed, as the action takes it."""
        entered = {"first_month": str(Month.of(self.on))} | self.cleaned_data
        entered["certificate_type"] = CertificateType(entered["certificate_type"])
        return NewMember(**entered | {"first_month": Month.parse(entered["first_month"])})

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What was typed, in words, to be looked at once more."""
        entered = self.cleaned_data
        names = [name for name in self.fields if name not in CERTIFICATE and entered[name]]
        return [(str(self.fields[name].label), f"{entered[name]}{self.UNITS.get(name, '')}") for name in names]


class JoinForm(TakeInForm):
    """A new account: from which month, and how the person is reached and paid."""

    first_month = forms.ChoiceField(label="首次缴存年月", error_messages={"invalid_choice": "请从列表中选择"})
    mobile = TextField("手机号码", rules.mobile, 20, required=False)
    card = TextField("银行卡号", rules.bank_account, 60, required=False)
    card_bank = words("银行卡开户银行", "card_bank", required=False)

    def __init__(self, *args: Any, employer: Employer, on: date, **more: Any) -> None:
        super().__init__(*args, employer=employer, on=on, **more)
        month = Month.of(on)
        due = Month.parse(employer.paid_to).next() if employer.paid_to else month
        months = [str(month.plus(shift)) for shift in (-1, 0, 1)]
        first: Any = self.fields["first_month"]
        first.choices = [(text, text) for text in months]
        first.initial = str(due) if str(due) in months else str(month)
        first.help_text = f"单位缴至 {employer.paid_to or '（尚未汇缴）'}；已经汇缴的月份须另行补缴"

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if bool(given.get("card")) != bool(given.get("card_bank")):
            empty = "card_bank" if given.get("card") else "card"
            if empty not in self.errors:
                self.add_error(empty, "银行卡号和开户银行应同时填写")
        return given
