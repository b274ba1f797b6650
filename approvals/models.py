"""Cases and the signatures on them 复核事项与复核签署."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from access.models import Branch
from access.states import Perm
from approvals.states import CASE_MOVES, CaseStatus, Verdict


class Case(models.Model):
    """Something one person entered and another has to sign 复核事项.

    `facts` are what the maker entered and what was true then. They stay; what is true now is asked of the room again
    when somebody decides. `steps` are the rights that sign it, one after another; `perm` is the one it waits for. The
    application may change the status and the step, and nothing else (guards in migrations/0004_route_guards.sql).
    """

    MOVES = CASE_MOVES

    kind = models.TextField("复核页面")
    page = models.TextField("查看页面")
    business = models.TextField("业务")
    subject_kind = models.TextField("对象类别")
    subject_id = models.TextField("对象编号")
    title = models.TextField("事项")
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cases_made", verbose_name="经办人"
    )
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, verbose_name="网点")
    perm = models.TextField("复核权限")
    steps = models.JSONField("复核环节")
    step = models.SmallIntegerField("当前环节", db_default=0)
    may_refuse = models.BooleanField("可以不予同意", db_default=False)
    due_on = models.DateField("办理期限", null=True)
    status = models.CharField("状态", max_length=10, choices=CaseStatus, default=CaseStatus.OPEN)
    opened_on = models.DateField("提交日期")
    opened_at = models.DateTimeField("提交时间", db_default=Now())
    facts = models.JSONField("经办内容")
    facts_digest = models.TextField("内容摘要")

    class Meta:
        verbose_name = "复核事项"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"], condition=Q(status="OPEN"), name="approvals_case_one_open"
            ),
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="approvals_case_status_known"),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("opened_on")), name="approvals_case_due_after_opening"
            ),
        ]
        indexes = [
            models.Index(fields=["perm", "opened_on", "id"], condition=Q(status="OPEN"), name="approvals_case_inbox"),
            models.Index(fields=["maker", "-id"], name="approvals_case_maker"),
            models.Index(fields=["subject_kind", "subject_id"], name="approvals_case_subject"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def perm_label(self) -> str:
        """The right that decides it, in words 复核权限."""
        return Perm(self.perm).label

    @property
    def steps_left(self) -> int:
        """How many signatures it still needs, this one included 尚需复核人数."""
        return len(self.steps) - self.step

    @property
    def is_open(self) -> bool:
        """Whether it still waits 待复核."""
        return self.status == CaseStatus.OPEN


class Signature(models.Model):
    """What a checker said about a case, and what that person saw when saying it 复核签署. Added, never changed.

    The maker stands here once more so that the database itself can refuse the maker as the checker.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="signatures", verbose_name="复核事项")
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="经办人"
    )
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, verbose_name="复核人")
    step = models.SmallIntegerField("环节", db_default=0)
    verdict = models.CharField("结论", max_length=6, choices=Verdict)
    reason = models.TextField("意见", default="", blank=True)
    on = models.DateField("会计日")
    at = models.DateTimeField("时间", db_default=Now())
    facts = models.JSONField("复核时内容")
    facts_digest = models.TextField("内容摘要")

    class Meta:
        verbose_name = "复核签署"
        constraints = [
            models.CheckConstraint(condition=~Q(signer=F("maker")), name="approvals_signature_maker_is_not_checker"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="approvals_signature_verdict_known"),
            models.CheckConstraint(
                condition=Q(verdict="GRANT") | ~Q(reason=""), name="approvals_signature_no_has_a_reason"
            ),
            models.UniqueConstraint(fields=["case", "signer"], name="approvals_signature_once"),
            models.UniqueConstraint(fields=["case", "step"], name="approvals_signature_one_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.case_id}"
