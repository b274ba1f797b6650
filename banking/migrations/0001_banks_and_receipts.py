import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import ledger.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0003_branches_and_night"),
        ("ledger", "0002_chart"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bank",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="银行代码")),
                ("name", models.CharField(max_length=60, verbose_name="银行名称")),
                (
                    "client",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="access.apiclient",
                        verbose_name="接口客户",
                    ),
                ),
            ],
            options={
                "verbose_name": "受托银行",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, verbose_name="账号")),
                ("name", models.CharField(max_length=120, verbose_name="户名")),
                ("purpose", models.CharField(choices=[("COLLECTION", "归集专户")], max_length=12, verbose_name="用途")),
                (
                    "bank",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="banking.bank",
                        verbose_name="银行",
                    ),
                ),
                (
                    "ledger_account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="ledger.ledgeraccount", verbose_name="分户账"
                    ),
                ),
            ],
            options={
                "verbose_name": "专户",
                "ordering": ["bank", "number"],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.CharField(max_length=64, verbose_name="银行流水号")),
                ("amount", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="金额")),
                ("paid_on", models.DateField(verbose_name="到账日期")),
                ("payer_name", models.CharField(max_length=200, verbose_name="付款户名")),
                ("payer_account_sealed", models.TextField(verbose_name="付款账号(密文)")),
                ("payer_account_index", models.BinaryField(verbose_name="付款账号(盲索引)")),
                ("payer_bank", models.CharField(max_length=200, verbose_name="付款银行")),
                ("remark", models.CharField(max_length=500, verbose_name="附言")),
                ("fingerprint", models.BinaryField(verbose_name="内容摘要")),
                ("booked_on", models.DateField(verbose_name="入账日期")),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="收到时间"),
                ),
                ("unclaimed", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="待认领金额")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="banking.bankaccount", verbose_name="收款专户"
                    ),
                ),
                (
                    "bank",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="banking.bank",
                        verbose_name="银行",
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
                "verbose_name": "到账",
            },
        ),
        migrations.CreateModel(
            name="RefusedNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.CharField(max_length=64, verbose_name="银行流水号")),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("malformed", "格式错误"),
                            ("currency_not_cny", "币种不是人民币"),
                            ("account_unknown", "收款账户不是该银行的专户"),
                            ("amount_not_positive", "金额不大于零"),
                            ("paid_on_ahead", "到账日期晚于当日"),
                            ("serial_reused", "流水号已用于另一笔到账"),
                        ],
                        max_length=20,
                        verbose_name="拒绝原因",
                    ),
                ),
                ("fingerprint", models.BinaryField(verbose_name="内容摘要")),
                ("summary", models.JSONField(verbose_name="通知内容(脱敏)")),
                (
                    "seen_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="首次收到时间"
                    ),
                ),
                (
                    "bank",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="banking.bank",
                        verbose_name="银行",
                    ),
                ),
                (
                    "first_receipt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="banking.receipt",
                        verbose_name="已入账的到账",
                    ),
                ),
            ],
            options={
                "verbose_name": "被拒的到账通知",
            },
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(fields=("bank", "number"), name="banking_account_once"),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(condition=models.Q(("unclaimed__gt", 0)), fields=["id"], name="banking_receipt_open"),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(fields=["paid_on", "id"], name="banking_receipt_paid"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(fields=("bank", "serial"), name="banking_receipt_once"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="banking_receipt_amount"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("unclaimed__gte", 0), ("unclaimed__lte", models.F("amount"))),
                name="banking_receipt_unclaimed",
            ),
        ),
        migrations.AddConstraint(
            model_name="refusednotice",
            constraint=models.UniqueConstraint(
                fields=("bank", "serial", "code", "fingerprint"), name="banking_refused_once"
            ),
        ),
    ]
