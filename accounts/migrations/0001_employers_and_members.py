import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0003_branches_and_night"),
        ("ledger", "0002_chart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Employer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="单位账号")),
                ("name", models.CharField(max_length=200, verbose_name="单位名称")),
                ("credit_code", models.CharField(max_length=18, unique=True, verbose_name="统一社会信用代码")),
                (
                    "status",
                    models.CharField(
                        choices=[("02", "开户"), ("01", "正常"), ("03", "缓缴"), ("05", "封存"), ("04", "销户")],
                        default="02",
                        max_length=2,
                        verbose_name="状态",
                    ),
                ),
                ("pay_day", models.SmallIntegerField(verbose_name="发薪日")),
                ("employer_ratio", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="单位缴存比例")),
                ("member_ratio", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="个人缴存比例")),
                ("paid_to", models.CharField(max_length=7, null=True, verbose_name="缴至年月")),
                ("opened_on", models.DateField(verbose_name="开户日期")),
                ("contact_name", models.CharField(max_length=120, verbose_name="联系人")),
                ("contact_mobile_sealed", models.TextField(verbose_name="联系人手机号(密文)")),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="access.branch", verbose_name="管理部"
                    ),
                ),
                (
                    "unallocated",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.ledgeraccount",
                        verbose_name="单位暂存款",
                    ),
                ),
            ],
            options={
                "verbose_name": "单位",
            },
        ),
        migrations.CreateModel(
            name="Handler",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(verbose_name="任职日期")),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handlers",
                        to="accounts.employer",
                        verbose_name="单位",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handler",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "单位经办人",
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="姓名")),
                (
                    "certificate_type",
                    models.CharField(
                        choices=[
                            ("01", "身份证"),
                            ("02", "军官证"),
                            ("03", "护照"),
                            ("04", "外国人永久居留证"),
                            ("99", "其他"),
                        ],
                        max_length=2,
                        verbose_name="证件类型",
                    ),
                ),
                ("id_number_sealed", models.TextField(verbose_name="证件号码(密文)")),
                ("id_index", models.BinaryField(verbose_name="证件号码索引")),
                ("birth_date", models.DateField(null=True, verbose_name="出生日期")),
                (
                    "sex",
                    models.CharField(choices=[("1", "男"), ("2", "女")], max_length=1, null=True, verbose_name="性别"),
                ),
                ("mobile_sealed", models.TextField(default="", verbose_name="手机号(密文)")),
                ("mobile_index", models.BinaryField(null=True, verbose_name="手机号索引")),
                ("card_sealed", models.TextField(default="", verbose_name="银行卡号(密文)")),
                ("card_index", models.BinaryField(null=True, verbose_name="银行卡号索引")),
                ("card_bank", models.CharField(default="", max_length=120, verbose_name="银行卡开户银行")),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "缴存职工",
            },
        ),
        migrations.CreateModel(
            name="MemberAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="个人账号")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("01", "正常"),
                            ("02", "封存"),
                            ("06", "冻结"),
                            ("03", "合并销户"),
                            ("04", "外部转出销户"),
                            ("05", "提取销户"),
                        ],
                        default="01",
                        max_length=2,
                        verbose_name="状态",
                    ),
                ),
                ("base", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="缴存基数")),
                ("employer_ratio", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="单位缴存比例")),
                ("member_ratio", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="个人缴存比例")),
                ("opened_on", models.DateField(verbose_name="开户日期")),
                ("first_month", models.CharField(max_length=7, verbose_name="首次缴存年月")),
                ("sealed_on", models.DateField(null=True, verbose_name="封存日期")),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_accounts",
                        to="accounts.employer",
                        verbose_name="单位",
                    ),
                ),
                (
                    "ledger_account",
                    models.OneToOneField(
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
                        related_name="member_accounts",
                        to="accounts.member",
                        verbose_name="职工",
                    ),
                ),
            ],
            options={
                "verbose_name": "个人账户",
            },
        ),
        migrations.CreateModel(
            name="PayingAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_number_sealed", models.TextField(verbose_name="账号(密文)")),
                ("account_index", models.BinaryField(verbose_name="账号索引")),
                ("bank_name", models.CharField(max_length=120, verbose_name="开户银行")),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paying_accounts",
                        to="accounts.employer",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "单位付款账户",
            },
        ),
        migrations.AddIndex(
            model_name="employer",
            index=models.Index(fields=["name"], name="accounts_employer_name", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="employer",
            index=models.Index(fields=["branch", "number"], name="accounts_employer_branch"),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^1[0-9]{9}$")), name="accounts_employer_number_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["02", "01", "03", "05", "04"])), name="accounts_employer_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(("pay_day__range", (1, 31))), name="accounts_employer_pay_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("employer_ratio__gt", 0),
                    ("employer_ratio__lte", 100),
                    ("member_ratio__gt", 0),
                    ("member_ratio__lte", 100),
                ),
                name="accounts_employer_ratios",
            ),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(("paid_to__regex", "^[0-9]{4}-(0[1-9]|1[0-2])$")), name="accounts_employer_paid_to"
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(fields=["name"], name="accounts_member_name", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(fields=["mobile_index"], name="accounts_member_mobile"),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(fields=("id_index", "certificate_type"), name="accounts_member_once"),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=models.Q(("certificate_type__in", ["01", "02", "03", "04", "99"])),
                name="accounts_member_certificate",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(condition=models.Q(("sex__in", ["1", "2"])), name="accounts_member_sex"),
        ),
        migrations.AddIndex(
            model_name="memberaccount",
            index=models.Index(fields=["employer", "number"], name="accounts_memberaccount_list"),
        ),
        migrations.AddConstraint(
            model_name="memberaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["03", "04", "05"]), _negated=True),
                fields=("member",),
                name="accounts_memberaccount_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^2[0-9]{9}$")), name="accounts_memberaccount_number_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="memberaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["01", "02", "06", "03", "04", "05"])),
                name="accounts_memberaccount_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberaccount",
            constraint=models.CheckConstraint(condition=models.Q(("base__gt", 0)), name="accounts_memberaccount_base"),
        ),
        migrations.AddConstraint(
            model_name="memberaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("employer_ratio__gt", 0),
                    ("employer_ratio__lte", 100),
                    ("member_ratio__gt", 0),
                    ("member_ratio__lte", 100),
                ),
                name="accounts_memberaccount_ratios",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("first_month__regex", "^[0-9]{4}-(0[1-9]|1[0-2])$")),
                name="accounts_memberaccount_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("sealed_on__gte", models.F("opened_on"))), name="accounts_memberaccount_sealed"
            ),
        ),
        migrations.AddIndex(
            model_name="payingaccount",
            index=models.Index(fields=["account_index"], name="accounts_payingaccount_index"),
        ),
        migrations.AddConstraint(
            model_name="payingaccount",
            constraint=models.UniqueConstraint(
                fields=("employer", "account_index"), name="accounts_payingaccount_once"
            ),
        ),
    ]
