from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("withdrawals", "0004_returned_to"), ("banking", "0007_moves")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))]
