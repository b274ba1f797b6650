"""What a person types from a marriage certificate 配偶登记表单."""

from django import forms

from accounts import rules
from accounts.actions.spouses import NewSpouse
from accounts.forms.employers import TextField, choice, day, kept
from accounts.states import CertificateType


class SpouseForm(forms.Form):
    """Whom the member is married to."""

    name = TextField("配偶姓名", rules.person_name, 120)
    certificate_type = choice("证件类型", CertificateType.choices, initial=CertificateType.RESIDENT_ID.value)
    id_number = TextField("证件号码", rules.plain, 40)
    since = day("结婚日期")
    evidence = kept("依据材料及编号", "evidence", 200, help_text="例如：结婚证 川内结字…")

    @property
    def new(self) -> NewSpouse:
        """The spouse, as the action takes it."""
        return NewSpouse(
            **{**self.cleaned_data, "certificate_type": CertificateType(self.cleaned_data["certificate_type"])}
        )


class SpouseEndForm(forms.Form):
    """The day a marriage ended, and its paper."""

    until = day("婚姻终止日期")
    evidence = kept("依据材料及编号", "evidence", 200, help_text="例如：离婚证、民事判决书、死亡证明")
