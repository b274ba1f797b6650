"""What a person types to change a member's particulars 职工信息变更表单."""

from typing import Any

from accounts import rules
from accounts.forms.editing import EditForm
from accounts.forms.employers import GroundsForm, TextField, choice, kept, words
from accounts.models import Member
from accounts.states import CertificateType
from hpf.privacy import masked_card, masked_id, masked_mobile

CONTACTS = ("mobile", "card", "card_bank")
KEYS = ("name", "certificate_type", "id_number")
EVIDENCE = "材料名称和编号，例如：户口簿变更页、公安机关证明、银行卡复印件"


class ContactsForm(EditForm, GroundsForm):
    """Mobile and bank card: what stands empty stays as it is, so that no whole number has to be shown to be kept."""

    evidence = kept("依据材料及编号", "evidence", 200, help_text=EVIDENCE)
    mobile = TextField("新手机号码", rules.mobile, 20, required=False)
    card = TextField("新银行卡号", rules.bank_account, 60, required=False)
    card_bank = words("新银行卡开户银行", "card_bank", required=False)
    field_order = (*CONTACTS, "evidence", "reason")

    def __init__(self, *args: Any, member: Member, **more: Any) -> None:
        mobile, card = masked_mobile(member.mobile), masked_card(member.card)
        super().__init__(*args, masked={"mobile": mobile, "card": card, "card_bank": member.card_bank}, **more)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("card")) != bool(given.get("card_bank")):
            empty = "card_bank" if given.get("card") else "card"
            if empty not in self.errors:
                self.add_error(empty, "银行卡号和开户银行应同时填写")
        return given

    def wanted(self, member: Member) -> dict[str, str]:
        """The particulars as they should be."""
        return {name: self.cleaned_data[name] or getattr(member, name) for name in CONTACTS}


class MemberKeyForm(EditForm, GroundsForm):
    """Name and certificate. The number is typed anew where it changes; empty, it stays as it is."""

    evidence = kept("依据材料及编号", "evidence", 200, help_text=EVIDENCE)
    name = TextField("姓名", rules.person_name, 120)
    certificate_type = choice("证件类型", CertificateType.choices)
    id_number = TextField(
        "新证件号码",
        rules.plain,
        40,
        required=False,
        help_text="证件号码不变的不填；变更证件类型时须填写",
    )
    field_order = (*KEYS, "evidence", "reason")

    def __init__(self, *args: Any, member: Member, **more: Any) -> None:
        stands = {"name": member.name, "certificate_type": member.certificate_type}
        super().__init__(*args, initial=stands, masked={"id_number": masked_id(member.id_number)}, **more)

    def wanted(self, member: Member) -> dict[str, str]:
        """The key particulars as they should be."""
        entered = self.cleaned_data
        same_type = entered["certificate_type"] == member.certificate_type
        kept = member.id_number if same_type else ""
        return {name: entered[name] for name in KEYS} | {"id_number": entered["id_number"] or kept}
