from django.apps import AppConfig


class WithdrawalsConfig(AppConfig):
    name = "withdrawals"
    verbose_name = "提取"
    default_auto_field = "django.db.models.BigAutoField"
