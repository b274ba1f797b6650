from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0007_sending_up")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))]
