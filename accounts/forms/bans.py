"""What a person types from a decision about fraud 违规限制表单."""

from decimal import Decimal

from django import forms

from accounts.actions.bans import LONGEST_DOCUMENT, Ruling
from accounts.forms.employers import choice, day, kept
from accounts.forms.members import amount as yuan
from accounts.states import BanGround


class BanForm(forms.Form):
    """The decision: what was done, when it was decided, how much it was."""

    ground = choice("违规类型", BanGround.choices)
    document = kept("处理决定书编号", "document", LONGEST_DOCUMENT, help_text="例如：内公积金稽〔2026〕5号")
    decided_on = day("决定日期")
    begins_on = day("限制起始日期", help_text="一般为决定日期，不能更早")
    amount = yuan("违规金额", 18)
    returned = yuan("已退回金额", 18, initial=Decimal("0.00"), help_text="尚未退回的填 0.00")
    reason = kept("违规事实", "reason", 200, help_text="简述事实和依据；不填写证件号码")

    @property
    def ruling(self) -> Ruling:
        """The decision, as the action takes it."""
        return Ruling(**{**self.cleaned_data, "ground": BanGround(self.cleaned_data["ground"])})


class BanLiftForm(forms.Form):
    """The paper that takes a ban back, and why."""

    document = kept("撤销文书编号", "document", LONGEST_DOCUMENT, help_text="撤销或变更原决定的文书")
    reason = kept("解除原因", "reason", 200)
