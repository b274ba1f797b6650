"""Using up and freeing limits of a household 额度占用与释放, inside the act of a withdrawal."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import connection

from accounts.queries.spouses import household_of
from hpf.money import ZERO
from withdrawals import queries, rules
from withdrawals.models import Use, Withdrawal
from withdrawals.rules import Question
from withdrawals.states import UseKind


def hold_household(wish: queries.Wish) -> None:
    """Let nobody else of the household count on the same limit until the transaction ends 家庭额度加锁.

    What a quote reads of a house, a loan or a month of rent must still be so when it is used up.
    """
    keys = {*household_of(wish.account.member), queries.subject_index(wish.particulars)} - {b""}
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"withdrawals.use|{key.hex()}"])


def take(withdrawal: Withdrawal, question: Question, amount: Decimal) -> None:
    """Write down what a withdrawal uses up 占用额度 (R-619)."""
    Use.objects.bulk_create(_uses(withdrawal, question, amount))


def release(withdrawal: Withdrawal, *, on: date) -> None:
    """Free what a withdrawal had used up 释放额度."""
    withdrawal.uses.filter(released_on=None).update(released_on=on)


def _uses(withdrawal: Withdrawal, question: Question, amount: Decimal) -> Iterable[Use]:
    particulars, own = question.particulars, bytes(withdrawal.member.id_index)
    if isinstance(particulars, rules.Rent):
        for person in household_of(withdrawal.member):
            for month in particulars.months:
                yield Use(
                    withdrawal=withdrawal,
                    kind=UseKind.RENT_MONTH,
                    key_index=person,
                    person_index=person,
                    slot=str(month),
                    amount=ZERO,
                )
    elif isinstance(particulars, rules.Purchase):
        yield Use(
            withdrawal=withdrawal,
            kind=UseKind.HOUSE,
            key_index=withdrawal.subject_index,
            person_index=own,
            amount=amount,
            declared=particulars.price,
        )
    elif isinstance(particulars, rules.Repayment):
        shares = rules.shares_of(amount, rules.left_of(particulars, question.history.used_of))
        for month, share in shares.items():
            yield Use(
                withdrawal=withdrawal,
                kind=UseKind.LOAN_MONTH,
                key_index=withdrawal.subject_index,
                person_index=own,
                slot=str(month),
                amount=share,
                declared=particulars.repaid[month],
            )
