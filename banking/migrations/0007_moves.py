from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("banking", "0006_event_positions"), ("approvals", "0004_route_guards")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))]
