import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0003_branches_and_night"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField(verbose_name="复核页面")),
                ("page", models.TextField(verbose_name="查看页面")),
                ("business", models.TextField(verbose_name="业务")),
                ("subject_kind", models.TextField(verbose_name="对象类别")),
                ("subject_id", models.TextField(verbose_name="对象编号")),
                ("title", models.TextField(verbose_name="事项")),
                ("perm", models.TextField(verbose_name="复核权限")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("OPEN", "待复核"),
                            ("GRANTED", "已同意"),
                            ("RETURNED", "已退回"),
                            ("WITHDRAWN", "已撤回"),
                        ],
                        default="OPEN",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="提交日期")),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="提交时间"),
                ),
                ("facts", models.JSONField(verbose_name="经办内容")),
                ("facts_digest", models.TextField(verbose_name="内容摘要")),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="access.branch", verbose_name="网点"
                    ),
                ),
                (
                    "maker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases_made",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
            ],
            options={
                "verbose_name": "复核事项",
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("GRANT", "同意"), ("RETURN", "退回")], max_length=6, verbose_name="结论"
                    ),
                ),
                ("reason", models.TextField(blank=True, default="", verbose_name="意见")),
                ("on", models.DateField(verbose_name="会计日")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间")),
                ("facts", models.JSONField(verbose_name="复核时内容")),
                ("facts_digest", models.TextField(verbose_name="内容摘要")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="approvals.case",
                        verbose_name="复核事项",
                    ),
                ),
                (
                    "maker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "signer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name="复核人"
                    ),
                ),
            ],
            options={
                "verbose_name": "复核签署",
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("status", "OPEN")), fields=["perm", "opened_on", "id"], name="approvals_case_inbox"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["maker", "-id"], name="approvals_case_maker"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "OPEN")),
                fields=("subject_kind", "subject_id"),
                name="approvals_case_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["OPEN", "GRANTED", "RETURNED", "WITHDRAWN"])),
                name="approvals_case_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("signer", models.F("maker")), _negated=True),
                name="approvals_signature_maker_is_not_checker",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["GRANT", "RETURN"])), name="approvals_signature_verdict_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), ("verdict", "RETURN"), _negated=True),
                name="approvals_signature_return_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(fields=("case", "signer"), name="approvals_signature_once"),
        ),
    ]
