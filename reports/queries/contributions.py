"""What many members contribute a month 月缴存额 (R-101 to R-103), computed by the database over any number of accounts.

It is `deposits.rules.contribution` as an expression; a test compares the two.
"""

from decimal import Decimal

from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Least, Round

from accounts.models import Employer, MemberAccount
from accounts.states import EmployerStatus, MemberAccountStatus
from ledger.models import Money
from policy.queries import DepositTerms

PERCENT = Decimal("0.01")
PAYING = (EmployerStatus.OPENED, EmployerStatus.NORMAL)
ACTIVE = Q(status=MemberAccountStatus.NORMAL)


def paying_accounts(employers: QuerySet[Employer]) -> QuerySet[MemberAccount]:
    """The accounts some employers pay for 应缴职工: active ones of employers that contribute."""
    return MemberAccount.objects.filter(ACTIVE, employer__in=employers.filter(status__in=PAYING)).order_by()


def due(terms: DepositTerms) -> Combinable:
    """A member account's contribution of a month under some terms 月缴存额: both sides' parts, each rounded by itself.

    The base is held between floor and cap, a ratio between its limits: outside them no list is accepted.
    """
    return _part("employer_ratio", terms) + _part("member_ratio", terms)


def _part(ratio: str, terms: DepositTerms) -> Round:
    base, percent = _within("base", terms.floor, terms.cap), _within(ratio, terms.ratio_min, terms.ratio_max)
    places = -int(terms.round_unit.as_tuple().exponent)
    return Round(base * percent * Value(PERCENT), places, output_field=Money())


def _within(field: str, least: Decimal, most: Decimal) -> Least:
    number = Money()
    return Least(Greatest(F(field), Value(least), output_field=number), Value(most), output_field=number)
