"""The books: tables, guards and the one gate, written in SQL; the models read what it makes."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import ledger.models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("hpf", "0001_roles"), ("access", "0001_users")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL((SQL / name).read_text(encoding="utf-8"))
                for name in ("tables.sql", "guards.sql", "gate.sql")
            ],
            state_operations=[
                migrations.CreateModel(
                    name="AccountKindFlags",
                    fields=[
                        (
                            "code",
                            models.TextField(
                                choices=[
                                    ("MEMBER", "职工个人账户"),
                                    ("UNALLOCATED", "单位暂存款"),
                                    ("BANK", "银行专户"),
                                    ("INTERNAL", "内部账户"),
                                ],
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("name", models.TextField(verbose_name="名称")),
                        ("stored", models.BooleanField(verbose_name="存储余额")),
                        ("bears_interest", models.BooleanField(verbose_name="计息")),
                        ("may_overdraw", models.BooleanField(verbose_name="允许透支")),
                        ("shared", models.BooleanField(verbose_name="共用账户")),
                    ],
                    options={
                        "verbose_name": "分户账类别",
                        "db_table": "ledger_accountkind",
                    },
                ),
                migrations.CreateModel(
                    name="BusinessDay",
                    fields=[
                        ("day", models.DateField(primary_key=True, serialize=False, verbose_name="会计日")),
                        (
                            "status",
                            models.TextField(
                                choices=[("OPEN", "营业中"), ("CLOSING", "日终中"), ("CLOSED", "已结账")],
                                verbose_name="状态",
                            ),
                        ),
                        ("interest_ready", models.BooleanField(verbose_name="可记计息账户")),
                        ("opened_at", models.DateTimeField(verbose_name="开启时间")),
                        ("closing_at", models.DateTimeField(null=True, verbose_name="日终开始")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="结账时间")),
                    ],
                    options={
                        "verbose_name": "会计日",
                    },
                ),
                migrations.CreateModel(
                    name="VoucherKind",
                    fields=[
                        ("code", models.TextField(primary_key=True, serialize=False)),
                        ("name", models.TextField(verbose_name="名称")),
                        ("at_day_end", models.BooleanField(verbose_name="日终记账")),
                        ("turns_year", models.BooleanField(verbose_name="结转年度")),
                    ],
                    options={
                        "verbose_name": "凭证类别",
                    },
                ),
                migrations.CreateModel(
                    name="ChartAccount",
                    fields=[
                        ("code", models.TextField(primary_key=True, serialize=False, verbose_name="科目编码")),
                        ("name", models.TextField(verbose_name="科目名称")),
                        (
                            "side",
                            models.CharField(choices=[("D", "借"), ("C", "贷")], max_length=1, verbose_name="余额方向"),
                        ),
                        (
                            "category",
                            models.TextField(
                                choices=[
                                    ("ASSET", "资产"),
                                    ("LIABILITY", "负债"),
                                    ("NET", "净资产"),
                                    ("INCOME", "收入"),
                                    ("EXPENSE", "支出"),
                                ],
                                verbose_name="科目类别",
                            ),
                        ),
                        ("takes_entries", models.BooleanField(verbose_name="可记账")),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.chartaccount",
                                verbose_name="上级科目",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "科目",
                    },
                ),
                migrations.CreateModel(
                    name="DayStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("step", models.TextField(verbose_name="步骤")),
                        (
                            "status",
                            models.TextField(
                                choices=[("RUNNING", "执行中"), ("DONE", "已完成"), ("FAILED", "失败")],
                                verbose_name="状态",
                            ),
                        ),
                        ("started_at", models.DateTimeField(verbose_name="开始时间")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                        ("counts", models.JSONField(default=dict, verbose_name="笔数")),
                        ("error", models.TextField(default="", verbose_name="错误")),
                        (
                            "day",
                            models.ForeignKey(
                                db_column="day",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="ledger.businessday",
                                verbose_name="会计日",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "日终步骤",
                    },
                ),
                migrations.CreateModel(
                    name="LedgerAccount",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("sign", models.SmallIntegerField(verbose_name="借方符号")),
                        ("stored", models.BooleanField()),
                        ("bears_interest", models.BooleanField()),
                        ("may_overdraw", models.BooleanField()),
                        ("shared", models.BooleanField()),
                        ("opened_on", models.DateField(verbose_name="开立日期")),
                        ("closed_on", models.DateField(null=True, verbose_name="销户日期")),
                        ("version", models.IntegerField(verbose_name="版本")),
                        ("counted_to", models.DateField(verbose_name="积数计至")),
                        ("balance", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="余额")),
                        ("held", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="占用金额")),
                        ("carried", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="上年结转")),
                        ("current", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="当年归集")),
                        (
                            "carried_number",
                            ledger.models.Money(decimal_places=2, max_digits=24, verbose_name="上年结转积数"),
                        ),
                        (
                            "current_number",
                            ledger.models.Money(decimal_places=2, max_digits=24, verbose_name="当年归集积数"),
                        ),
                        (
                            "branch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="access.branch", verbose_name="网点"
                            ),
                        ),
                        (
                            "chart",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.chartaccount",
                                verbose_name="科目",
                            ),
                        ),
                        (
                            "kind",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.accountkindflags",
                                verbose_name="类别",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "分户账",
                    },
                ),
                migrations.CreateModel(
                    name="DayTotal",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("day", models.DateField(verbose_name="会计日")),
                        ("debit", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="借方发生额")),
                        ("credit", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="贷方发生额")),
                        ("closing", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="期末余额")),
                        (
                            "branch",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="access.branch",
                                verbose_name="网点",
                            ),
                        ),
                        (
                            "chart",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.chartaccount",
                                verbose_name="科目",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="ledger.ledgeraccount",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "日累计",
                    },
                ),
                migrations.CreateModel(
                    name="Voucher",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("source", models.TextField(verbose_name="业务来源")),
                        ("booked_on", models.DateField(verbose_name="记账日期")),
                        ("interest_on", models.DateField(verbose_name="起息日期")),
                        ("why", models.TextField(verbose_name="摘要")),
                        ("made_at", models.DateTimeField(verbose_name="制单时间")),
                        ("line_count", models.IntegerField(verbose_name="分录数")),
                        ("total", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="金额合计")),
                        ("leaf", models.BinaryField(verbose_name="摘要值")),
                        (
                            "by",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="access.user",
                                verbose_name="经办",
                            ),
                        ),
                        (
                            "kind",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="ledger.voucherkind",
                                verbose_name="类别",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "凭证",
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "booked_on",
                                "voucher_id",
                                "line",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("booked_on", models.DateField(verbose_name="记账日期")),
                        ("line", models.IntegerField(verbose_name="行号")),
                        ("interest_on", models.DateField(verbose_name="起息日期")),
                        ("version", models.IntegerField(null=True, verbose_name="账户版本")),
                        (
                            "side",
                            models.CharField(choices=[("D", "借"), ("C", "贷")], max_length=1, verbose_name="方向"),
                        ),
                        ("amount", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="金额")),
                        (
                            "balance",
                            ledger.models.Money(decimal_places=2, max_digits=18, null=True, verbose_name="余额"),
                        ),
                        (
                            "branch",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="access.branch",
                                verbose_name="网点",
                            ),
                        ),
                        (
                            "chart",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="ledger.chartaccount",
                                verbose_name="科目",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="ledger.ledgeraccount",
                                verbose_name="分户账",
                            ),
                        ),
                        (
                            "voucher",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="ledger.voucher",
                                verbose_name="凭证",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "分录",
                    },
                ),
                migrations.AddConstraint(
                    model_name="voucher",
                    constraint=models.UniqueConstraint(fields=("kind", "source"), name="ledger_voucher_once"),
                ),
            ],
        )
    ]
