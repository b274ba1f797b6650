from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_freeze_guards"),
        ("ledger", "0007_holds"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="memberaccount",
            name="accounts_memberaccount_status",
        ),
        migrations.AlterField(
            model_name="memberaccount",
            name="status",
            field=models.CharField(
                choices=[
                    ("01", "正常"),
                    ("02", "封存"),
                    ("03", "合并销户"),
                    ("04", "外部转出销户"),
                    ("05", "提取销户"),
                ],
                default="01",
                max_length=2,
                verbose_name="状态",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["01", "02", "03", "04", "05"])), name="accounts_memberaccount_status"
            ),
        ),
    ]
