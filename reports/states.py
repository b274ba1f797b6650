"""Words of the reports 报表用语: the figures of the manager's desk, and how far an employer is behind."""

from django.db.models import TextChoices


class Figure(TextChoices):
    """A figure of the manager's desk 看板图表: each is drawn, shown as a table, and goes out as a file."""

    DEPOSITS = "deposits", "每月归集额"
    SAVINGS = "savings", "缴存余额"
    PAYING = "paying", "实缴职工和单位"
    ARREARS = "arrears", "欠缴单位"
    WAITING = "waiting", "未入账资金"
    BRANCHES = "branches", "网点对比"


class Behind(TextChoices):
    """How many months an employer is behind 欠缴月数."""

    ONE = "ONE", "1 个月"
    QUARTER = "QUARTER", "2 至 3 个月"
    HALF = "HALF", "4 至 6 个月"
    LONGER = "LONGER", "7 个月以上"


# The months of each, from and to; None has no end.
MONTHS_BEHIND: dict[Behind, tuple[int, int | None]] = {
    Behind.ONE: (1, 1),
    Behind.QUARTER: (2, 3),
    Behind.HALF: (4, 6),
    Behind.LONGER: (7, None),
}
