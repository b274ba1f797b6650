"""Books to test on: a first day, two kinds of voucher of the tests' own, and accounts of every sort."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from access.models import User
from ledger.actions import days, opening, posting
from ledger.models import LedgerAccount
from ledger.states import AccountKind

DAY = date(2026, 3, 2)
NEXT_DAY = date(2026, 3, 3)
BRANCH = 1
PLAIN = "tests.plain"
NIGHT = "tests.night"
TURN = "tests.turn"


@contextmanager
def as_owner() -> Iterator[None]:
    """Act as the owner of the tables, who could do what the application's role cannot."""
    with connection.cursor() as cursor:
        cursor.execute("reset role")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("set role hpf_app")


def run(sql: str, *params: object) -> list[tuple]:
    """One statement in a savepoint of its own, so that a refusal spoils nothing else."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall() if cursor.description else []


def open_books(day: date = DAY) -> None:
    """The first business day, and kinds of voucher for acts that no room owns."""
    days.open_first(day)
    with as_owner():
        run(
            "insert into ledger_voucherkind (code, name, at_day_end, turns_year) values"
            " (%s, '测试', false, false), (%s, '测试日终', true, false), (%s, '测试结转', true, true)",
            PLAIN, NIGHT, TURN,
        )  # fmt: skip


def actor() -> User:
    return User.objects.get(username="night")


def members(count: int, day: date = DAY) -> list[int]:
    return opening.open_accounts(AccountKind.MEMBER, [BRANCH] * count, on=day)


def bank(day: date = DAY) -> int:
    return opening.open_accounts(AccountKind.BANK, [BRANCH], on=day)[0]


def yuan(amount: str | int) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def pay_in(source: object, from_: int, to: int, amount: str | int, *, on: date = DAY, kind: str = PLAIN) -> int:
    """Money from an internal account to a member's: Dr `from_`, Cr `to`."""
    with transaction.atomic():
        lines = [posting.debit(from_, yuan(amount)), posting.credit(to, yuan(amount))]
        return posting.post(kind, source, lines, by=actor(), on=on)


def pay_out(source: object, from_: int, to: int, amount: str | int, *, on: date = DAY) -> int:
    """Money from a member's account to an internal one: Dr `from_`, Cr `to`."""
    return pay_in(source, from_, to, amount, on=on)


def account(key: int) -> LedgerAccount:
    return LedgerAccount.objects.get(pk=key)
