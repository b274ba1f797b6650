from django.apps import AppConfig


class HpfConfig(AppConfig):
    name = "hpf"
    verbose_name = "框架"
