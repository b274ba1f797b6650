"""What a person asks of the books 查询条件: a period, a branch, an account, a day."""

from datetime import date, timedelta
from typing import Any

from django import forms

from access.models import Branch

LAST_UNTIL = date.max - timedelta(days=1)


class DayInput(forms.DateInput):
    """A day, typed or chosen 日期."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """A period of whole days, both ends in it 会计期间, and a branch; a first visit shows the month so far."""

    since = forms.DateField(label="起始日期", widget=DayInput)
    until = forms.DateField(label="截止日期", widget=DayInput)
    branch = forms.ModelChoiceField(Branch.objects.all(), label="网点", required=False, empty_label="全部网点")

    def __init__(self, asked: Any, *, on: date) -> None:
        asked = asked.copy()
        asked.setdefault("since", on.replace(day=1).isoformat())
        asked.setdefault("until", on.isoformat())
        super().__init__(asked)

    def clean(self) -> dict[str, Any]:
        period = super().clean() or self.cleaned_data
        since, until = period.get("since"), period.get("until")
        if since and until and since > until:
            self.add_error("until", "截止日期早于起始日期，请重新选择")
        return period

    @property
    def ends_before(self) -> date:
        """The first day after the period: ranges exclude their last day 期间之后的第一天."""
        # The calendar ends with its year 9999; whoever types that means "until the end", and nothing is booked there.
        return min(self.cleaned_data["until"], LAST_UNTIL) + timedelta(days=1)

    @property
    def branch_id(self) -> int | None:
        branch = self.cleaned_data["branch"]
        return branch.pk if branch else None


class TrialBalanceForm(PeriodForm):
    """The trial balance also by level 科目级次, and with the accounts that stand still."""

    level = forms.ChoiceField(label="级次", required=False, choices=[("", "明细科目"), ("top", "一级科目")])
    all = forms.BooleanField(label="显示无发生且无余额的科目", required=False)


class ChartEntriesForm(PeriodForm):
    """The entries of a chart account, also of one ledger account under it 明细账."""

    account = forms.IntegerField(label="分户账号", required=False, min_value=1, max_value=2**63 - 1)


class DayForm(forms.Form):
    """One business day 会计日."""

    day = forms.DateField(label="会计日", required=False)


class NightOrderForm(forms.Form):
    """The night that is asked for 日终指令: the day the person saw."""

    day = forms.DateField(label="会计日", widget=forms.HiddenInput)


class ConfirmForm(forms.Form):
    """A press on a button that asked once more 确认."""

    confirmed = forms.BooleanField(widget=forms.HiddenInput)
