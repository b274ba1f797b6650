"""Whom to seal or unseal together 批量封存启封表单: ticked, or their numbers pasted."""

import re
from typing import Any

from django import forms

from accounts.forms.employers import choice, kept
from accounts.models import Employer, MemberAccount
from accounts.states import SealReason

NUMBERS_A_LINE = re.compile(r"[\s,，;；、]+")
MOST_TOGETHER = 2000


class ChosenForm(forms.Form):
    """Accounts of one employer, by their numbers."""

    numbers = forms.CharField(
        label="个人账号",
        required=False,
        max_length=MOST_TOGETHER * 24,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=f"可在下方勾选，也可粘贴账号，每行一个，一次最多 {MOST_TOGETHER} 个",
        error_messages={"max_length": f"一次最多 {MOST_TOGETHER} 个，请分批办理"},
    )

    def __init__(self, *args: Any, employer: Employer, **more: Any) -> None:
        super().__init__(*args, **more)
        self.employer = employer
        self.chosen: list[MemberAccount] = []

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        ticked = self.data.getlist("ticked") if hasattr(self.data, "getlist") else []
        numbers = list(
            dict.fromkeys(part for part in [*NUMBERS_A_LINE.split(given.get("numbers", "")), *ticked] if part)
        )
        if not numbers:
            self.add_error("numbers", "请勾选职工，或填写个人账号")
        elif len(numbers) > MOST_TOGETHER:
            self.add_error("numbers", f"一次最多 {MOST_TOGETHER} 个，请分批办理")
        else:
            self._look_up(numbers)
        return given

    def _look_up(self, numbers: list[str]) -> None:
        rows = self.employer.member_accounts.filter(number__in=numbers).select_related("member", "ledger_account")
        self.chosen = list(rows.order_by("number"))
        strange = sorted(set(numbers) - {row.number for row in self.chosen})
        if strange:
            self.add_error("numbers", f"以下账号不是本单位的个人账户，请核对：{'、'.join(strange[:10])}")


class SealManyForm(ChosenForm):
    """Whom to seal, and the one reason for all."""

    reason = choice("封存原因", SealReason.choices)

    def clean_reason(self) -> SealReason:
        return SealReason(self.cleaned_data["reason"])


class UnsealManyForm(ChosenForm):
    """Whom to unseal, and why; bases and ratios stay as they were."""

    reason = kept("启封原因", "reason", 100)
