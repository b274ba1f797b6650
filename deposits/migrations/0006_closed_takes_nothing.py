from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("deposits", "0005_check_sheets_again")]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))]
