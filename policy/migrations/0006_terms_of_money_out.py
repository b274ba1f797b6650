"""A database from before withdrawals were built receives their parameters."""

from django.db import migrations

from policy.migrations._first_terms import add_unheard_of


class Migration(migrations.Migration):
    dependencies = [("policy", "0005_enact_term")]

    operations = [migrations.RunPython(add_unheard_of)]
