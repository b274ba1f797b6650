from django.db import migrations

# An employer's number begins with 1, a member account's with 2, ten digits each: no leading zero for a spreadsheet
# to drop, and neither is taken for a mobile number or a certificate. Sequences make nobody wait.
NUMBERS = """
create sequence accounts_employer_numbers as bigint start 1000000001 minvalue 1000000001 maxvalue 1999999999;
create sequence accounts_member_numbers as bigint start 2000000001 minvalue 2000000001 maxvalue 2999999999;
"""
BACK = "drop sequence accounts_employer_numbers; drop sequence accounts_member_numbers;"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_employers_and_members")]
    operations = [migrations.RunSQL(NUMBERS, BACK)]
