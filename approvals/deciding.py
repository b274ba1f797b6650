"""Deciding 复核: the form of a decision, that of many like ones, and the steps their pages have in common.

Open to the rooms above: each shows its own page and names its own action; what follows from a decision stays there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from approvals import queries
from approvals.actions import signatures
from approvals.actions.batches import MOST_SIGNED, sign_each
from approvals.actions.signatures import Decision
from approvals.models import Case
from approvals.rules import digest_of, kept_words
from approvals.states import Verdict
from hpf.errors import Refusal, why_not
from hpf.pages import numbers_asked, refusals_shown_on

LONGEST_REASON = 300
HOW_TO_REFUSE = "：写明不符合的事项、依据和申请人可以怎样补救，决定书照此打印"
# Each begins with its digit, which chooses it in the list without an input method; the overlay of keys says so.
DIGITS = {verdict: number for number, verdict in enumerate(Verdict, start=1)}
SAID = {Verdict.ESCALATE: "已上报，由具有更高一级权限的人员继续复核，结论可在本页查看"}


class PlainForm(forms.Form):
    """Nothing to fill in: the button is all."""


class DecideForm(forms.Form):
    """What a case can be answered with, and why. `seen` is the digest of what the page showed."""

    verdict = forms.ChoiceField(
        label="复核结论", error_messages={"required": "请选择复核结论", "invalid_choice": "请从列表中选择"}
    )
    reason = forms.CharField(
        label="意见",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": f"意见不超过{LONGEST_REASON}个字，请缩短"},
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, **more: Any) -> None:
        super().__init__(*args, **more)
        verdict: Any = self.fields["verdict"]
        verdict.choices = [("", "请选择"), *((one.value, f"{DIGITS[one]} {one.label}") for one in case.verdicts)]
        explained = "、".join(one.label for one in case.verdicts if one != Verdict.GRANT)
        how = HOW_TO_REFUSE if case.may_refuse else ""
        self.fields["reason"].help_text = f"{explained}时必须填写{how}"

    def clean_reason(self) -> str:
        try:
            return kept_words(self.cleaned_data["reason"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from None

    @property
    def decision(self) -> Decision:
        """What was decided, as the action takes it."""
        entered = self.cleaned_data
        return Decision(Verdict(entered["verdict"]), entered["seen"], entered["reason"])


class BatchForm(forms.Form):
    """The cases that are ticked, and for each the digest of what the page showed."""

    ticked = forms.TypedMultipleChoiceField(
        label="同意",
        coerce=int,
        error_messages={
            "required": "请至少勾选一笔",
            "invalid_choice": "所选事项已不在您的待办中，请返回待办重新选择",
            "invalid_list": "请在列表中勾选",
        },
    )

    def __init__(self, *args: Any, rows: Sequence[Any], asked: Sequence[int], **more: Any) -> None:
        super().__init__(*args, **more)
        self._rows = {row.case.pk: row for row in rows}
        ticked: Any = self.fields["ticked"]
        ticked.choices = [(number, number) for number in {*asked, *self._rows}]

    @property
    def rows(self) -> list[Any]:
        """What is to be granted, in its order."""
        return [self._rows[number] for number in sorted(self.cleaned_data["ticked"]) if number in self._rows]

    @property
    def gone(self) -> int:
        """How many of the ticked ones wait for this person no longer."""
        return len(self.cleaned_data["ticked"]) - len(self.rows)

    def granted(self, row: Any) -> Decision:
        """Yes to one, resting on what the page had shown of it."""
        return Decision(Verdict.GRANT, self.data.get(f"seen-{row.case.pk}", ""))


def done(request: Any, case: Case, form: DecideForm, decide: Callable[..., object]) -> HttpResponse | None:
    """The way on from a case that is decided 已复核: by this form, or by who was quicker; None while it is to be shown.

    `decide` takes the decision, `by=` and `on=`: the room's own action for the row the case is about.
    """
    if not case.is_open:
        messages.info(request, queries.outcome_of(case))
        return redirect(case.page, case.subject_id)
    if form.is_valid():
        with refusals_shown_on(form):
            decide(form.decision, by=request.user, on=request.business_day)
            elsewhere = queries.put_anew_unsigned([case])
            told = queries.outcome_of(elsewhere[0]) if elsewhere else SAID.get(form.decision.verdict, "复核结论已保存")
            messages.success(request, told)
            return redirect(case.page, case.subject_id)
    return None


def shown(request: Any, case: Case, form: DecideForm, facts: Mapping[str, str]) -> dict[str, Any]:
    """What the page of a decision shows 复核页面: the form and what it rests on, or why this person may not sign."""
    barred = why_not(signatures.refuse_signer, case, by=request.user, on=request.business_day)
    signed = queries.signatures_on(case)
    return {"form": form, "facts": facts, "digest": digest_of(facts), "signed": signed, "barred": barred}


def together(
    request: Any,
    kind: str,
    template: str,
    seen: QuerySet[Any],
    facts: Callable[[Any], Mapping[str, str]],
    decide: Callable[..., object],
) -> HttpResponse:
    """The page on which like cases are granted together 批量复核, each in a transaction of its own.

    Of what a person sees, those ticked in the inbox; without any, all that wait for this person, none of them ticked.
    What could not be signed stays listed, and the reasons are said.
    """
    asked = numbers_asked(request.GET, "case")[:MOST_SIGNED]
    cases = queries.inbox_seen_by(request.user, on=request.business_day).filter(kind=kind)
    if asked:
        cases = cases.filter(pk__in=asked)
    rows = list(seen.filter(case__in=cases).order_by("pk")[:MOST_SIGNED])
    form = BatchForm(request.POST if request.method == "POST" else None, rows=rows, asked=asked)
    if form.is_valid():
        by_whom = {"by": request.user, "on": request.business_day}
        signed = sign_each(form.rows, lambda row: decide(row, form.granted(row), **by_whom))
        for row, why in signed.refused:
            messages.error(request, f"{row.case}：{why}")
        missed = len(signed.refused) + form.gone
        messages.info(request, f"已同意 {len(signed.done)} 笔，未办理 {missed} 笔")
        return redirect(request.get_full_path() if missed else "approvals:inbox")
    told = [(row, facts(row)) for row in rows]
    lines = [(row, now, digest_of(now)) for row, now in told]
    gone = queries.overtaken(request.user, kind, asked)
    return render(request, template, {"form": form, "lines": lines, "asked": asked, "gone": gone})
