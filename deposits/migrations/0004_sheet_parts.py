import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deposits", "0003_back_payments")]

    operations = [
        migrations.CreateModel(
            name="SheetPart",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "sheet_id", "place", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="deposits.sheet",
                        verbose_name="汇缴清册",
                    ),
                ),
                ("place", models.IntegerField(verbose_name="次序")),
                ("row_count", models.IntegerField(verbose_name="行数")),
                ("wrong_count", models.IntegerField(verbose_name="有错误的行数")),
                ("rows_sealed", models.BinaryField(verbose_name="校验结果(密文)")),
            ],
            options={
                "verbose_name": "清册分段",
            },
        ),
        migrations.RemoveField(
            model_name="sheet",
            name="rows_sealed",
        ),
        migrations.AddField(
            model_name="sheet",
            name="error_kinds",
            field=models.JSONField(default=list, verbose_name="错误分类"),
        ),
        migrations.AddField(
            model_name="sheet",
            name="leaver_count",
            field=models.IntegerField(default=0, verbose_name="封存人数"),
        ),
        migrations.AddField(
            model_name="sheet",
            name="missing_count",
            field=models.IntegerField(default=0, verbose_name="未列入人数"),
        ),
        migrations.AddField(
            model_name="sheet",
            name="mover_count",
            field=models.IntegerField(default=0, verbose_name="转入人数"),
        ),
        migrations.AddField(
            model_name="sheet",
            name="wrong_count",
            field=models.IntegerField(default=0, verbose_name="有错误的行数"),
        ),
    ]
