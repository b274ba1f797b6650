"""Kinds of voucher for money that is refunded and that comes back, and what the application may change of a refund."""

from django.db import migrations

GUARDS = """
revoke update, delete on deposits_refund from hpf_app;
grant update (status, decided_on, voucher, payment_id, came_back_on, return_voucher, ownerless, cleared_on)
    on deposits_refund to hpf_app;
"""


def fill(apps, schema_editor):
    kind = apps.get_model("ledger", "VoucherKind")
    kind.objects.using(schema_editor.connection.alias).bulk_create(
        kind(code=code, name=name, at_day_end=False, turns_year=False)
        for code, name in [("deposits.refund", "退款"), ("deposits.refund_return", "退款转回")]
    )


class Migration(migrations.Migration):
    dependencies = [("deposits", "0008_refunds"), ("ledger", "0007_holds")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
