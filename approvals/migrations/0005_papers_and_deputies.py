import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_own_keys"),
        ("approvals", "0004_route_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deputy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(verbose_name="起始日期")),
                ("until", models.DateField(verbose_name="截止日期")),
                ("reason", models.TextField(verbose_name="事由")),
                ("made_on", models.DateField(verbose_name="设置日期")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="设置时间"),
                ),
                ("ended_on", models.DateField(null=True, verbose_name="提前终止日期")),
            ],
            options={
                "verbose_name": "复核代理",
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.TextField(verbose_name="对象类别")),
                ("subject_id", models.TextField(verbose_name="对象编号")),
                ("kind", models.TextField(verbose_name="要件种类")),
                ("perm", models.TextField(verbose_name="查看权限")),
                ("name_sealed", models.TextField(verbose_name="文件名(密文)")),
                (
                    "media_type",
                    models.CharField(
                        choices=[("application/pdf", "PDF"), ("image/jpeg", "JPEG 图片"), ("image/png", "PNG 图片")],
                        max_length=20,
                        verbose_name="文件类型",
                    ),
                ),
                ("size", models.IntegerField(verbose_name="字节数")),
                ("sha256", models.CharField(max_length=64, verbose_name="文件摘要")),
                ("on", models.DateField(verbose_name="上传日期")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="上传时间"),
                ),
                ("removed_on", models.DateField(null=True, verbose_name="移除日期")),
            ],
            options={
                "verbose_name": "要件",
            },
        ),
        migrations.CreateModel(
            name="PaperPart",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "paper_id", "place", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="approvals.paper",
                        verbose_name="要件",
                    ),
                ),
                ("place", models.IntegerField(verbose_name="次序")),
                ("data_sealed", models.BinaryField(verbose_name="内容(密文)")),
            ],
            options={
                "verbose_name": "要件分段",
            },
        ),
        migrations.AddField(
            model_name="signature",
            name="for_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="代何人复核",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("for_user", None),
                    models.Q(
                        models.Q(("for_user", models.F("maker")), _negated=True),
                        models.Q(("for_user", models.F("signer")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="approvals_signature_in_anothers_name",
            ),
        ),
        migrations.AddField(
            model_name="deputy",
            name="deputy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="principals",
                to=settings.AUTH_USER_MODEL,
                verbose_name="代理人",
            ),
        ),
        migrations.AddField(
            model_name="deputy",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="终止人",
            ),
        ),
        migrations.AddField(
            model_name="deputy",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="设置人",
            ),
        ),
        migrations.AddField(
            model_name="deputy",
            name="principal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deputies",
                to=settings.AUTH_USER_MODEL,
                verbose_name="委托人",
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="branch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="access.branch", verbose_name="网点"
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="removed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="移除人",
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="uploaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="上传人",
            ),
        ),
        migrations.AddIndex(
            model_name="deputy",
            index=models.Index(
                condition=models.Q(("ended_on", None)), fields=["deputy", "until"], name="approvals_deputy_stands_in"
            ),
        ),
        migrations.AddConstraint(
            model_name="deputy",
            constraint=models.CheckConstraint(
                condition=models.Q(("principal", models.F("deputy")), _negated=True), name="approvals_deputy_is_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="deputy",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))), name="approvals_deputy_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="deputy",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="approvals_deputy_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="deputy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_by", None), ("ended_on", None)),
                    models.Q(("ended_by__isnull", False), ("ended_on__isnull", False)),
                    _connector="OR",
                ),
                name="approvals_deputy_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(("media_type__in", ["application/pdf", "image/jpeg", "image/png"])),
                name="approvals_paper_media_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="approvals_paper_is_not_empty"),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removed_by", None), ("removed_on", None)),
                    models.Q(
                        ("removed_by__isnull", False),
                        ("removed_on__gte", models.F("on")),
                        ("removed_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="approvals_paper_removed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_on", None)),
                fields=("subject_kind", "subject_id", "kind", "sha256"),
                name="approvals_paper_once",
            ),
        ),
    ]
