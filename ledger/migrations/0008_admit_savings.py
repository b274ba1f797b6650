"""Savings move again as soon as the night has settled their interest, not only when the day is closed."""

from pathlib import Path

from django.db import migrations

ADMIT = (Path(__file__).parent / "sql" / "admit.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_holds")]
    operations = [migrations.RunSQL(ADMIT)]
