import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import ledger.models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_branches_and_night"),
        ("approvals", "0002_guards"),
        ("banking", "0003_paid_on_too_old"),
        ("ledger", "0002_chart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("payment.approved", "付款指令待领取"),
                            ("payment.query", "请查询付款结果"),
                            ("payment.cancelled", "付款指令已撤销"),
                        ],
                        max_length=40,
                        verbose_name="类型",
                    ),
                ),
                ("subject", models.CharField(max_length=35, verbose_name="对象")),
                ("sequence", models.IntegerField(verbose_name="序号")),
                ("payload", models.JSONField(verbose_name="内容")),
                ("xid", models.BigIntegerField(verbose_name="事务号")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间")),
                (
                    "bank",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="banking.bank",
                        verbose_name="银行",
                    ),
                ),
            ],
            options={
                "verbose_name": "事件",
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=35, unique=True, verbose_name="付款指令号")),
                ("kind", models.CharField(max_length=60, verbose_name="业务类别")),
                ("source", models.CharField(max_length=60, verbose_name="业务编号")),
                ("amount", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="金额")),
                ("payee_name", models.CharField(max_length=200, verbose_name="收款户名")),
                ("payee_account_sealed", models.TextField(verbose_name="收款账号(密文)")),
                ("payee_account_index", models.BinaryField(verbose_name="收款账号(盲索引)")),
                ("payee_bank", models.CharField(max_length=200, verbose_name="收款银行")),
                ("remark", models.CharField(max_length=200, verbose_name="附言")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("CREATED", "待复核"),
                            ("APPROVED", "待发送"),
                            ("SENT", "已发送"),
                            ("ACCEPTED", "银行已受理"),
                            ("UNKNOWN", "结果不明"),
                            ("SUCCEEDED", "已付款"),
                            ("FAILED", "付款失败"),
                            ("RETURNED", "已退回"),
                            ("CANCELLED", "已撤销"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("created_on", models.DateField(verbose_name="制单日期")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="制单时间"),
                ),
                ("sendings", models.SmallIntegerField(default=0, verbose_name="发送次数")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="最近发送时间")),
                ("answer_by", models.DateTimeField(null=True, verbose_name="应答期限")),
                ("bank_serial", models.CharField(default="", max_length=64, verbose_name="银行流水号")),
                ("succeeded_on", models.DateField(null=True, verbose_name="付款记账日期")),
                ("success_voucher", models.BigIntegerField(null=True, verbose_name="付款凭证")),
                ("returned_on", models.DateField(null=True, verbose_name="退回记账日期")),
                ("return_voucher", models.BigIntegerField(null=True, verbose_name="退回凭证")),
                ("failure_code", models.CharField(default="", max_length=40, verbose_name="失败代码")),
                ("taken_back_on", models.DateField(null=True, verbose_name="业务收回日期")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="banking.bankaccount",
                        verbose_name="付款专户",
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="access.branch", verbose_name="网点"
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="approvals.case",
                        verbose_name="复核事项",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
            ],
            options={
                "verbose_name": "付款指令",
            },
        ),
        migrations.CreateModel(
            name="PaymentResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("named", models.CharField(max_length=64, verbose_name="付款指令号")),
                (
                    "origin",
                    models.CharField(
                        choices=[("BANK", "银行回报"), ("STATEMENT", "对账单认定")],
                        default="BANK",
                        max_length=10,
                        verbose_name="来源",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("accepted", "已受理"),
                            ("succeeded", "付款成功"),
                            ("failed", "付款失败"),
                            ("returned", "退回"),
                            ("not_received", "银行未收到"),
                        ],
                        max_length=12,
                        verbose_name="回报",
                    ),
                ),
                ("sending", models.SmallIntegerField(null=True, verbose_name="发送次数")),
                ("bank_serial", models.CharField(default="", max_length=64, verbose_name="银行流水号")),
                ("account", models.CharField(default="", max_length=40, verbose_name="付款账号")),
                ("amount", ledger.models.Money(decimal_places=2, max_digits=18, null=True, verbose_name="金额")),
                ("paid_on", models.DateField(null=True, verbose_name="付款日期")),
                ("code", models.CharField(default="", max_length=40, verbose_name="银行代码")),
                ("text", models.CharField(default="", max_length=200, verbose_name="银行说明")),
                ("fingerprint", models.BinaryField(verbose_name="内容摘要")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("APPLIED", "已处理"),
                            ("WAITING", "等待付款成功的回报"),
                            ("REFUSED", "待人工核实"),
                            ("CLEARED", "已核实"),
                        ],
                        max_length=10,
                        verbose_name="处理情况",
                    ),
                ),
                (
                    "refusal",
                    models.CharField(
                        choices=[
                            ("payment_unknown", "没有这笔付款指令，或不是发给该银行的"),
                            ("not_sent", "该付款指令没有发送过"),
                            ("cancelled", "该付款指令已撤销"),
                            ("amount_differs", "金额与付款指令不一致"),
                            ("account_differs", "付款账户与付款指令不一致"),
                            ("paid_on_ahead", "付款日期晚于当日"),
                            ("succeeded_before", "此前已回报付款成功"),
                            ("failed_before", "此前已回报付款失败"),
                            ("returned_before", "此前已回报退回"),
                            ("not_asked", "该付款指令不在结果不明状态"),
                            ("sending_differs", "发送次数与最近一次发送不一致"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="拒绝原因",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="收到日期")),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="收到时间"),
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
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="banking.payment",
                        verbose_name="付款指令",
                    ),
                ),
            ],
            options={
                "verbose_name": "付款回报",
            },
        ),
        migrations.CreateModel(
            name="Ruling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("accepted", "已受理"),
                            ("succeeded", "付款成功"),
                            ("failed", "付款失败"),
                            ("returned", "退回"),
                            ("not_received", "银行未收到"),
                        ],
                        max_length=12,
                        verbose_name="认定结果",
                    ),
                ),
                ("statement_on", models.DateField(verbose_name="对账单日期")),
                ("bank_serial", models.CharField(blank=True, default="", max_length=64, verbose_name="对账单流水号")),
                ("reason", models.CharField(max_length=300, verbose_name="依据")),
                ("sending", models.SmallIntegerField(verbose_name="发送次数")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="approvals.case", verbose_name="复核事项"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rulings",
                        to="banking.payment",
                        verbose_name="付款指令",
                    ),
                ),
            ],
            options={
                "verbose_name": "对账认定",
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=300, verbose_name="推送地址")),
                ("secret_sealed", models.TextField(verbose_name="签名密钥(密文)")),
                ("old_secret_sealed", models.TextField(default="", verbose_name="原签名密钥(密文)")),
                ("old_until", models.DateTimeField(null=True, verbose_name="原密钥有效期至")),
                (
                    "since",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="启用时间"),
                ),
                (
                    "bank",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="banking.bank", verbose_name="银行"
                    ),
                ),
            ],
            options={
                "verbose_name": "推送地址",
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="banking.event",
                        verbose_name="事件",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("PENDING", "待推送"), ("DELIVERED", "已送达"), ("DEAD", "推送失败")],
                        default="PENDING",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.SmallIntegerField(default=0, verbose_name="已推送次数")),
                (
                    "next_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), null=True, verbose_name="下次推送"
                    ),
                ),
                ("last_error", models.CharField(default="", max_length=200, verbose_name="最近一次失败原因")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="完成时间")),
            ],
            options={
                "verbose_name": "事件推送",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "PENDING")), fields=["next_at"], name="banking_delivery_due"
                    ),
                    models.Index(fields=["status", "event"], name="banking_delivery_status"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_at__isnull", False), ("status", "PENDING")),
                            models.Q(("next_at", None), ("status__in", ["DELIVERED", "DEAD"])),
                            _connector="OR",
                        ),
                        name="banking_delivery_has_a_next_try",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["bank", "xid", "id"], name="banking_event_of_bank"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(fields=("subject", "sequence"), name="banking_event_once"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("status", "APPROVED")), fields=["account", "id"], name="banking_payment_to_send"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("status__in", ["SENT", "ACCEPTED"])),
                fields=["answer_by"],
                name="banking_payment_to_answer",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["account", "status", "id"], name="banking_payment_of_bank"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["created_on", "id"], name="banking_payment_created"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["payee_account_index"], name="banking_payment_payee"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("status__in", ["FAILED", "RETURNED", "CANCELLED"]), ("taken_back_on", None)),
                fields=["kind", "id"],
                name="banking_payment_to_take_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("kind", "source"), name="banking_payment_once"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="banking_payment_amount"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "CREATED",
                            "APPROVED",
                            "SENT",
                            "ACCEPTED",
                            "UNKNOWN",
                            "SUCCEEDED",
                            "FAILED",
                            "RETURNED",
                            "CANCELLED",
                        ],
                    )
                ),
                name="banking_payment_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["CREATED", "APPROVED", "CANCELLED"]),
                    models.Q(("answer_by__isnull", False), ("sendings__gt", 0), ("sent_at__isnull", False)),
                    _connector="OR",
                ),
                name="banking_payment_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status__in", ["SUCCEEDED", "RETURNED"]),
                        ("succeeded_on__isnull", False),
                        ("success_voucher__isnull", False),
                    ),
                    models.Q(
                        models.Q(("status__in", ["SUCCEEDED", "RETURNED"]), _negated=True),
                        ("succeeded_on", None),
                        ("success_voucher", None),
                    ),
                    _connector="OR",
                ),
                name="banking_payment_paid",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("return_voucher__isnull", False), ("returned_on__isnull", False), ("status", "RETURNED")),
                    models.Q(
                        models.Q(("status", "RETURNED"), _negated=True), ("return_voucher", None), ("returned_on", None)
                    ),
                    _connector="OR",
                ),
                name="banking_payment_returned",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_back_on", None), ("status__in", ["FAILED", "RETURNED", "CANCELLED"]), _connector="OR"
                ),
                name="banking_payment_taken_back",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentresult",
            index=models.Index(condition=models.Q(("status", "REFUSED")), fields=["id"], name="banking_result_to_do"),
        ),
        migrations.AddConstraint(
            model_name="paymentresult",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["APPLIED", "WAITING"])),
                fields=("bank", "named", "outcome", "fingerprint"),
                name="banking_result_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentresult",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["REFUSED", "CLEARED"])),
                fields=("bank", "named", "outcome", "fingerprint", "refusal"),
                name="banking_result_refused_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentresult",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "succeeded"), ("status", "APPLIED")),
                fields=("payment",),
                name="banking_result_one_success",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentresult",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "returned"), ("status", "APPLIED")),
                fields=("payment",),
                name="banking_result_one_return",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("payment__isnull", False), ("status__in", ["REFUSED", "CLEARED"]), _connector="OR"),
                name="banking_result_of_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("refusal", ""), ("status", "REFUSED"), _negated=True),
                name="banking_result_refused_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["succeeded", "failed", "not_received"])),
                name="banking_ruling_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("bank_serial", ""), ("outcome", "succeeded"), _negated=True),
                name="banking_ruling_serial",
            ),
        ),
    ]
