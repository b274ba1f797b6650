"""The papers a withdrawal rests on 提取要件表单: files, and at the counter a tick for an original that was seen."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings

from approvals.actions.papers import PaperTooLarge, TooManyPapers, Upload
from approvals.states import EXTENSIONS
from withdrawals.actions.papers import Uploads
from withdrawals.models import Proof
from withdrawals.states import PaperKind

ENDINGS = ",".join(f".{ending}" for endings in EXTENSIONS.values() for ending in endings)


class FilesInput(forms.FileInput):
    """Several files at once; the script of the page shows each before it is sent."""

    allow_multiple_selected = True


class PaperField(forms.FileField):
    """Scans or photographs of one paper 要件文件; a file that is too large is told by its name before it is read."""

    def __init__(self, label: str, **more: Any) -> None:
        troubles = {"required": f"请上传{label}", "max_length": "文件名太长，请改短后再上传"}
        troubles |= {"invalid": "文件没有传完，请重新选择", "missing": "请选择文件"}
        shown = {"accept": ENDINGS, "multiple": True, "data-papers": settings.PAPER_MOST_MB}
        super().__init__(
            label=label,
            max_length=400,
            allow_empty_file=True,
            widget=FilesInput(attrs=shown),
            error_messages=troubles,
            **more,
        )

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [super(PaperField, self).clean(file, initial) for file in data or [None]]
        for file in filter(None, files):
            if file.size > settings.PAPER_MOST_MB * 1024 * 1024:
                raise forms.ValidationError(PaperTooLarge(name=file.name, most=settings.PAPER_MOST_MB).sentence)
        return [file for file in files if file]


def uploads_of(given: Mapping[str, Any], kinds: Iterable[PaperKind]) -> Uploads:
    """The files that were sent, as the actions take them 上传文件, by what they prove.

    Raises:
        TooManyPapers: more than one business may have; none of them is read.
    """
    chosen = {kind: files for kind in kinds if (files := given[kind.value])}
    if sum(map(len, chosen.values())) > settings.PAPERS_MOST:
        raise TooManyPapers(field="file", most=settings.PAPERS_MOST)
    return {kind: [Upload(file.name, file.read()) for file in files] for kind, files in chosen.items()}


class PapersForm(forms.Form):
    """What an application needs, at the counter: of each its files, or a tick that the original was seen."""

    use_required_attribute = False  # a tick does as well

    def __init__(self, *args: Any, needed: Sequence[PaperKind], **more: Any) -> None:
        super().__init__(*args, **more)
        self.needed = needed
        for kind in needed:
            files = PaperField(kind.label, required=not self.data.get(_tick(kind)))
            files.error_messages["required"] = f"请上传{kind.label}，或核对原件后勾选“已核原件”"
            self.fields[kind.value] = files
            self.fields[_tick(kind)] = forms.BooleanField(label=f"已核{kind.label}原件", required=False)
        for field in list(self.fields.values())[:1]:
            field.widget.attrs["autofocus"] = True

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The two fields of each paper, side by side 要件与原件."""
        return [(self[kind.value], self[_tick(kind)]) for kind in self.needed]

    @property
    def uploads(self) -> Uploads:
        """The files, by what they prove 要件."""
        return uploads_of(self.cleaned_data, self.needed)


class AddPapersForm(forms.Form):
    """Files more of the papers a withdrawal rests on: of each as many as there are."""

    def __init__(self, *args: Any, proofs: Iterable[Proof], **more: Any) -> None:
        super().__init__(*args, **more)
        self.kinds = [PaperKind(proof.kind) for proof in proofs]
        for proof in proofs:
            told = "还可以补充" if proof.in_file else proof.standing
            self.fields[proof.kind] = PaperField(PaperKind(proof.kind).label, required=False, help_text=told)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not any(given.get(kind) for kind in self.kinds):
            raise forms.ValidationError("请至少选择一个文件再上传")
        return given

    @property
    def uploads(self) -> Uploads:
        """The files, by what they prove 要件."""
        return uploads_of(self.cleaned_data, self.kinds)


def _tick(kind: PaperKind) -> str:
    return f"{kind.value}_SEEN"
