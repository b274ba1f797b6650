import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import ledger.models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_own_keys"),
        ("accounts", "0013_spouse_guard"),
        ("approvals", "0006_paper_guards"),
        ("banking", "0006_event_positions"),
        ("deposits", "0007_long_lists_are_confirmed_later"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12, unique=True, verbose_name="退款编号")),
                ("amount", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="金额")),
                ("reason", models.CharField(max_length=200, verbose_name="退款原因")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "审批中"),
                            ("APPROVED", "已批准待付款"),
                            ("PAID", "已退款"),
                            ("SENT_BACK", "已退回补正"),
                            ("TAKEN_BACK", "已撤回"),
                            ("RETURNED", "付款未成已转回"),
                        ],
                        default="SUBMITTED",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_on", models.DateField(verbose_name="申请日期")),
                (
                    "proposed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="申请时间"),
                ),
                ("decided_on", models.DateField(null=True, verbose_name="决定日期")),
                ("voucher", models.BigIntegerField(null=True, unique=True, verbose_name="退款凭证")),
                ("came_back_on", models.DateField(null=True, verbose_name="转回日期")),
                ("return_voucher", models.BigIntegerField(null=True, unique=True, verbose_name="转回凭证")),
                ("ownerless", models.BooleanField(db_default=False, default=False, verbose_name="转回时单位已销户")),
                ("cleared_on", models.DateField(null=True, verbose_name="核实日期")),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="access.branch", verbose_name="网点"
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
                (
                    "employer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="accounts.employer",
                        verbose_name="单位",
                    ),
                ),
                (
                    "payment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.payment",
                        verbose_name="付款指令",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="banking.receipt",
                        verbose_name="到账",
                    ),
                ),
            ],
            options={
                "verbose_name": "退款",
                "indexes": [
                    models.Index(
                        condition=models.Q(("cleared_on", None), ("status", "RETURNED")),
                        fields=["id"],
                        name="deposits_refund_to_clear",
                    ),
                    models.Index(fields=["proposed_on", "id"], name="deposits_refund_proposed"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="deposits_refund_amount"),
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^TK[0-9]{10}$")), name="deposits_refund_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["SUBMITTED", "APPROVED", "PAID", "SENT_BACK", "TAKEN_BACK", "RETURNED"])
                        ),
                        name="deposits_refund_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("payment__isnull", False),
                                ("status__in", ["APPROVED", "PAID", "RETURNED"]),
                                ("voucher__isnull", False),
                            ),
                            models.Q(
                                models.Q(("status__in", ["APPROVED", "PAID", "RETURNED"]), _negated=True),
                                ("payment", None),
                                ("voucher", None),
                            ),
                            _connector="OR",
                        ),
                        name="deposits_refund_left",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("came_back_on__isnull", False),
                                ("return_voucher__isnull", False),
                                ("status", "RETURNED"),
                            ),
                            models.Q(
                                models.Q(("status", "RETURNED"), _negated=True),
                                ("came_back_on", None),
                                ("cleared_on", None),
                                ("ownerless", False),
                                ("return_voucher", None),
                            ),
                            _connector="OR",
                        ),
                        name="deposits_refund_came_back",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ownerless", False), ("employer__isnull", False), _connector="OR"),
                        name="deposits_refund_ownerless",
                    ),
                ],
            },
        ),
    ]
