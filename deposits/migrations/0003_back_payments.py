from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deposits", "0002_kinds_and_references")]

    operations = [
        migrations.RemoveConstraint(
            model_name="remittance",
            name="deposits_remittance_one_a_month",
        ),
        migrations.AddField(
            model_name="remittance",
            name="grounds",
            field=models.CharField(db_default="", default="", max_length=200, verbose_name="证明材料"),
        ),
        migrations.AddField(
            model_name="remittance",
            name="kind",
            field=models.CharField(
                choices=[("01", "汇缴"), ("02", "补缴")],
                db_default="01",
                default="01",
                max_length=2,
                verbose_name="类型",
            ),
        ),
        migrations.AddField(
            model_name="remittance",
            name="reason",
            field=models.CharField(
                choices=[("01", "漏缴职工"), ("02", "漏缴月份"), ("03", "基数或比例差额"), ("04", "中心责令补缴")],
                db_default="",
                default="",
                max_length=2,
                verbose_name="补缴原因",
            ),
        ),
        migrations.AddIndex(
            model_name="remittanceline",
            index=models.Index(fields=["member_account"], name="deposits_remittanceline_of"),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "01"), models.Q(("status", "CANCELLED"), _negated=True)),
                fields=("employer", "month"),
                name="deposits_remittance_one_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("grounds", ""), ("kind", "01"), ("reason", "")),
                    models.Q(("kind", "02"), ("reason__in", ["01", "02", "03", "04"])),
                    _connector="OR",
                ),
                name="deposits_remittance_kind",
            ),
        ),
    ]
