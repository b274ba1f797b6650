from django import forms
from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig

from hpf.printing import papers

# What a field says where its form has nothing better 默认提示: what to do next, where the framework names the fault.
SENTENCES: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "请填写"},
    forms.ChoiceField: {"required": "请选择", "invalid_choice": "请从列表中选择"},
    forms.ModelChoiceField: {"required": "请选择", "invalid_choice": "请从列表中选择"},
    forms.MultipleChoiceField: {"invalid_list": "请从列表中选择"},
    forms.ModelMultipleChoiceField: {"invalid_list": "请从列表中选择"},
    forms.BooleanField: {"required": "请勾选"},
    forms.DateField: {"invalid": "日期请写成 2026-07-01 的样子"},
    forms.IntegerField: {"invalid": "请填写整数"},
    forms.DecimalField: {"invalid": "请填写数字"},
    forms.FileField: {
        "required": "请选择文件",
        "invalid": "没有收到文件，请重新选择后上传",
        "missing": "没有收到文件，请重新选择后上传",
        "empty": "文件是空的，请重新选择",
        "max_length": "文件名过长，请改短后重新选择",
        "contradiction": "请只选择一项：上传新文件，或清除原文件",
    },
}


class HpfConfig(AppConfig):
    default = True
    name = "hpf"
    verbose_name = "框架"

    def ready(self) -> None:
        for field, sentences in SENTENCES.items():
            field.default_error_messages = {**field.default_error_messages, **sentences}
        papers.refuse_unknown(settings.PRINTOUT_PAPERS)


class StaticFiles(StaticFilesConfig):
    """Of the front-end packages only what a page may ask for: most of their files are sources, maps and pictures."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.map", "*.esm*", "*.rtl*", "tabler-*.css"),
        *("echarts.js", "echarts.min.js", "echarts.common.js", "echarts.simple*"),
        *("types", "libs", "extension", "flags", "payments", "social", "redoc"),
    ]
