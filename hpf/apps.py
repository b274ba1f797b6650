from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class HpfConfig(AppConfig):
    default = True
    name = "hpf"
    verbose_name = "框架"


class StaticFiles(StaticFilesConfig):
    """Of the front-end packages only what a page may ask for: most of their files are sources, maps and pictures."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.map", "*.esm*", "*.rtl*", "tabler-*.css"),
        *("echarts.js", "echarts.min.js", "echarts.common.js", "echarts.simple*"),
        *("types", "libs", "extension", "flags", "payments", "social", "redoc"),
    ]
