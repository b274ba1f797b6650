"""Key particulars on their way to be changed 关键信息变更."""

from django.db import models
from django.db.models import Q

from accounts.models.employers import Employer
from accounts.models.members import Member
from approvals.models import Case
from hpf import privacy


class KeyChange(models.Model):
    """Key particulars that somebody asks to change 关键信息变更: a name, a certificate, an employer's end.

    It takes evidence and a second person; its case says what became of it. `values` are old and new by field, sealed
    since a certificate number may be among them. Added, never changed.
    """

    employer = models.ForeignKey(Employer, models.PROTECT, null=True, related_name="key_changes", verbose_name="单位")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="key_changes", verbose_name="职工")
    values_sealed = models.TextField("变更内容(密文)")
    evidence = models.CharField("依据材料及编号", max_length=200)
    reason = models.CharField("变更原因", max_length=200)
    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="复核事项")

    values = privacy.Sealed("values_sealed")

    class Meta:
        verbose_name = "关键信息变更"
        constraints = [
            models.CheckConstraint(
                condition=Q(employer=None, member__isnull=False) | Q(employer__isnull=False, member=None),
                name="accounts_keychange_one_subject",
            ),
            models.CheckConstraint(condition=~Q(evidence="") & ~Q(reason=""), name="accounts_keychange_is_complete"),
        ]

    def __str__(self) -> str:
        return f"关键信息变更({self.pk})"
