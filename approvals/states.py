"""Statuses of a case and what a checker can say 复核状态与结论."""

from django.db.models import TextChoices


class CaseStatus(TextChoices):
    """复核状态."""

    OPEN = "OPEN", "待复核"
    GRANTED = "GRANTED", "已同意"
    RETURNED = "RETURNED", "已退回"
    REFUSED = "REFUSED", "不予同意"
    WITHDRAWN = "WITHDRAWN", "已撤回"


CASE_MOVES = {
    CaseStatus.OPEN: {CaseStatus.GRANTED, CaseStatus.RETURNED, CaseStatus.REFUSED, CaseStatus.WITHDRAWN},
    CaseStatus.GRANTED: set(),  # what was done on it is undone by another case
    CaseStatus.RETURNED: set(),  # the maker opens a new one
    CaseStatus.REFUSED: set(),  # a decision with its reasons; whoever asked may ask anew
    CaseStatus.WITHDRAWN: set(),
}


class Verdict(TextChoices):
    """复核结论."""

    GRANT = "GRANT", "同意"
    RETURN = "RETURN", "退回"
    REFUSE = "REFUSE", "不予同意"  # only where the case allows it
    ESCALATE = "ESCALATE", "上报"  # neither yes nor no: one more signs, with the next higher right


# A verdict that ends the case, whichever step it stands at.
ENDS = {Verdict.RETURN: CaseStatus.RETURNED, Verdict.REFUSE: CaseStatus.REFUSED}


class Pressure(TextChoices):
    """How near the end of its time a waiting case is 办理时限."""

    NONE = "NONE", "正常"
    HALF = "HALF", "过半"
    NEAR = "NEAR", "将到期"
    OVER = "OVER", "超期"


class MediaType(TextChoices):
    """What a paper may be, by its first bytes 文件类型."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG 图片"
    PNG = "image/png", "PNG 图片"


# Business whose papers are told apart by kind, with the page on which a file is brought for each 专设的要件页面.
OWN_PAPERS = {"withdrawals.withdrawal": "withdrawals:withdrawal_papers"}

EXTENSIONS: dict[MediaType, tuple[str, ...]] = {
    MediaType.PDF: ("pdf",),
    MediaType.JPEG: ("jpg", "jpeg"),
    MediaType.PNG: ("png",),
}
