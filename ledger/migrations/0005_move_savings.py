from pathlib import Path

from django.db import migrations

TRANSFER = (Path(__file__).parent / "sql" / "transfer.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_post_batch")]
    operations = [migrations.RunSQL(TRANSFER, "drop function ledger_move_savings")]
