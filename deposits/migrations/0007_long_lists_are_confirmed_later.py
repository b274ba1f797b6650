import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_transfers_and_key_changes"),
        ("deposits", "0006_closed_takes_nothing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="sheet",
            name="deposits_sheet_status",
        ),
        migrations.RemoveIndex(
            model_name="sheet",
            name="deposits_sheet_waiting",
        ),
        migrations.AddField(
            model_name="sheet",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="确认人",
            ),
        ),
        migrations.AlterField(
            model_name="sheet",
            name="failure",
            field=models.TextField(default="", verbose_name="未办成的原因"),
        ),
        migrations.AlterField(
            model_name="sheet",
            name="status",
            field=models.CharField(
                choices=[
                    ("WAITING", "校验中"),
                    ("CHECKED", "已校验"),
                    ("CONFIRMING", "确认中"),
                    ("FAILED", "无法读取"),
                    ("CONFIRMED", "已确认"),
                    ("DISCARDED", "已作废"),
                ],
                default="WAITING",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AddIndex(
            model_name="sheet",
            index=models.Index(
                condition=models.Q(("status__in", ["WAITING", "CONFIRMING"])),
                fields=["id"],
                name="deposits_sheet_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["WAITING", "CHECKED", "CONFIRMING", "FAILED", "CONFIRMED", "DISCARDED"])
                ),
                name="deposits_sheet_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "CONFIRMING"), _negated=True), ("confirmed_by__isnull", False), _connector="OR"
                ),
                name="deposits_sheet_confirmed_by_somebody",
            ),
        ),
    ]
