"""What the centre starts with, from first_terms.csv beside this file: one row for each value and its first day.

A value holds until the next one of the same name begins. A name that is in force keeps what it has: an existing
database receives only the parameters it has never heard of, so a later migration can ask again when the file grew.
"""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

FIRST_TERMS = Path(__file__).with_name("first_terms.csv")


def add_unheard_of(apps, schema_editor):
    """Enter the first values of every parameter that has none."""
    Term = apps.get_model("policy", "Term")
    entered = Term.objects.using(schema_editor.connection.alias)
    known = set(entered.values_list("name", flat=True))
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
        if row["name"] not in known
    ]
    for term, following in pairwise(terms):
        if following.name == term.name:
            term.valid_to = following.valid_from
    entered.bulk_create(terms)
