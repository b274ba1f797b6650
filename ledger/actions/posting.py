"""Posting 记账: the only way money is written.

A voucher is posted whole or not at all, and once: (kind, source) is its key. `post` takes a list of lines, for the acts
of one person; `post_query` takes a query of (account, side, amount), for the many. Both end in the same function of the
database, which checks balance, accounts, day and cover, and writes voucher, entries and balances together.
`post_batch` and `post_batch_query` post many vouchers of one kind in one go, by a function with the same checks.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from django.db import connection, transaction

from access.models import User
from hpf.errors import NotJustNow, Refusal
from ledger.states import Side


class AlreadyPosted(Refusal):
    """The act was posted before 重复记账."""

    message = "该业务已经记账，不会重复入账"
    code = "already_posted"


class DayNotOpen(NotJustNow):
    """The business day is not open 会计日未开启."""

    message = "会计日已切换，请刷新页面后按新的会计日办理"
    code = "day_not_open"


class YearTurning(NotJustNow):
    """The night is settling interest 结息中."""

    message = "系统正在结息，计息账户暂不能记账，请稍后重试"
    code = "year_turning"


class NotEnough(Refusal):
    """The balance, less what is held, does not cover it 余额不足."""

    message = "账户可用余额不足"
    code = "not_enough"


class AccountUnknown(Refusal):
    """A ledger account does not exist or is closed 分户账不存在或已销户."""

    message = "分户账不存在或已销户，不能记账"
    code = "account_unknown"


class HeldOpen(Refusal):
    """Another act holds money of the account, or it is frozen 账户有未了结的占用."""

    message = "账户有未办结的支取占用或冻结，不能转移或销户；请待其办结或解除后再办理"
    code = "held_open"


class BooksError(Exception):
    """A mistake in the program: a voucher that is not balanced or not sound. The database refused it."""


REFUSALS: dict[str, type[Refusal]] = {
    "HP001": DayNotOpen,
    "HP003": AccountUnknown,
    "HP004": AlreadyPosted,
    "HP005": YearTurning,
    "HP034": HeldOpen,
}


UNSOUND = {"HP002", psycopg.errors.NumericValueOutOfRange.sqlstate}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a voucher to be posted 待记分录."""

    account: int
    side: Side
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Select:
    """A query answering (account, side, amount) 批量分录; its text is ours, its values are parameters.

    `interest_on` is the day from which the money counts for interest 起息日; left out, the business day.
    """

    sql: str
    params: Sequence[object] = ()
    interest_on: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A voucher of a batch 待制凭证: the row it belongs to, and what it says; lines may come by a query instead."""

    source: object
    why: str = ""
    lines: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """Savings that go from one ledger account to a new one of another branch 跨网点转移: the row it is done for."""

    source: object
    why: str
    old: int
    new: int


def debit(account: int, amount: Decimal) -> Line:
    """A debit 借 of yuan on a ledger account."""
    return Line(account, Side.DEBIT, amount)


def credit(account: int, amount: Decimal) -> Line:
    """A credit 贷 of yuan on a ledger account."""
    return Line(account, Side.CREDIT, amount)


ONE = """
select ledger_post(%s, %s, %s, %s, %s, %s, %s::bigint[], %s::"char"[], %s::numeric[])
"""

MANY = """
with rows as materialized ({select})
select ledger_post(%s, %s, %s, %s, %s, %s,
    array_agg(account order by account) filter (where amount <> 0),
    array_agg(side::"char" order by account) filter (where amount <> 0),
    array_agg(amount order by account) filter (where amount <> 0),
    coalesce(array_agg(account) filter (where amount = 0), '{{}}'))
from rows
"""

BATCH = """
select ledger_post_batch(%s, %s::text[], %s, %s, %s, %s::text[], %s::integer[], %s::bigint[], %s::"char"[],
    %s::numeric[])
"""

BATCH_QUERY = """
with rows as materialized ({select})
select ledger_post_batch(%s, %s::text[], %s, %s, %s, %s::text[],
    array_agg(voucher::integer order by account), array_agg(account order by account),
    array_agg(side::"char" order by account), array_agg(amount order by account))
