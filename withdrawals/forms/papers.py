"""The papers a withdrawal rests on 提取要件表单: files, and at the counter a tick for an original that was seen."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from approvals.actions.papers import Upload
from approvals.states import EXTENSIONS
from withdrawals.models import Proof
from withdrawals.states import PaperKind

ENDINGS = ",".join(f".{ending}" for endings in EXTENSIONS.values() for ending in endings)


def paper_file(label: str, **more: Any) -> forms.FileField:
    """A scan or a photograph of a paper 要件文件."""
    troubles = {"required": f"请上传{label}", "max_length": "文件名太长，请改短后再上传"}
    troubles |= {"invalid": "文件没有传完，请重新选择", "missing": "请选择文件"}
    return forms.FileField(
        label=label,
        max_length=400,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
        error_messages=troubles,
        **more,
    )


def upload_of(file: Any) -> Upload:
    """A file that was sent, as the actions take it 上传文件."""
    return Upload(file.name, file.read())


class PapersForm(forms.Form):
    """What an application needs, at the counter: of each its file, or a tick that the original was seen."""

    use_required_attribute = False  # a tick does as well

    def __init__(self, *args: Any, needed: Sequence[PaperKind], **more: Any) -> None:
        super().__init__(*args, **more)
        self.needed = needed
        for kind in needed:
            file = paper_file(kind.label, required=not self.data.get(_tick(kind)))
            file.error_messages["required"] = f"请上传{kind.label}，或核对原件后勾选“已核原件”"
            self.fields[kind.value] = file
            self.fields[_tick(kind)] = forms.BooleanField(label=f"已核{kind.label}原件", required=False)

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The two fields of each paper, side by side 要件与原件."""
        return [(self[kind.value], self[_tick(kind)]) for kind in self.needed]

    @property
    def uploads(self) -> dict[PaperKind, Upload]:
        """The files, by what they prove 要件."""
        files = {kind: self.cleaned_data[kind.value] for kind in self.needed}
        return {kind: upload_of(file) for kind, file in files.items() if file}


class AddPaperForm(forms.Form):
    """A file more of a paper the withdrawal rests on."""

    kind = forms.ChoiceField(
        label="要件", error_messages={"required": "请选择要件", "invalid_choice": "请从列表中选择"}
    )
    file = paper_file("文件", help_text="PDF 或照片（JPEG、PNG）；多页可以分次上传")

    def __init__(self, *args: Any, proofs: Iterable[Proof], **more: Any) -> None:
        super().__init__(*args, **more)
        lacking_first = sorted(proofs, key=lambda proof: proof.in_file)
        choices = [(proof.kind, f"{proof.get_kind_display()}（{proof.standing}）") for proof in lacking_first]
        self.fields["kind"].choices = choices

    @property
    def kind_given(self) -> PaperKind:
        """What it proves 要件种类."""
        return PaperKind(self.cleaned_data["kind"])

    @property
    def upload(self) -> Upload:
        """The file, as the action takes it 文件."""
        return upload_of(self.cleaned_data["file"])


def _tick(kind: PaperKind) -> str:
    return f"{kind.value}_SEEN"
