from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("deposits", "0009_refund_kinds_and_guards"), ("banking", "0007_moves")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))]
