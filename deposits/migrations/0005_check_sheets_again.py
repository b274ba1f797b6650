from django.db import migrations

# What was found on them went with the old column; the next minute finds it again.
CHECK_AGAIN = "update deposits_sheet set status = 'WAITING', done_count = 0 where status = 'CHECKED'"


class Migration(migrations.Migration):
    dependencies = [("deposits", "0004_sheet_parts")]
    operations = [migrations.RunSQL(CHECK_AGAIN, migrations.RunSQL.noop)]
