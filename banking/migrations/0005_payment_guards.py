from django.db import migrations


def fill(apps, schema_editor):
    """Kinds of voucher for money that leaves, and for money that comes back 付款、付款退回."""
    kind = apps.get_model("ledger", "VoucherKind")
    kind.objects.using(schema_editor.connection.alias).bulk_create(
        kind(code=code, name=name, at_day_end=False, turns_year=False)
        for code, name in [("banking.payment", "付款"), ("banking.payment_return", "付款退回")]
    )


class Migration(migrations.Migration):
    dependencies = [("banking", "0004_payments"), ("ledger", "0002_chart")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        # What is to be paid, to whom and how much stays as it was ordered; what a bank said, as it was said; and an
        # event as it was written. The application adds, and moves what moves.
        migrations.RunSQL(
            "revoke update, delete on banking_payment, banking_paymentresult, banking_ruling, banking_event,"
            " banking_delivery from hpf_app;"
            "grant update (status, sendings, sent_at, answer_by, bank_serial, succeeded_on, success_voucher,"
            " returned_on, return_voucher, failure_code, taken_back_on) on banking_payment to hpf_app;"
            "grant update (status, refusal) on banking_paymentresult to hpf_app;"
            "grant update (status, attempts, next_at, last_error, ended_at) on banking_delivery to hpf_app;"
            "revoke delete on banking_webhook from hpf_app;"
            # A payment's row is written again at each of its moves: room on the page keeps that cheap.
            "alter table banking_payment set (fillfactor = 70);"
            "alter table banking_delivery set (fillfactor = 80);",
            migrations.RunSQL.noop,
        ),
    ]
