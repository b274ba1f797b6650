"""Names and kinds of the policy terms 政策参数: what may be set, how it is written, and what it is called."""


from django.db.models import TextChoices


class DayCount(TextChoices):
    """How the days of an interest period are counted 计息天数规则."""

    ACT_360 = "ACT_360", "实际天数/360"
    ACT_365 = "ACT_365", "实际天数/365"
    MONTH30_360 = "MONTH30_360", "每月30天/360"
