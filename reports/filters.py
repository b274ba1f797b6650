"""Narrowing the trail 留痕筛选: allow-listed fields only."""

import django_filters
from django.db.models import QuerySet
from django.forms import DateInput

from audit.models import Record
from reports.queries.work import ACT_WORDS

DAY = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WRONG_DAY = {"invalid": "请输入日期，例如 2026-07-01"}
NOT_LISTED = {"invalid_choice": "请从列表中选择"}


class RecordFilter(django_filters.FilterSet):
    """By person, act, subject, day and number of the request."""

    person = django_filters.CharFilter(label="经办人", field_name="by_name", max_length=60)
    act = django_filters.ChoiceFilter(
        label="行为",
        choices=sorted(ACT_WORDS.items(), key=lambda pair: pair[1]),
        empty_label="全部",
        error_messages=NOT_LISTED,
    )
    subject = django_filters.CharFilter(
        label="对象", field_name="subject_label", lookup_expr="icontains", max_length=60
    )
    since = django_filters.DateFilter(
        label="会计日 起", field_name="on", lookup_expr="gte", widget=DAY, error_messages=WRONG_DAY
    )
    until = django_filters.DateFilter(
        label="会计日 止", field_name="on", lookup_expr="lte", widget=DAY, error_messages=WRONG_DAY
    )
    request_id = django_filters.CharFilter(label="请求编号", max_length=64)

    class Meta:
        model = Record
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Record]:
        """The rows; none when a condition cannot be read, so that nobody takes them for an answer."""
        return self.qs if self.is_valid() else self.queryset.none()
