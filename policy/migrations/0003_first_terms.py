from django.db import migrations

from policy.migrations._first_terms import add_unheard_of


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_no_overlap")]

    operations = [migrations.RunPython(add_unheard_of)]
