from django.db import migrations

# code, name, at day end, turns the year
KINDS = [
    ("deposits.identification", "到账认领", False, False),
    ("deposits.remittance", "汇缴分配", False, False),
    ("deposits.interest_accrual", "利息计提", True, False),
    ("deposits.interest_settlement", "年度结息", True, True),
]


def add_kinds(apps, schema_editor):
    kind = apps.get_model("ledger", "VoucherKind")
    kind.objects.using(schema_editor.connection.alias).bulk_create(
        kind(code=code, name=name, at_day_end=at_day_end, turns_year=turns_year)
        for code, name, at_day_end, turns_year in KINDS
    )


class Migration(migrations.Migration):
    dependencies = [("deposits", "0001_remittances_and_sheets"), ("ledger", "0002_chart")]
    operations = [
        migrations.RunPython(add_kinds, migrations.RunPython.noop),
        # The serial of a payment reference 缴款识别号: ten digits.
        migrations.RunSQL(
            "create sequence deposits_remittance_references as bigint maxvalue 9999999999;"
            # A list is written once, with its remittance.
            "revoke update, delete on deposits_remittanceline, deposits_identification from hpf_app;",
            "drop sequence deposits_remittance_references;",
        ),
    ]
