"""Holds on accounts, payouts and their undoing 占用、支取与冲回, with the kind of voucher that reverses others 红冲."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_day_balances"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL((SQL / name).read_text(encoding="utf-8")) for name in ("holds.sql", "payouts.sql")
            ],
            state_operations=[
                migrations.CreateModel(
                    name="PaidOut",
                    fields=[
                        (
                            "voucher",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="paid_out",
                                serialize=False,
                                to="ledger.voucher",
                                verbose_name="凭证",
                            ),
                        ),
                        ("paid_on", models.DateField(verbose_name="支取日期")),
                        ("amount", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="支取金额")),
                        ("interest", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="销户利息")),
                        ("closes", models.BooleanField(verbose_name="销户")),
                        (
                            "carried_taken",
                            ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="支取上年结转"),
                        ),
                        (
                            "current_taken",
                            ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="支取当年归集"),
                        ),
                        (
                            "carried",
                            ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="支取前上年结转"),
                        ),
                        (
                            "current",
                            ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="支取前当年归集"),
                        ),
                        (
                            "carried_number",
                            ledger.models.Money(decimal_places=2, max_digits=24, verbose_name="支取前上年结转积数"),
                        ),
                        (
                            "current_number",
                            ledger.models.Money(decimal_places=2, max_digits=24, verbose_name="支取前当年归集积数"),
                        ),
                        ("counted_to", models.DateField(verbose_name="支取前积数计至")),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="payouts",
                                to="ledger.ledgeraccount",
                                verbose_name="分户账",
                            ),
                        ),
                        (
                            "interest_account",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.ledgeraccount",
                                verbose_name="利息分户账",
                            ),
                        ),
                        (
                            "to_account",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ledger.ledgeraccount",
                                verbose_name="转入分户账",
                            ),
                        ),
                        (
                            "undone_by",
                            models.OneToOneField(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="undoes",
                                to="ledger.voucher",
                                verbose_name="冲回凭证",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "支取",
                        "db_table": "ledger_payout",
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("kind", models.TextField(verbose_name="占用类别")),
                        ("source", models.TextField(verbose_name="业务来源")),
                        (
                            "purpose",
                            models.TextField(choices=[("SPEND", "支取占用"), ("FREEZE", "冻结")], verbose_name="用途"),
                        ),
                        (
                            "amount",
                            ledger.models.Money(decimal_places=2, max_digits=18, null=True, verbose_name="金额"),
                        ),
                        ("covered", ledger.models.Money(decimal_places=2, max_digits=18, verbose_name="已占用金额")),
                        ("placed_on", models.DateField(verbose_name="占用日期")),
                        ("placed_at", models.DateTimeField(verbose_name="占用时间")),
                        ("released_on", models.DateField(null=True, verbose_name="解除日期")),
                        ("released_at", models.DateTimeField(null=True, verbose_name="解除时间")),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="holds",
                                to="ledger.ledgeraccount",
                                verbose_name="分户账",
                            ),
                        ),
                        (
                            "placed_by",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="经办",
                            ),
                        ),
                        (
                            "released_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="解除经办",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "占用",
                        "constraints": [models.UniqueConstraint(fields=("kind", "source"), name="ledger_hold_once")],
                    },
                ),
            ],
        ),
    ]
