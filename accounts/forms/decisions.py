"""What a checker says about a change of particulars, and how its maker takes it back 复核与撤回表单."""

from django import forms

from accounts import rules
from accounts.forms.employers import TextField
from approvals.actions.signatures import Decision
from approvals.states import ORDINARY, Verdict


class DecideForm(forms.Form):
    """Grant or send back. `seen` is the digest of what the page showed."""

    verdict = forms.ChoiceField(
        label="复核结论",
        choices=[("", "请选择"), *ORDINARY],
        error_messages={"required": "请选择同意或退回", "invalid_choice": "请选择同意或退回"},
    )
    reason = TextField(
        "意见",
        rules.kept_words,
        300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回时必须填写",
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @property
    def decision(self) -> Decision:
        """What was decided, as the action takes it."""
        entered = self.cleaned_data
        return Decision(Verdict(entered["verdict"]), entered["seen"], entered["reason"])


class WithdrawForm(forms.Form):
    """Nothing to fill in: the button is all."""
