"""The values a new centre starts with: first_terms.csv beside this file, one row for each value and its first day.

A value holds until the next one of the same name begins.
"""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

from django.db import migrations

FIRST_TERMS = Path(__file__).with_name("first_terms.csv")


def add_first_terms(apps, schema_editor):
    Term = apps.get_model("policy", "Term")
    with FIRST_TERMS.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["name"], row["valid_from"]))
    terms = [
        Term(
            name=row["name"],
            value=row["value"],
            valid_from=date.fromisoformat(row["valid_from"]),
            document=row["document"],
            source=row["source"],
            to_confirm=row["to_confirm"] == "yes",
            note=row["note"],
        )
        for row in rows
    ]
    for term, following in pairwise(terms):
        if following.name == term.name:
            term.valid_to = following.valid_from
    Term.objects.using(schema_editor.connection.alias).bulk_create(terms)


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_no_overlap")]

    operations = [migrations.RunPython(add_first_terms)]
