from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0010_refund_moves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="sheet",
            name="differences",
            field=models.JSONField(default=list, verbose_name="与上月相比"),
        ),
        migrations.AddField(
            model_name="sheet",
            name="last_row",
            field=models.IntegerField(db_default=0, default=0, verbose_name="最后一行行号"),
        ),
        migrations.AddField(
            model_name="sheet",
            name="mended_count",
            field=models.IntegerField(db_default=0, default=0, verbose_name="页面更正的行数"),
        ),
        migrations.AddField(
            model_name="sheetpart",
            name="differences",
            field=models.JSONField(default=dict, verbose_name="各类变动的行数"),
        ),
        migrations.CreateModel(
            name="SheetMend",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "sheet_id", "row", "turn", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("row", models.IntegerField(verbose_name="行号")),
                ("turn", models.IntegerField(verbose_name="第几次更正")),
                ("left_out", models.BooleanField(verbose_name="不列入")),
                ("cells_sealed", models.BinaryField(verbose_name="更正后的内容(密文)")),
                (
                    "mended_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="更正时间"),
                ),
                (
                    "mended_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="更正人",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mends",
                        to="deposits.sheet",
                        verbose_name="汇缴清册",
                    ),
                ),
            ],
            options={
                "verbose_name": "清册更正",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("turn__gt", 0)), name="deposits_sheetmend_turn")
                ],
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")),
    ]
