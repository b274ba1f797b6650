"""Forms over what is registered already 修改表单: they notice what somebody else changed since the page was opened."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django import forms

OPENED_WRONG = "页面内容不完整，请重新打开本页后填写"
EMPTY = "未填写"


class Change(NamedTuple):
    """What became of a field meanwhile 他人变更, as the page writes it, and whether this person typed there too."""

    name: str
    old: str
    new: str
    typed: bool


class EditForm(forms.Form):
    """A form that begins with what is registered.

    `seen` travels with the page: what stood there when it was opened. Where something else stands there when the form
    comes back, the person reads the old value and the new one beside the field and hands it in once more; a field the
    person left alone goes over to the new value, so that nobody's change is undone unawares.

    `masked` are the values the page shows with their middle hidden, by field; their fields begin empty.
    """

    # data-kept: comes back with what was typed when a sign-in had ended.
    seen = forms.JSONField(
        label="页面内容",
        required=False,
        widget=forms.HiddenInput(attrs={"data-kept": ""}),
        error_messages={"invalid": OPENED_WRONG},
    )

    def __init__(self, *args: Any, masked: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        begun = {name: value for name, value in self.initial.items() if name in self.fields}
        as_written = {name: "" if value is None else str(value) for name, value in begun.items()}
        self.stands: dict[str, str] = as_written | dict(masked or {})
        self.initial["seen"] = self.stands

    def clean_seen(self) -> dict[str, Any]:
        seen = self.cleaned_data["seen"] or {}
        if not isinstance(seen, dict):
            raise forms.ValidationError(OPENED_WRONG)
        return seen

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        changes = list(self._changed_since(given.pop("seen", {})))
        if changes:
            self._go_on_from_now(changes)
        for change in changes:
            goes_on = "您填写的内容仍保留" if change.typed else "页面已换成最新内容"
            old, new = (self._in_words(change.name, text) for text in (change.old, change.new))
            self.add_error(change.name, f"您打开本页后，他人已由“{old}”改为“{new}”；{goes_on}，请核对后重新提交")
        return given

    def _changed_since(self, seen: Mapping[str, Any]) -> Iterator[Change]:
        for name, now in self.stands.items():
            old, typed = str(seen.get(name, now)), self.data.get(name, "").strip()
            if old != now and typed != now:
                yield Change(name, old, now, typed=typed != (old if name in self.initial else ""))

    def _go_on_from_now(self, changes: list[Change]) -> None:
        self.data = self.data.copy()
        self.data["seen"] = json.dumps(self.stands, ensure_ascii=False)
        for change in changes:
            if not change.typed and change.name in self.initial:
                self.data[change.name] = change.new

    def _in_words(self, name: str, text: str) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(text, text)) if text else EMPTY
