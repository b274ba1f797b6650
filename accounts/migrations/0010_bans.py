import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_frozen_is_no_status"),
        ("approvals", "0004_route_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ban",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[("FRAUD_WITHDRAWAL", "骗提住房公积金"), ("FRAUD_LOAN", "骗取住房公积金贷款")],
                        max_length=20,
                        verbose_name="违规类型",
                    ),
                ),
                ("document", models.CharField(max_length=100, verbose_name="处理决定书编号")),
                ("decided_on", models.DateField(verbose_name="决定日期")),
                ("begins_on", models.DateField(verbose_name="限制起始日期")),
                ("no_withdrawal_until", models.DateField(verbose_name="限制提取至")),
                ("no_loan_until", models.DateField(verbose_name="限制贷款至")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="违规金额")),
                ("returned", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="已退回金额")),
                ("reason", models.CharField(max_length=200, verbose_name="违规事实")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PENDING", "待复核"),
                            ("ACTIVE", "已生效"),
                            ("LIFTED", "提前解除"),
                            ("DROPPED", "未生效"),
                        ],
                        default="PENDING",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("lifted_on", models.DateField(null=True, verbose_name="解除日期")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.case",
                        verbose_name="复核事项",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bans",
                        to="accounts.member",
                        verbose_name="职工",
                    ),
                ),
            ],
            options={
                "verbose_name": "违规限制",
            },
        ),
        migrations.CreateModel(
            name="BanLift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("document", models.CharField(max_length=100, verbose_name="撤销文书编号")),
                ("reason", models.CharField(max_length=200, verbose_name="解除原因")),
                (
                    "ban",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lifts",
                        to="accounts.ban",
                        verbose_name="违规限制",
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.case",
                        verbose_name="复核事项",
                    ),
                ),
            ],
            options={
                "verbose_name": "违规限制解除申请",
            },
        ),
        migrations.AddConstraint(
            model_name="ban",
            constraint=models.CheckConstraint(
                condition=models.Q(("ground__in", ["FRAUD_WITHDRAWAL", "FRAUD_LOAN"])), name="accounts_ban_ground"
            ),
        ),
        migrations.AddConstraint(
            model_name="ban",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["PENDING", "ACTIVE", "LIFTED", "DROPPED"])),
                name="accounts_ban_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="ban",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("document", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                name="accounts_ban_is_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="ban",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("returned__gte", 0), ("returned__lte", models.F("amount"))),
                name="accounts_ban_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="ban",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("begins_on__gte", models.F("decided_on")),
                    ("no_withdrawal_until__gt", models.F("begins_on")),
                    ("no_loan_until__gt", models.F("begins_on")),
                ),
                name="accounts_ban_term",
            ),
        ),
        migrations.AddConstraint(
            model_name="ban",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lifted_on__isnull", False), ("status", "LIFTED")),
                    models.Q(models.Q(("status", "LIFTED"), _negated=True), ("lifted_on", None)),
                    _connector="OR",
                ),
                name="accounts_ban_lifted",
            ),
        ),
        migrations.AddConstraint(
            model_name="ban",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["PENDING", "ACTIVE"])),
                fields=("member", "document"),
                name="accounts_ban_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="banlift",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("document", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                name="accounts_banlift_is_complete",
            ),
        ),
    ]
