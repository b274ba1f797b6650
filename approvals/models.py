"""Cases and the signatures on them 复核事项与复核签署."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from access.models import Branch
from access.states import NEXT_HIGHER, Perm
from approvals.states import CASE_MOVES, CaseStatus, MediaType, Verdict
from hpf import privacy


class Case(models.Model):
    """Something one person entered and another has to sign 复核事项.

    `facts` are what the maker entered and what was true then. They stay; what is true now is asked of the room again
    when somebody decides. `steps` are the rights that sign it, one after another; `perm` is the one it waits for. The
    application may change the status and the step, and add a right where it is sent up, and nothing else (guards in
    migrations/0008_sending_up_guards.sql).
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
    def last_label(self) -> str:
        """The right that signs it last, in words 末环节权限."""
        return Perm(self.steps[-1]).label

    @property
    def steps_left(self) -> int:
        """How many signatures it still needs, this one included 尚需复核人数."""
        return len(self.steps) - self.step

    @property
    def is_open(self) -> bool:
        """Whether it still waits 待复核."""
        return self.status == CaseStatus.OPEN

    @property
    def verdicts(self) -> list[Verdict]:
        """What it can be answered with 可选的复核结论."""
        open_to = {Verdict.REFUSE: self.may_refuse, Verdict.ESCALATE: self.higher is not None}
        return [verdict for verdict in Verdict if open_to.get(verdict, True)]

    @property
    def higher(self) -> Perm | None:
        """The right above all that sign it, to which it can be sent up 上报权限; None where there is none."""
        return NEXT_HIGHER.get(Perm(self.steps[-1]))


class Signature(models.Model):
    """What a checker said about a case, and what that person saw when saying it 复核签署. Added, never changed.

    The maker stands here once more so that the database itself can refuse the maker as the checker. `for_user` is the
    person in whose name a deputy signed.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="signatures", verbose_name="复核事项")
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="经办人"
    )
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, verbose_name="复核人")
    for_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="代何人复核"
    )
    step = models.SmallIntegerField("环节", db_default=0)
    verdict = models.CharField("结论", max_length=8, choices=Verdict)
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
            models.CheckConstraint(
                condition=Q(for_user=None) | ~Q(for_user=F("maker")) & ~Q(for_user=F("signer")),
                name="approvals_signature_in_anothers_name",
            ),
            models.UniqueConstraint(fields=["case", "signer"], name="approvals_signature_once"),
            models.UniqueConstraint(fields=["case", "step"], name="approvals_signature_one_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.case_id}"


class Deputy(models.Model):
    """Who signs for somebody who is away 复核代理, from a day to a day, with that person's rights at that office.

    A principal has at most one at a time (the database refuses overlapping days). It ends by itself, or before.
    """

    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deputies", verbose_name="委托人"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="principals", verbose_name="代理人"
    )
    since = models.DateField("起始日期")
    until = models.DateField("截止日期")
    reason = models.TextField("事由")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="设置人"
    )
    made_on = models.DateField("设置日期")
    made_at = models.DateTimeField("设置时间", db_default=Now())
    ended_on = models.DateField("提前终止日期", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="终止人"
    )

    class Meta:
        verbose_name = "复核代理"
        indexes = [
            models.Index(fields=["deputy", "until"], condition=Q(ended_on=None), name="approvals_deputy_stands_in")
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("deputy")), name="approvals_deputy_is_another"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="approvals_deputy_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(reason=""), name="approvals_deputy_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_by=None) | Q(ended_on__isnull=False, ended_by__isnull=False),
                name="approvals_deputy_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy.name} 代 {self.principal.name}（{self.since} 至 {self.until}）"


class Paper(models.Model):
    """A scanned or photographed paper a signature rests on 要件. Added and taken off, never changed.

    `subject_kind` and `subject_id` say what it belongs to, as those of a case do; `perm` and `branch` say who may read
    it besides whoever brought it and whoever has to sign. `kind` is the room's own word for what the paper is.
    """

    subject_kind = models.TextField("对象类别")
    subject_id = models.TextField("对象编号")
    kind = models.TextField("要件种类")
    perm = models.TextField("查看权限")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, verbose_name="网点")
    name_sealed = models.TextField("文件名(密文)")
    media_type = models.CharField("文件类型", max_length=20, choices=MediaType)
    size = models.IntegerField("字节数")
    sha256 = models.CharField("文件摘要", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="上传人"
    )
    on = models.DateField("上传日期")
    at = models.DateTimeField("上传时间", db_default=Now())
    removed_on = models.DateField("移除日期", null=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="移除人"
    )

    name = privacy.Sealed("name_sealed")

    class Meta:
        verbose_name = "要件"
        constraints = [
            models.CheckConstraint(condition=Q(media_type__in=MediaType.values), name="approvals_paper_media_type"),
            models.CheckConstraint(condition=Q(size__gt=0), name="approvals_paper_is_not_empty"),
            models.CheckConstraint(
                condition=Q(removed_on=None, removed_by=None)
                | Q(removed_on__isnull=False, removed_by__isnull=False, removed_on__gte=F("on")),
                name="approvals_paper_removed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "kind", "sha256"],
                condition=Q(removed_on=None),
                name="approvals_paper_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}({self.pk})"

    @property
    def is_image(self) -> bool:
        """Whether a page can show it as a picture 是否图片."""
        return self.media_type != MediaType.PDF


class PaperPart(models.Model):
    """A stretch of a paper's bytes 要件分段, sealed; parts, so that no process holds more of it than it sends."""

    pk = models.CompositePrimaryKey("paper_id", "place")
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="parts", verbose_name="要件")
    place = models.IntegerField("次序")
    data_sealed = models.BinaryField("内容(密文)")

    class Meta:
        verbose_name = "要件分段"

    def __str__(self) -> str:
        return f"{self.paper_id}/{self.place}"
