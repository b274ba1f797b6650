"""The night in shards 日终分片: lease, fence and record in one row, and the orders of an operator."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

SHARDS = (Path(__file__).parent / "sql" / "shards.sql").read_text(encoding="utf-8")
STATUSES = [("WAITING", "待办理"), ("RUNNING", "执行中"), ("DONE", "已完成"), ("FAILED", "失败")]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_chart"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SHARDS)],
            state_operations=[
                migrations.RenameModel("DayStep", "StepShard"),
                migrations.AlterModelOptions("StepShard", {"verbose_name": "日终分片"}),
                migrations.AlterField(
                    "StepShard",
                    "day",
                    models.ForeignKey(
                        db_column="day",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shards",
                        to="ledger.businessday",
                        verbose_name="会计日",
                    ),
                ),
                migrations.AlterField("StepShard", "status", models.TextField(choices=STATUSES, verbose_name="状态")),
                migrations.AlterField(
                    "StepShard", "started_at", models.DateTimeField(null=True, verbose_name="开始时间")
                ),
                migrations.AddField("StepShard", "shard", models.TextField(default="all", verbose_name="分片")),
                migrations.AddField("StepShard", "holder", models.TextField(default="", verbose_name="执行者")),
                migrations.AddField("StepShard", "token", models.BigIntegerField(default=1, verbose_name="令牌")),
                migrations.AddField("StepShard", "attempt", models.IntegerField(default=1, verbose_name="次数")),
                migrations.AddField(
                    "StepShard", "leased_until", models.DateTimeField(null=True, verbose_name="租约到期")
                ),
                migrations.AddField("StepShard", "beat_at", models.DateTimeField(null=True, verbose_name="最近心跳")),
                migrations.AddField("StepShard", "expected", models.IntegerField(default=0, verbose_name="应办笔数")),
                migrations.AddField("StepShard", "done", models.IntegerField(default=0, verbose_name="已办笔数")),
                migrations.AddField("StepShard", "posts", models.TextField(default="", verbose_name="凭证类别")),
                migrations.AddField("StepShard", "checksum", models.TextField(default="", verbose_name="校验值")),
                migrations.AddConstraint(
                    "StepShard",
                    models.UniqueConstraint(fields=["day", "step", "shard"], name="ledger_stepshard_once"),
                ),
                migrations.CreateModel(
                    name="NightOrder",
                    fields=[
                        (
                            "day",
                            models.OneToOneField(
                                db_column="day",
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="order",
                                serialize=False,
                                to="ledger.businessday",
                                verbose_name="会计日",
                            ),
                        ),
                        ("at", models.DateTimeField(db_default=Now(), verbose_name="下达时间")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="经办",
                            ),
                        ),
                    ],
                    options={"verbose_name": "日终指令"},
                ),
            ],
        ),
    ]
