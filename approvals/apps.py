from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "复核审批"
    default_auto_field = "django.db.models.BigAutoField"
