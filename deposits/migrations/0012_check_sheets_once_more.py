from django.db import migrations

# Rows are kept with what they need to be mended and compared: the next minute finds it on the sheets that are open.
CHECK_AGAIN = """
delete from deposits_sheetpart;
update deposits_sheet set status = 'WAITING', done_count = 0 where status = 'CHECKED';
"""


class Migration(migrations.Migration):
    dependencies = [("deposits", "0011_sheet_mends")]
    operations = [migrations.RunSQL(CHECK_AGAIN, migrations.RunSQL.noop)]
