"""A till that posts without end, in a process of its own: it prints a number when its posting was acknowledged.

When the database is gone it tries the same number again, as a till would: whether the posting had stood is not known.
"""

import sys
import time
from decimal import Decimal

import django

django.setup()

from django.db import DatabaseError, connection, transaction  # noqa: E402

from ledger.actions import opening, posting  # noqa: E402
from ledger.models import LedgerAccount  # noqa: E402
from ledger.queries import open_day  # noqa: E402
from tests.ledger.books import actor  # noqa: E402


def post(number: str) -> bool:
    """Whether the posting is known to stand."""
    try:
        with transaction.atomic():
            day = open_day()
            member = LedgerAccount.objects.filter(kind="MEMBER").order_by("pk")[len(number) % 5].pk
            other = opening.internal("119", 0, on=day)
            lines = [posting.debit(other, Decimal(1)), posting.credit(member, Decimal(1))]
            posting.post("deposits.remittance", f"fault:{number}", lines, by=actor(), on=day)
    except posting.AlreadyPosted:
        return True
    except DatabaseError:
        connection.close()
        return False
    return True


if __name__ == "__main__":
    count = 1
    while True:
        number = f"{sys.argv[1]}-{count}"
        if post(number):
            print(number, flush=True)
            count += 1
        else:
            time.sleep(0.05)
