from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0005_papers_and_deputies")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))]
