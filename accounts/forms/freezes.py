"""What a person types from the paper of a freeze 冻结、续冻、解冻表单."""

from typing import Any

from django import forms

from accounts.actions.freezing import LONGEST_AUTHORITY, LONGEST_DOCUMENT, Order, Paper
from accounts.forms.employers import choice, day, kept
from accounts.forms.members import amount as yuan
from accounts.states import FreezeAct, FreezeGround

ALL, PART = "ALL", "PART"
EXTENTS = [(ALL, "账户全部余额"), (PART, "部分金额")]


class PaperForm(forms.Form):
    """Whose paper it is, its number, and what it is about."""

    authority = kept("执行机关", "authority", LONGEST_AUTHORITY, help_text="文书上的全称，例如：内江市市中区人民法院")
    document = kept("法律文书编号", "document", LONGEST_DOCUMENT, help_text="例如：（2026）川1002执123号")
    reason = kept("说明", "reason", 200, help_text="例如：协助执行通知书的事项；不填写证件号码")


class FreezeForm(PaperForm):
    """An order to freeze: how much, and until when."""

    ground = choice("冻结事由", FreezeGround.choices)
    extent = choice("冻结范围", EXTENTS)
    amount = yuan("冻结金额", 18, required=False, help_text="冻结部分金额时填写")
    begins_on = day("冻结起始日期")
    until = day("冻结截止日期", required=False, help_text="最后一天仍然冻结；司法冻结必须填写")
    field_order = ("ground", "authority", "document", "extent", "amount", "begins_on", "until", "reason")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("extent") == PART and given.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", "冻结部分金额的，请填写冻结金额")
        if given.get("extent") == ALL and given.get("amount") is not None:
            self.add_error("amount", "冻结账户全部余额的，不填写金额")
        return given

    @property
    def order(self) -> Order:
        """The order, as the action takes it."""
        given = self.cleaned_data
        return Order(
            ground=FreezeGround(given["ground"]),
            authority=given["authority"],
            document=given["document"],
            amount=given["amount"],
            begins_on=given["begins_on"],
            until=given["until"],
            reason=given["reason"],
        )


class LiftForm(PaperForm):
    """The paper that lifts a freeze."""

    @property
    def paper(self) -> Paper:
        """The paper, as the action takes it."""
        return Paper(FreezeAct.LIFT, **self.cleaned_data)


class RenewForm(PaperForm):
    """The paper that renews a freeze, and its new last day."""

    until = day("续冻截止日期", help_text="最后一天仍然冻结，须晚于原截止日期")
    field_order = ("authority", "document", "until", "reason")

    @property
    def paper(self) -> Paper:
        """The paper, as the action takes it."""
        return Paper(FreezeAct.RENEW, **self.cleaned_data)
