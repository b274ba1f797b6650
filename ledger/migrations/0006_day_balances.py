"""What was moved up to the end of each closed day 累计发生额, so that a trial balance reads two days of any period."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import ledger.models

BALANCES = (Path(__file__).parent / "sql" / "day_balances.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_move_savings")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BALANCES)],
            state_operations=[
                migrations.CreateModel(
                    name="DayBalance",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "day",
                                "chart_id",
                                "branch_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("day", models.DateField(verbose_name="会计日")),
                        ("debited", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="借方累计")),
                        ("credited", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="贷方累计")),
                        (
                            "branch",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="access.branch",
                                verbose_name="网点",
                            ),
                        ),
                        (
                            "chart",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.chartaccount",
                                verbose_name="科目",
                            ),
                        ),
                    ],
                    options={"verbose_name": "累计发生额"},
                ),
            ],
        ),
    ]
