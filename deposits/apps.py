from django.apps import AppConfig


class DepositsConfig(AppConfig):
    name = "deposits"
    verbose_name = "归集"
    default_auto_field = "django.db.models.BigAutoField"
