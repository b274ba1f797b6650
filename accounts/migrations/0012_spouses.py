import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_ban_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Spouse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="配偶姓名")),
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
                ("since", models.DateField(verbose_name="结婚日期")),
                ("evidence", models.CharField(max_length=200, verbose_name="依据材料及编号")),
                ("until", models.DateField(null=True, verbose_name="婚姻终止日期")),
                (
                    "end_evidence",
                    models.CharField(db_default="", default="", max_length=200, verbose_name="终止依据材料及编号"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spouses",
                        to="accounts.member",
                        verbose_name="职工",
                    ),
                ),
            ],
            options={
                "verbose_name": "配偶",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)), fields=("member",), name="accounts_spouse_one_open"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("id_index", "certificate_type"),
                        name="accounts_spouse_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certificate_type__in", ["01", "02", "03", "04", "99"])),
                        name="accounts_spouse_certificate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("evidence", ""), _negated=True), name="accounts_spouse_evidence"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_evidence", ""), ("until", None)),
                            models.Q(("until__gte", models.F("since")), models.Q(("end_evidence", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="accounts_spouse_ended",
                    ),
                ],
            },
        ),
    ]
