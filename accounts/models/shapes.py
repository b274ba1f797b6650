"""The shapes of numbers, months and ratios that the tables of this room share."""

from django.db import models
from django.db.models import Q

EMPLOYER_NUMBER = "^1[0-9]{9}$"
MEMBER_NUMBER = "^2[0-9]{9}$"
MONTH = "^[0-9]{4}-(0[1-9]|1[0-2])$"


def ratio(label: str) -> models.DecimalField:
    """A contribution ratio in percent 缴存比例: 12.00 is twelve percent."""
    return models.DecimalField(label, max_digits=5, decimal_places=2)


def is_percentage(*columns: str) -> Q:
    """Columns above 0 and at most 100; the narrower limits are parameters with a date."""
    condition = Q()
    for column in columns:
        condition &= Q(**{f"{column}__gt": 0, f"{column}__lte": 100})
    return condition
