from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("withdrawals", "0005_moves"), ("approvals", "0008_sending_up_guards")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))]
