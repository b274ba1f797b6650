"""The papers a withdrawal rests on 提取要件."""

from django.db import models
from django.db.models import Q

from approvals.models import Paper
from withdrawals.models.applications import Withdrawal
from withdrawals.states import PaperKind


class Proof(models.Model):
    """A paper a withdrawal rests on 提取要件: its file, that somebody at the counter saw the original, or neither yet.

    `paper` is the first file that came for it; taken off again, the proof lacks its file anew.
    """

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="proofs", verbose_name="提取")
    kind = models.CharField("要件", max_length=20, choices=PaperKind)
    original_seen = models.BooleanField("已核原件")
    paper = models.OneToOneField(Paper, models.PROTECT, null=True, related_name="+", verbose_name="文件")

    class Meta:
        verbose_name = "提取要件"
        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "kind"], name="withdrawals_proof_once"),
            models.CheckConstraint(condition=Q(kind__in=PaperKind.values), name="withdrawals_proof_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.withdrawal_id} {self.get_kind_display()}"

    @property
    def in_file(self) -> bool:
        """Whether its file can be read 已有文件."""
        return self.paper is not None and self.paper.removed_on is None

    @property
    def owed(self) -> bool:
        """Whether nobody has seen it yet 待补交: without it nothing is granted."""
        return not self.in_file and not self.original_seen

    @property
    def standing(self) -> str:
        """How it was brought, in words 要件情况."""
        if self.in_file:
            return "已上传"
        return "已核原件，未扫描" if self.original_seen else "待补交"
