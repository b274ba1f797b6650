"""Opening ledger accounts 开立分户账: by a function of the database, since nobody may write a balance."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from ledger.states import AccountKind

CHART_OF_KIND = {AccountKind.MEMBER: "201", AccountKind.UNALLOCATED: "21901", AccountKind.BANK: "10101"}


def open_accounts(kind: AccountKind, branches: Sequence[int], *, on: date, chart: str | None = None) -> list[int]:
    """Open one ledger account for each branch named and return their ids in that order 批量开立分户账.

    `chart` is the code of a chart account that takes entries; left out, it is the one this kind belongs to.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from ledger_open_accounts(%s, %s, %s::smallint[], %s)",
            [kind.value, chart or CHART_OF_KIND[kind], list(branches), on],
        )
        return [account for (account,) in cursor.fetchall()]


def internal(chart: str, branch: int, *, on: date) -> int:
    """The centre's own account under a chart account and branch 内部账户, opened when it is first needed."""
    return internals([chart], [branch], on=on)[chart, branch]


INTERNALS = """
select chart_id, branch_id, id from ledger_ledgeraccount
where shared and chart_id = any(%s) and branch_id = any(%s::smallint[])
"""


def internals(charts: Sequence[str], branches: Sequence[int], *, on: date) -> dict[tuple[str, int], int]:
    """The centre's own accounts under chart accounts and branches 内部账户, by (chart, branch), in one read."""
    with connection.cursor() as cursor:
        cursor.execute(INTERNALS, [list(charts), list(branches)])
        found = {(chart, branch): pk for chart, branch, pk in cursor.fetchall()}
        for chart, branch in ((chart, branch) for chart in charts for branch in branches):
            if (chart, branch) not in found:
                cursor.execute("select ledger_internal_account(%s, %s::smallint, %s)", [chart, branch, on])
                found[chart, branch] = int(cursor.fetchone()[0])
    return found
