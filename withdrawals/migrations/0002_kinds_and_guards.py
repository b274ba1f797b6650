"""Kinds of voucher for money that is withdrawn and that comes back, and what the application may change of its rows."""

from django.db import migrations

GUARDS = """
revoke update, delete on withdrawals_withdrawal, withdrawals_undoing, withdrawals_use, withdrawals_inquiry from hpf_app;
grant update (status, granted, interest, decided_on, refusal, closed_from, voucher, payment_id, came_back_on,
    undo_voucher, quote) on withdrawals_withdrawal to hpf_app;
grant update (released_on) on withdrawals_use to hpf_app;
-- A withdrawal's row is written again at each of its moves: room on the page keeps that cheap.
alter table withdrawals_withdrawal set (fillfactor = 70);
"""


def fill(apps, schema_editor):
    kind = apps.get_model("ledger", "VoucherKind")
    kind.objects.using(schema_editor.connection.alias).bulk_create(
        kind(code=code, name=name, at_day_end=False, turns_year=False)
        for code, name in [("withdrawals.withdrawal", "提取"), ("withdrawals.return", "提取退回")]
    )


class Migration(migrations.Migration):
    dependencies = [("withdrawals", "0001_withdrawals"), ("ledger", "0007_holds")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
