"""Spouses 配偶: whom a member is married to, so that what a household may have once is had once."""

from django.db import models
from django.db.models import F, Q

from accounts.models.members import Member
from accounts.states import CertificateType
from hpf import privacy


class Spouse(models.Model):
    """Whom a member is married to 配偶, from a day to a day, each with its evidence. Ended once, never changed.

    The spouse may be a member too, or nobody we know; the index is that of members' certificates.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="spouses", verbose_name="职工")
    name = models.CharField("配偶姓名", max_length=120)
    certificate_type = models.CharField("证件类型", max_length=2, choices=CertificateType)
    id_number_sealed = models.TextField("证件号码(密文)")
    id_index = models.BinaryField("证件号码索引")
    since = models.DateField("结婚日期")
    evidence = models.CharField("依据材料及编号", max_length=200)
    until = models.DateField("婚姻终止日期", null=True)
    end_evidence = models.CharField("终止依据材料及编号", max_length=200, default="", db_default="")

    id_number = privacy.Sealed("id_number_sealed")

    class Meta:
        verbose_name = "配偶"
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(until=None), name="accounts_spouse_one_open"),
            models.UniqueConstraint(
                fields=["id_index", "certificate_type"], condition=Q(until=None), name="accounts_spouse_of_one"
            ),
            models.CheckConstraint(
                condition=Q(certificate_type__in=CertificateType.values), name="accounts_spouse_certificate"
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="accounts_spouse_evidence"),
            models.CheckConstraint(
                condition=Q(until=None, end_evidence="") | Q(until__gte=F("since")) & ~Q(end_evidence=""),
                name="accounts_spouse_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"配偶({self.pk})"
