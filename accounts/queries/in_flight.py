"""What the rooms above have under way for an employer 在途业务, so that it neither rests nor ends meanwhile.

A room that starts something for an employer registers here, in its `checks.py`, the question that finds what is not
finished: one SQL statement. This room asks them all; it knows none.
"""

from django.db import connection
from django.utils.module_loading import autodiscover_modules

from accounts.models import Employer

REGISTER: dict[str, str] = {}


def question(title: str, sql: str) -> None:
    """Register what finds the unfinished business of one sort 登记在途业务.

    The SQL answers one text column, a sentence for each finding, and uses %(employer)s, the employer's key.
    """
    if title in REGISTER:
        raise ValueError(f"two questions are called {title}")
    REGISTER[title] = sql


def in_flight(employer: Employer) -> list[str]:
    """The unfinished business of an employer, a sentence each 在途业务; empty when there is none."""
    autodiscover_modules("checks")
    found: list[str] = []
    for title in sorted(REGISTER):
        with connection.cursor() as cursor:
            cursor.execute(REGISTER[title], {"employer": employer.pk})
            found += [sentence for (sentence,) in cursor.fetchall()]
    return found
