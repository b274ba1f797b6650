"""What people enter about papers and deputies 要件与代理表单."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet

from access.models import User
from approvals.actions.deputies import Appointment
from approvals.actions.papers import Upload
from approvals.states import EXTENSIONS

ENDINGS = ",".join(f".{ending}" for endings in EXTENSIONS.values() for ending in endings)


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}", "invalid": "请输入日期，例如 2026-07-01"},
    )


class PaperForm(forms.Form):
    """One paper: what it is, and its file."""

    kind = forms.CharField(
        label="要件名称",
        max_length=40,
        help_text="例如 变更申请表、营业执照",
        error_messages={"required": "请填写要件名称", "max_length": "要件名称不超过 40 个字"},
    )
    file = forms.FileField(
        label="文件",
        max_length=400,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ENDINGS}),
        help_text=f"PDF、JPEG 或 PNG，不超过 {settings.PAPER_MOST_MB} MB",
        error_messages={"required": "请选择文件", "max_length": "文件名太长，请改短后再上传"},
    )

    @property
    def upload(self) -> Upload:
        """The file, as the action takes it."""
        file = self.cleaned_data["file"]
        return Upload(file.name, file.read())


class PaperRemoveForm(forms.Form):
    """Why a paper is taken off."""

    reason = forms.CharField(label="移除原因", max_length=200, error_messages={"required": "请填写移除原因"})


class DeputyForm(forms.Form):
    """Who signs for whom, and when."""

    principal = forms.ModelChoiceField(
        User.objects.none(),
        label="委托人",
        empty_label="请选择",
        error_messages={"required": "请选择委托人", "invalid_choice": "请从列表中选择"},
    )
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label="代理人",
        empty_label="请选择",
        help_text="代理人以委托人的权限复核其网点的业务，每次签署都记明代何人办理",
        error_messages={"required": "请选择代理人", "invalid_choice": "请从列表中选择"},
    )
    since = _day("起始日期")
    until = _day("截止日期")
    reason = forms.CharField(label="事由", max_length=200, error_messages={"required": "请填写事由"})

    def __init__(self, *args: Any, principals: QuerySet[User], deputies: QuerySet[User], **more: Any) -> None:
        super().__init__(*args, **more)
        for name, people in (("principal", principals), ("deputy", deputies)):
            field: Any = self.fields[name]
            field.queryset, field.label_from_instance = people, _told

    @property
    def appointment(self) -> Appointment:
        """What was entered, as the action takes it."""
        return Appointment(**self.cleaned_data)


def _told(person: User) -> str:
    return f"{person.name}（{person.get_post_display()}，{person.branch or '未设网点'}）"
