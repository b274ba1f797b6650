"""The dated parameters 政策参数: one row for each value and the days on which it holds."""

from datetime import date

from django.db import models
from django.db.models import Case, F, Q, Value, When

from approvals import models as approvals
from policy.rules import shown
from policy.states import TermName, group_of


class TermQuerySet(models.QuerySet["Term"]):
    """Short ways to say which days are meant."""

    def in_force_on(self, day: date) -> "TermQuerySet":
        """The rows that hold on a day 生效中."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def in_force_within(self, since: date, until: date) -> "TermQuerySet":
        """The rows that hold on at least one day from `since` to, and without, `until`."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=since), valid_from__lt=until)

    def with_words(self, text: str) -> "TermQuerySet":
        """The rows whose parameter is called so, or whose document, source or note says so 按文字查找."""
        called = [name for name in TermName if text.lower() in name.label.lower()]
        return self.filter(
            Q(name__in=called)
            | Q(name__icontains=text)
            | Q(document__icontains=text)
            | Q(source__icontains=text)
            | Q(note__icontains=text)
        )

    def in_order(self) -> "TermQuerySet":
        """As the table of names has them, the newest value first 按参数表顺序."""
        place = Case(*[When(name=name, then=Value(i)) for i, name in enumerate(TermName)])
        return self.order_by(place, "-valid_from")


class Term(models.Model):
    """One value of one parameter 一条政策参数, from its first day to, and without, `valid_to`.

    The database refuses two values of one parameter on one day (guards in migrations/0002_no_overlap.sql), and
    the application may only read: a new value takes a document and a second signature, and then the database itself
    writes the row (policy_enact_term in migrations/0005_enact_term.sql). `change` is empty for the first values.
    """

    name = models.TextField("参数", choices=TermName.choices)
    value = models.TextField("取值")
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    document = models.TextField("文号", default="", blank=True)
    source = models.TextField("依据", default="", blank=True)
    to_confirm = models.BooleanField("待中心确认", default=False)
    note = models.TextField("说明", default="", blank=True)
    change = models.OneToOneField(
        "TermChange", on_delete=models.PROTECT, null=True, blank=True, related_name="term", verbose_name="调整申请"
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = "政策参数"
        constraints = [
            models.CheckConstraint(
                name="policy_term_ends_after_it_begins",
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="policy_term_has_a_source_or_waits_for_one",
                condition=~Q(source="") | Q(to_confirm=True),
            ),
            models.CheckConstraint(name="policy_term_has_a_value", condition=~Q(value="")),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.shown_value}"

    @property
    def label(self) -> str:
        """What the parameter is called 参数名称."""
        return TermName(self.name).label

    @property
    def group(self) -> str:
        """The business it belongs to 业务类别."""
        return group_of(self.name)

    def is_in_force_on(self, day: date) -> bool:
        """Whether this value holds on a day 是否生效."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def shown_value(self) -> str:
        """The value with its unit."""
        return shown(TermName(self.name), self.value)


class TermChange(models.Model):
    """A new value somebody proposed 参数调整申请. It is added and never changed; its case says what became of it."""

    name = models.TextField("参数", choices=TermName.choices)
    value = models.TextField("拟定取值")
    valid_from = models.DateField("生效日期")
    document = models.TextField("文号")
    source = models.TextField("依据")
    reason = models.TextField("调整理由")
    case = models.OneToOneField(approvals.Case, on_delete=models.PROTECT, verbose_name="复核事项")

    class Meta:
        verbose_name = "参数调整申请"
        indexes = [models.Index(fields=["name", "-id"], name="policy_termchange_name")]
        constraints = [
            models.CheckConstraint(
                condition=~(Q(value="") | Q(document="") | Q(source="") | Q(reason="")),
                name="policy_termchange_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}调整为 {self.shown_value}，自 {self.valid_from} 起"

    @property
    def label(self) -> str:
        """What the parameter is called 参数名称."""
        return TermName(self.name).label

    @property
    def shown_value(self) -> str:
        """The value with its unit."""
        return shown(TermName(self.name), self.value)