from rows
"""

MOVES = """
select ledger_move_savings(%s, %s::text[], %s, %s, %s::text[], %s::bigint[], %s::bigint[])
"""


def post(kind: str, source: object, entries: Sequence[Line], *, by: User, on: date, why: str = "") -> int:
    """Post one voucher from a list of lines and return its id 记账.

    `kind` names the act and `source` the row it belongs to; `on` is the business day, from which the money counts for
    interest too. Call it inside the act's transaction.

    Refuses with AlreadyPosted, DayNotOpen, YearTurning, NotEnough or AccountUnknown; raises BooksError when the voucher
    is not balanced.
    """
    lines = sorted(entries, key=lambda line: line.account)
    voucher: int = call(
        ONE,
        [
            *[kind, str(source), on, on, by.pk, why],
            _array([line.account for line in lines]),
            _array([line.side.value for line in lines]),
            _array([line.amount for line in lines]),
        ],
    )
    return voucher


def post_query(kind: str, source: object, select: Select, *, by: User, on: date, why: str = "") -> int:
    """Post one voucher from a query of (account, side, amount) of any size and return its id 批量记账.

    An account may stand in it once. Rows of amount nothing are lines only for a kind that turns the year, where they
    carry the account forward without an entry; when there are no others, there is no voucher and the answer is 0.
    Refusals as for `post`.
    """
    header = [kind, str(source), on, select.interest_on or on, by.pk, why]
    voucher: int = call(MANY.format(select=select.sql), [*select.params, *header])
    return voucher


def post_batch(kind: str, drafts: Sequence[Draft], *, by: User, on: date) -> list[int]:
    """Post many vouchers of one kind, all or none, and return their ids in that order 批量制证.

    An account that keeps a balance may stand in one line of them all. Refusals as for `post`; which of the vouchers is
    at fault they do not say, so the caller tries them one by one then.
    """
    lines = [(line.account, place, line) for place, draft in enumerate(drafts, 1) for line in draft.lines]
    lines.sort(key=lambda line: line[:2])
    vouchers: list[int] = call(
        BATCH,
        [
            *_header(kind, drafts, by=by, on=on),
            _array([place for _, place, _ in lines]),
            _array([account for account, _, _ in lines]),
            _array([line.side.value for _, _, line in lines]),
            _array([line.amount for _, _, line in lines]),
        ],
    )
    return vouchers


def post_batch_query(kind: str, drafts: Sequence[Draft], select: Select, *, by: User, on: date) -> list[int]:
    """Post many vouchers of one kind from one query of (voucher, account, side, amount) 批量制证.

    `voucher` is the place of the draft, from 1. Everything else as for `post_batch`.
    """
    header = _header(kind, drafts, by=by, on=on, interest_on=select.interest_on)
    vouchers: list[int] = call(BATCH_QUERY.format(select=select.sql), [*select.params, *header])
    return vouchers


def move_savings(kind: str, moves: Sequence[Move], *, by: User, on: date) -> list[int | None]:
    """Move all that is in ledger accounts to new ones of other branches, and answer their vouchers 跨网点转移.

    Both parts of a balance and their interest numbers go along as they stand; the old accounts are closed. Where there
    was nothing to move, there is no voucher. Refusals as for `post`, and HeldOpen where an old account has open holds.
    """
    vouchers: list[int | None] = call(
        MOVES,
        [
            *[kind, [str(move.source) for move in moves], on, by.pk, [move.why for move in moves]],
            _array([move.old for move in moves]),
            _array([move.new for move in moves]),
        ],
    )
    return vouchers


def _header(kind: str, drafts: Sequence[Draft], *, by: User, on: date, interest_on: date | None = None) -> list[object]:
    sources, whys = [str(draft.source) for draft in drafts], [draft.why for draft in drafts]
    return [kind, sources, on, interest_on or on, by.pk, whys]


def _array(values: Sequence[object]) -> str:
    """Numbers or sides as PostgreSQL writes an array; the driver would take half the posting's time over it."""
    return "{" + ",".join(map(str, values)) + "}"


def call(sql: str, params: list[object], refusals: Mapping[str, type[Refusal]] = REFUSALS) -> Any:
    """Call a function of the gate 调用记账函数: one round trip, prepared by the server.

    A refusal of the database becomes the sentence a person reads, by its code in `refusals`.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("post inside the transaction of the act")
    with _refusals(refusals), psycopg.Cursor(connection.connection) as cursor:
        row = cursor.execute(sql, params, prepare=True).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def _refusals(refusals: Mapping[str, type[Refusal]]) -> Iterator[None]:
    try:
        yield
    except psycopg.errors.CheckViolation as error:
        if error.diag.constraint_name == "ledger_account_covered":
            raise NotEnough from error
        raise BooksError(str(error)) from error
    except psycopg.Error as error:
        state = error.sqlstate or ""
        if state in refusals:
            raise refusals[state] from error
        if state in UNSOUND:
            raise BooksError(error.diag.message_primary) from error
        with connection.wrap_database_errors:
            raise
