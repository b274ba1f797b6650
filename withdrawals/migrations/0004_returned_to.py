import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Where the money came back to, where the account it left has ended since."""

    dependencies = [("withdrawals", "0003_proofs"), ("ledger", "0007_holds")]

    operations = [
        migrations.AddField(
            "withdrawal",
            "returned_to",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.ledgeraccount",
                verbose_name="退回的分户账",
            ),
        ),
        migrations.AddConstraint(
            "withdrawal",
            models.CheckConstraint(
                condition=models.Q(
                    ("returned_to", None),
                    models.Q(
                        ("status__in", ["RETURNED", "UNDONE"]),
                        models.Q(("returned_to", models.F("ledger_account")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="withdrawals_withdrawal_returned_to",
            ),
        ),
        migrations.RunSQL(
            "grant update (returned_to_id) on withdrawals_withdrawal to hpf_app;", migrations.RunSQL.noop
        ),
    ]
