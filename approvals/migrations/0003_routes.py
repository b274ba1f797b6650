from django.db import migrations, models

from approvals.states import CaseStatus, Verdict


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_guards")]

    operations = [
        migrations.AddField("case", "steps", models.JSONField("复核环节", default=list), preserve_default=False),
        migrations.AddField("case", "step", models.SmallIntegerField("当前环节", db_default=0)),
        migrations.AddField("case", "may_refuse", models.BooleanField("可以不予同意", db_default=False)),
        migrations.AddField("case", "due_on", models.DateField("办理期限", null=True)),
        migrations.AddField("signature", "step", models.SmallIntegerField("环节", db_default=0)),
        migrations.AlterField(
            "case",
            "status",
            models.CharField("状态", max_length=10, choices=CaseStatus.choices, default="OPEN"),
        ),
        migrations.AlterField("signature", "verdict", models.CharField("结论", max_length=6, choices=Verdict.choices)),
        migrations.RemoveConstraint("case", "approvals_case_status_known"),
        migrations.RemoveConstraint("signature", "approvals_signature_verdict_known"),
        migrations.RemoveConstraint("signature", "approvals_signature_return_has_a_reason"),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=models.Q(status__in=CaseStatus.values), name="approvals_case_status_known"
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=models.Q(due_on=None) | models.Q(due_on__gte=models.F("opened_on")),
                name="approvals_case_due_after_opening",
            ),
        ),
        migrations.AddConstraint(
            "signature",
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values), name="approvals_signature_verdict_known"
            ),
        ),
        migrations.AddConstraint(
            "signature",
            models.CheckConstraint(
                condition=models.Q(verdict="GRANT") | ~models.Q(reason=""), name="approvals_signature_no_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            "signature",
            models.UniqueConstraint(fields=["case", "step"], name="approvals_signature_one_a_step"),
        ),
        migrations.AddIndex("case", models.Index(fields=["subject_kind", "subject_id"], name="approvals_case_subject")),
    ]
