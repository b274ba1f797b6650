from django.db import migrations, models


class Migration(migrations.Migration):
    """Events get their place in a bank's list when they are first read, not from the transaction that wrote them."""

    dependencies = [("banking", "0005_payment_guards")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="banking_event_of_bank"),
        migrations.RemoveField(model_name="event", name="xid"),
        migrations.AddField(
            model_name="event",
            name="position",
            field=models.BigIntegerField(null=True, verbose_name="位次"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["bank", "position"], name="banking_event_of_bank"),
        ),
        migrations.RunSQL(
            "create sequence banking_event_positions as bigint;grant update (position) on banking_event to hpf_app;",
            "drop sequence banking_event_positions",
        ),
    ]
