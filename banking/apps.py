from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "banking"
    verbose_name = "银行与资金"
    default_auto_field = "django.db.models.BigAutoField"
