from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_shards")]
    operations = [migrations.RunSQL((SQL / "batch.sql").read_text(encoding="utf-8"))]
