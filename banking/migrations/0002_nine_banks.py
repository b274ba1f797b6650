from django.db import migrations

# Codes, and the numbers of the accounts, are ours until the centre has confirmed them.
BANKS = [
    ("102", "工商银行"),
    ("103", "农业银行"),
    ("104", "中国银行"),
    ("105", "建设银行"),
    ("301", "交通银行"),
    ("403", "邮储银行"),
    ("402", "内江农商银行"),
    ("313", "成都银行"),
    ("314", "四川银行"),
]
OPENED_ON = "2000-01-01"  # before any business day, so that no history of the centre begins without them


def fill(apps, schema_editor):
    """The entrusted banks 受托银行, each with one collection account 归集专户 of the head office."""
    owner = schema_editor.connection.alias
    bank, account = apps.get_model("banking", "Bank"), apps.get_model("banking", "BankAccount")
    kind = apps.get_model("ledger", "VoucherKind")
    kind.objects.using(owner).create(code="banking.receipt", name="到账入账", at_day_end=False, turns_year=False)
    banks = bank.objects.using(owner).bulk_create([bank(code=code, name=name) for code, name in BANKS])
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "select ledger_open_accounts('BANK', '10101', array_fill(0::smallint, array[%s]), %s)",
            [len(banks), OPENED_ON],
        )
        ledger_accounts = [number for (number,) in cursor.fetchall()]
    account.objects.using(owner).bulk_create(
        account(
            bank=one,
            number=f"5110{one.code}0000000001",
            name="内江市住房公积金管理中心",
            purpose="COLLECTION",
            ledger_account_id=ledger_account,
        )
        for one, ledger_account in zip(banks, ledger_accounts, strict=True)
    )


class Migration(migrations.Migration):
    dependencies = [("banking", "0001_banks_and_receipts"), ("ledger", "0002_chart")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        # What a bank reported stays as it was reported: the application adds, and only moves what is unclaimed.
        migrations.RunSQL(
            "revoke insert, update, delete on banking_bank, banking_bankaccount from hpf_app;"
            "grant update (client_id) on banking_bank to hpf_app;"
            "revoke update, delete on banking_receipt, banking_refusednotice from hpf_app;"
            "grant update (voucher_id, unclaimed) on banking_receipt to hpf_app;"
            # The row of a receipt is written again at once with its voucher: room on the page keeps that cheap.
            "alter table banking_receipt set (fillfactor = 80);",
            migrations.RunSQL.noop,
        ),
    ]
