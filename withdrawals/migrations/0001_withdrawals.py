from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import ledger.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0006_own_keys"),
        ("accounts", "0008_freeze_guards"),
        ("approvals", "0004_route_guards"),
        ("banking", "0006_event_positions"),
        ("ledger", "0007_holds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12, unique=True, verbose_name="提取编号")),
                ("once", models.UUIDField(unique=True, verbose_name="提交标识")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("RENT", "租房提取"),
                            ("PURCHASE", "购房提取"),
                            ("RETIREMENT", "离退休提取"),
                            ("LOAN_REPAYMENT", "偿还购房贷款本息提取"),
                        ],
                        max_length=16,
                        verbose_name="提取类别",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("01", "购买住房"),
                            ("03", "离休、退休"),
                            ("06", "偿还购房贷款本息"),
                            ("07", "支付房租"),
                        ],
                        max_length=2,
                        verbose_name="提取原因",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("COUNTER", "柜台"), ("PORTAL", "网厅"), ("API", "接口")],
                        max_length=8,
                        verbose_name="办理渠道",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "审批中"),
                            ("APPROVED", "已批准待付款"),
                            ("PAID", "已付款"),
                            ("REFUSED", "不予提取"),
                            ("SENT_BACK", "已退回补正"),
                            ("TAKEN_BACK", "已撤回"),
                            ("RETURNED", "付款未成已退回账户"),
                            ("UNDONE", "已撤销"),
                        ],
                        default="SUBMITTED",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("subject_index", models.BinaryField(default=b"", verbose_name="房屋或贷款索引")),
                ("particulars_sealed", models.TextField(verbose_name="申报内容(密文)")),
                ("papers", models.JSONField(default=list, verbose_name="要件")),
                ("quote", models.JSONField(verbose_name="核定内容")),
                ("asked", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="申请金额")),
                ("granted", ledger.models.Money(decimal_places=2, max_digits=18, null=True, verbose_name="批准金额")),
                (
                    "interest",
                    ledger.models.Money(decimal_places=2, default=Decimal("0"), max_digits=18, verbose_name="销户利息"),
                ),
                ("payee_name", models.CharField(max_length=200, verbose_name="收款户名")),
                ("payee_card_sealed", models.TextField(verbose_name="收款卡号(密文)")),
                ("payee_card_index", models.BinaryField(verbose_name="收款卡号索引")),
                ("payee_bank", models.CharField(max_length=200, verbose_name="收款银行")),
                (
                    "decided_by",
                    models.CharField(
                        choices=[("INSTANT", "即时办结"), ("PEOPLE", "人工审批")], max_length=8, verbose_name="决定方式"
                    ),
                ),
                ("applied_on", models.DateField(verbose_name="申请日期")),
                (
                    "applied_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="申请时间"),
                ),
                ("due_on", models.DateField(verbose_name="办理期限")),
                ("decided_on", models.DateField(null=True, verbose_name="决定日期")),
                ("refusal", models.TextField(blank=True, default="", verbose_name="不予提取的理由")),
                ("closed_from", models.CharField(blank=True, default="", max_length=2, verbose_name="销户前状态")),
                ("voucher", models.BigIntegerField(null=True, unique=True, verbose_name="提取凭证")),
                ("came_back_on", models.DateField(null=True, verbose_name="退回日期")),
                ("undo_voucher", models.BigIntegerField(null=True, unique=True, verbose_name="冲回凭证")),
                (
                    "applied_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
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
                        related_name="+",
                        to="approvals.case",
                        verbose_name="复核事项",
                    ),
                ),
                (
                    "ledger_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.ledgeraccount",
                        verbose_name="分户账",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="accounts.member",
                        verbose_name="职工",
                    ),
                ),
                (
                    "member_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="accounts.memberaccount",
                        verbose_name="个人账户",
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
            ],
            options={
                "verbose_name": "提取",
            },
        ),
        migrations.CreateModel(
            name="Use",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("RENT_MONTH", "租房月份"), ("HOUSE", "购房"), ("LOAN_MONTH", "还贷月份")],
                        max_length=12,
                        verbose_name="额度类别",
                    ),
                ),
                ("key_index", models.BinaryField(verbose_name="房屋或贷款索引")),
                ("person_index", models.BinaryField(verbose_name="证件号码索引")),
                ("slot", models.CharField(blank=True, default="", max_length=7, verbose_name="月份")),
                ("amount", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="占用金额")),
                ("declared", ledger.models.Money(decimal_places=2, max_digits=18, null=True, verbose_name="申报金额")),
                ("released_on", models.DateField(null=True, verbose_name="释放日期")),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="withdrawals.withdrawal",
                        verbose_name="提取",
                    ),
                ),
            ],
            options={
                "verbose_name": "额度占用",
            },
        ),
        migrations.CreateModel(
            name="Undoing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300, verbose_name="撤销理由")),
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
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undoings",
                        to="withdrawals.withdrawal",
                        verbose_name="提取",
                    ),
                ),
            ],
            options={
                "verbose_name": "撤销提取申请",
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("PROPERTY", "不动产登记信息"), ("RETIREMENT", "退休信息")],
                        max_length=10,
                        verbose_name="查询事项",
                    ),
                ),
                ("person_index", models.BinaryField(verbose_name="证件号码索引")),
                ("purpose", models.CharField(max_length=200, verbose_name="查询目的")),
                (
                    "consent",
                    models.CharField(
                        choices=[("SIGNED", "书面签字"), ("ONLINE", "网上勾选")], max_length=6, verbose_name="授权方式"
                    ),
                ),
                ("consented_on", models.DateField(verbose_name="授权日期")),
                ("asked_on", models.DateField(verbose_name="查询日期")),
                (
                    "asked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="查询时间"),
                ),
                ("source", models.CharField(max_length=60, verbose_name="数据来源")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("FOUND", "有记录"), ("NONE", "无记录"), ("DOWN", "平台不可用")],
                        max_length=5,
                        verbose_name="查询结果",
                    ),
                ),
                ("answer_sealed", models.TextField(blank=True, default="", verbose_name="返回内容(密文)")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="查询人",
                    ),
                ),
            ],
            options={
                "verbose_name": "数据共享查询",
                "indexes": [models.Index(fields=["person_index", "kind", "-id"], name="withdrawals_inquiry_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("purpose", ""), _negated=True), name="withdrawals_inquiry_purpose"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("consented_on__lte", models.F("asked_on"))),
                        name="withdrawals_inquiry_consent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "FOUND"), models.Q(("answer_sealed", ""), _negated=True)),
                            models.Q(("answer_sealed", ""), ("outcome__in", ["NONE", "DOWN"])),
                            _connector="OR",
                        ),
                        name="withdrawals_inquiry_answer",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["member_account", "category", "-id"], name="withdrawals_of_account"),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["branch", "status", "id"], name="withdrawals_of_branch"),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(condition=models.Q(("status", "APPROVED")), fields=["id"], name="withdrawals_to_settle"),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["subject_index"], name="withdrawals_subject"),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "SUBMITTED")),
                fields=("member_account", "category", "subject_index"),
                name="withdrawals_withdrawal_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^TQ[0-9]{10}$")), name="withdrawals_withdrawal_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["SUBMITTED", "APPROVED", "PAID", "REFUSED", "SENT_BACK", "TAKEN_BACK", "RETURNED", "UNDONE"],
                    )
                ),
                name="withdrawals_withdrawal_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category", "RENT"), ("reason", "07")),
                    models.Q(("category", "PURCHASE"), ("reason", "01")),
                    models.Q(("category", "RETIREMENT"), ("reason", "03")),
                    models.Q(("category", "LOAN_REPAYMENT"), ("reason", "06")),
                    _connector="OR",
                ),
                name="withdrawals_withdrawal_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked__gte", 0), ("category", "RETIREMENT"), ("interest__gte", 0)),
                    models.Q(("asked__gt", 0), ("interest", 0)),
                    _connector="OR",
                ),
                name="withdrawals_withdrawal_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("granted", None),
                    models.Q(("category", "RETIREMENT"), ("granted__gte", models.F("asked"))),
                    models.Q(("granted", models.F("asked")), models.Q(("category", "RETIREMENT"), _negated=True)),
                    _connector="OR",
                ),
                name="withdrawals_withdrawal_granted",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_on__isnull", False),
                        ("granted__isnull", False),
                        ("payment__isnull", False),
                        ("status__in", ["APPROVED", "PAID", "RETURNED", "UNDONE"]),
                        ("voucher__isnull", False),
                    ),
                    models.Q(
                        models.Q(("status__in", ["APPROVED", "PAID", "RETURNED", "UNDONE"]), _negated=True),
                        ("granted", None),
                        ("payment", None),
                        ("voucher", None),
                    ),
                    _connector="OR",
                ),
                name="withdrawals_withdrawal_paid_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("came_back_on__isnull", False),
                        ("status__in", ["RETURNED", "UNDONE"]),
                        ("undo_voucher__isnull", False),
                    ),
                    models.Q(
                        models.Q(("status__in", ["RETURNED", "UNDONE"]), _negated=True),
                        ("came_back_on", None),
                        ("undo_voucher", None),
                    ),
                    _connector="OR",
                ),
                name="withdrawals_withdrawal_came_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "SUBMITTED"), _negated=True), ("decided_on", None), _connector="OR"
                ),
                name="withdrawals_withdrawal_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["REFUSED", "SENT_BACK"]), _negated=True),
                    models.Q(models.Q(("refusal", ""), _negated=True), ("decided_on__isnull", False)),
                    _connector="OR",
                ),
                name="withdrawals_withdrawal_refused_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case", None), ("decided_by", "INSTANT")),
                    models.Q(("case__isnull", False), ("decided_by", "PEOPLE")),
                    _connector="OR",
                ),
                name="withdrawals_withdrawal_decided_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("category", "RETIREMENT"), ("closed_from", ""), _connector="OR"),
                name="withdrawals_withdrawal_closes",
            ),
        ),
        migrations.AddIndex(
            model_name="use",
            index=models.Index(
                condition=models.Q(("released_on", None)),
                fields=["kind", "person_index"],
                name="withdrawals_use_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_on", None)),
                fields=("kind", "key_index", "person_index", "slot"),
                name="withdrawals_use_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["RENT_MONTH", "HOUSE", "LOAN_MONTH"])), name="withdrawals_use_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "HOUSE"), ("slot", "")),
                    models.Q(models.Q(("kind", "HOUSE"), _negated=True), ("slot__regex", "^[0-9]{4}-(0[1-9]|1[0-2])$")),
                    _connector="OR",
                ),
                name="withdrawals_use_slot",
            ),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gte", 0),
                    models.Q(
                        models.Q(("declared", None), ("kind", "RENT_MONTH")),
                        ("declared__gte", models.F("amount")),
                        _connector="OR",
                    ),
                ),
                name="withdrawals_use_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="undoing",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="withdrawals_undoing_why"
            ),
        ),
    ]
