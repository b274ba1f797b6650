import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import ledger.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_numbers"),
        ("banking", "0002_nine_banks"),
        ("ledger", "0002_chart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Remittance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("headcount", models.IntegerField(default=0, verbose_name="人数")),
                (
                    "employer_part",
                    ledger.models.Money(decimal_places=2, default=0, max_digits=18, verbose_name="单位缴存额"),
                ),
                (
                    "member_part",
                    ledger.models.Money(decimal_places=2, default=0, max_digits=18, verbose_name="个人缴存额"),
                ),
                ("total", ledger.models.Money(decimal_places=2, default=0, max_digits=18, verbose_name="合计")),
                ("month", models.CharField(max_length=7, verbose_name="汇缴年月")),
                (
                    "status",
                    models.CharField(
                        choices=[("SUBMITTED", "待到账"), ("ALLOCATED", "已入账"), ("CANCELLED", "已撤销")],
                        default="SUBMITTED",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reference", models.CharField(max_length=13, unique=True, verbose_name="缴款识别号")),
                ("submitted_on", models.DateField(verbose_name="提交日期")),
                ("allocated_on", models.DateField(null=True, verbose_name="入账日期")),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remittances",
                        to="accounts.employer",
                        verbose_name="单位",
                    ),
                ),
                (
                    "voucher",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="ledger.voucher",
                        verbose_name="凭证",
                    ),
                ),
            ],
            options={
                "verbose_name": "汇缴",
            },
        ),
        migrations.CreateModel(
            name="RemittanceLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "remittance_id",
                        "member_account_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("line", models.IntegerField(verbose_name="序号")),
                ("base", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="缴存基数")),
                ("employer_ratio", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="单位缴存比例")),
                ("member_ratio", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="个人缴存比例")),
                ("employer_part", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="单位缴存额")),
                ("member_part", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="个人缴存额")),
                (
                    "member_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="accounts.memberaccount",
                        verbose_name="个人账户",
                    ),
                ),
                (
                    "remittance",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="lines",
                        to="deposits.remittance",
                        verbose_name="汇缴",
                    ),
                ),
            ],
            options={
                "verbose_name": "汇缴明细",
            },
        ),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("headcount", models.IntegerField(default=0, verbose_name="人数")),
                (
                    "employer_part",
                    ledger.models.Money(decimal_places=2, default=0, max_digits=18, verbose_name="单位缴存额"),
                ),
                (
                    "member_part",
                    ledger.models.Money(decimal_places=2, default=0, max_digits=18, verbose_name="个人缴存额"),
                ),
                ("total", ledger.models.Money(decimal_places=2, default=0, max_digits=18, verbose_name="合计")),
                ("month", models.CharField(max_length=7, verbose_name="汇缴年月")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("WAITING", "校验中"),
                            ("CHECKED", "已校验"),
                            ("FAILED", "无法读取"),
                            ("CONFIRMED", "已确认"),
                            ("DISCARDED", "已作废"),
                        ],
                        default="WAITING",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("file_sealed", models.BinaryField(verbose_name="文件(密文)")),
                ("rows_sealed", models.BinaryField(null=True, verbose_name="校验结果(密文)")),
                ("row_count", models.IntegerField(default=0, verbose_name="行数")),
                ("done_count", models.IntegerField(default=0, verbose_name="已校验行数")),
                ("error_count", models.IntegerField(default=0, verbose_name="错误数")),
                ("failure", models.TextField(default="", verbose_name="无法读取的原因")),
                (
                    "uploaded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="上传时间"),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheets",
                        to="accounts.employer",
                        verbose_name="单位",
                    ),
                ),
                (
                    "remittance",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheet",
                        to="deposits.remittance",
                        verbose_name="汇缴",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "汇缴清册",
            },
        ),
        migrations.CreateModel(
            name="Identification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="金额")),
                (
                    "how",
                    models.CharField(
                        choices=[("REFERENCE", "缴款识别号"), ("PAYING_ACCOUNT", "付款账户"), ("CLERK", "人工认领")],
                        max_length=16,
                        verbose_name="认领方式",
                    ),
                ),
                ("on", models.DateField(verbose_name="认领日期")),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identifications",
                        to="accounts.employer",
                        verbose_name="单位",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="banking.receipt", verbose_name="到账"
                    ),
                ),
                (
                    "voucher",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="ledger.voucher",
                        verbose_name="凭证",
                    ),
                ),
            ],
            options={
                "verbose_name": "到账认领",
                "constraints": [
                    models.UniqueConstraint(fields=("receipt", "employer"), name="deposits_identification_once"),
                    models.CheckConstraint(
                        condition=models.Q(("how__in", ["REFERENCE", "PAYING_ACCOUNT", "CLERK"])),
                        name="deposits_identification_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="deposits_identification_amount"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="remittance",
            index=models.Index(
                condition=models.Q(("status", "SUBMITTED")),
                fields=["employer", "month"],
                name="deposits_remittance_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="remittance",
            index=models.Index(fields=["-month", "-id"], name="deposits_remittance_recent"),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "CANCELLED"), _negated=True),
                fields=("employer", "month"),
                name="deposits_remittance_one_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["SUBMITTED", "ALLOCATED", "CANCELLED"])),
                name="deposits_remittance_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__regex", "^[0-9]{4}-(0[1-9]|1[0-2])$")), name="deposits_remittance_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("headcount__gt", 0),
                    (
                        "total",
                        django.db.models.expressions.CombinedExpression(
                            models.F("employer_part"), "+", models.F("member_part")
                        ),
                    ),
                    ("total__gt", 0),
                ),
                name="deposits_remittance_sums",
            ),
        ),
        migrations.AddConstraint(
            model_name="remittanceline",
            constraint=models.CheckConstraint(
                condition=models.Q(("employer_part__gte", 0), ("member_part__gte", 0)),
                name="deposits_remittanceline_parts",
            ),
        ),
        migrations.AddIndex(
            model_name="sheet",
            index=models.Index(condition=models.Q(("status", "WAITING")), fields=["id"], name="deposits_sheet_waiting"),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["WAITING", "CHECKED", "FAILED", "CONFIRMED", "DISCARDED"])),
                name="deposits_sheet_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__regex", "^[0-9]{4}-(0[1-9]|1[0-2])$")), name="deposits_sheet_month"
            ),
        ),
    ]
