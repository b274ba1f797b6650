from pathlib import Path

from django.db import migrations


def add_kind(apps, schema_editor):
    kind = apps.get_model("ledger", "VoucherKind")
    kind.objects.using(schema_editor.connection.alias).create(
        code="accounts.transfer", name="同城转移", at_day_end=False, turns_year=False
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_append_only"),
        ("approvals", "0002_guards"),
        ("ledger", "0005_move_savings"),
    ]

    operations = [
        migrations.RunPython(add_kind, migrations.RunPython.noop),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")),
    ]
