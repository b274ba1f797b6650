"""The trail 留痕: one row for every act, as it was that day. Rows are added and never changed."""

from json import JSONEncoder

from django.db import models
from django.db.models.functions import Now


class PlainEncoder(JSONEncoder):
    """Amounts, days and months as the text people read: "1234.50", "2026-07-01", "2026-07"."""

    def default(self, o: object) -> str:
        return str(o)


class Record(models.Model):
    """One act 一条留痕.

    It copies and never points: who did it, in which post and branch, and what the subject was called are kept
    as they were. `leaf` is the SHA-256 of the row, made by the database when the row is added.
    """

    at = models.DateTimeField("时间", db_default=Now())
    act = models.TextField("行为")
    subject_kind = models.TextField("对象类别")
    subject_id = models.TextField("对象编号")
    subject_label = models.TextField("对象")
    by_id = models.BigIntegerField("经办人编号", null=True)
    by_name = models.TextField("经办人")
    by_post = models.TextField("岗位")
    by_branch = models.TextField("网点")
    on = models.DateField("会计日")
    before = models.JSONField("变更前", default=dict, encoder=PlainEncoder)
    after = models.JSONField("变更后", default=dict, encoder=PlainEncoder)
    why = models.TextField("原因", default="")
    request_id = models.TextField("请求编号", default="")
    leaf = models.BinaryField("摘要", db_default=b"")

    class Meta:
        verbose_name = "留痕"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_record_subject"),
            models.Index(fields=["by_id", "id"], name="audit_record_by"),
            models.Index(fields=["on", "id"], name="audit_record_on"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject_label}"
