"""I1-I4: the night and the year's settlement, against one bare UPDATE of all accounts and one bare INSERT a line.

The year is turned as often as there are rounds: the owner puts the next 30 June in front of the night, which then turns
the day and settles it as always. Bare tables stand beside the ledger's with the same rows, indexes and fillfactor.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from bench import results
from bench.calendar import Calendar
from bench.meter import Meter, Slice
from bench.pairs import paired
from bench.remittances import fill_bare_tables
from bench.results import Goal, Result
from bench.site import DAY, Site

I1 = Goal("I1", "accrue(): a night's seconds / bare UPDATE of all", 0.25, 0.15, low=True)
I1_ROWS = Goal("I1b", "account rows written in a night", 0, 0, low=True)
I2 = Goal("I2", "settle(), 1 worker / bare UPDATE + INSERT", 2.0, 1.4, low=True)
I3 = Goal("I3", "settle(), 2 workers / 1 worker, wall", 0.85, 0.70, low=True)
I4 = Goal("I4", "HOT share of account updates in a month", 0.80, 0.95)

WRITTEN = """
select n_tup_ins + n_tup_upd + n_tup_del, n_tup_upd, n_tup_hot_upd
from pg_stat_user_tables where relname = 'ledger_ledgeraccount'
"""
MONTH = """
with paid as (
    select a.id as account, 617.37 as amount from ledger_ledgeraccount a where a.id between %s and %s
)
select account, 'C' as side, amount from paid
union all select %s, 'D', sum(amount) from paid
"""
LIST = 2_000


def run(site: Site, wanted: set[str]) -> Iterator[Result]:
    """Every benchmark of this file that is wanted; the month first: the years that follow leave its day behind."""
    if "I4" in wanted:
        yield results.counted(I4, hot_share_of_a_month(site), "share")
    if not wanted & {"I1", "I2", "I3"}:
        return
    fill_bare_tables(site)
    years = Years(site)
    if "I1" in wanted:
        yield results.duration(I1, paired(_bare_update(site), {"I1": years.accrue}, site.scale.rounds)["I1"])
        yield results.counted(I1_ROWS, years.rows_of_a_night(), "rows")
    if "I2" in wanted:
        years.settle()  # the first carries all money forward; the later ones meet what every year meets
        yield results.duration(I2, paired(_bare_year(site), {"I2": years.settle}, site.scale.rounds)["I2"])
    if "I3" in wanted:
        years.settle()
        yield results.waiting(
            I3, paired(years.settle, {"I3": lambda: years.settle(workers=2)}, site.scale.rounds)["I3"]
        )


class Years:
    """The next night of all, or the next 30 June."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._calendar = Calendar(site)

    def accrue(self) -> Slice:
        """One ordinary night's accrual."""
        from deposits.actions import interest

        day = self._calendar.turn()
        with Meter(self._site.postmaster) as meter:
            interest.accrue(by=_night(), on=day)
        self._calendar.close()
        return meter.slice(1)

    def settle(self, workers: int = 1) -> Slice:
        """The settlement of the next 30 June, after its accrual; several workers share the branches, as shards."""
        from deposits.actions import interest

        self._jump_to_june()
        day = self._calendar.turn()
        interest.accrue(by=_night(), on=day)
        self._site.owner_run("vacuum ledger_ledgeraccount")
        with Meter(self._site.postmaster) as meter, ThreadPoolExecutor(workers) as pool:
            paid = sum(pool.map(lambda branch: _settle(branch, day), interest.branches_to_settle(day)))
        if paid < self._site.scale.members:
            raise RuntimeError(f"only {paid} accounts were settled")
        self._calendar.close()
        return meter.slice(1)

    def rows_of_a_night(self) -> int:
        """Account rows that a night writes, as the server counts them."""
        self.accrue()  # the very first night opens the accounts that accrued interest stands on
        before = _written(self._site)[0]
        self.accrue()
        return _written(self._site)[0] - before

    def _jump_to_june(self) -> None:
        """The next 30 June, in front of the night."""
        year = self._calendar.open.year + (self._calendar.open > date(self._calendar.open.year, 6, 30))
        self._calendar.jump_to(date(year, 6, 30))


def _settle(branch: str, day: date) -> int:
    """One shard of the settlement; each thread has a connection of its own."""
    from django.db import connection

    from deposits.actions import interest

    try:
        return interest.settle_branch(branch, by=_night(), on=day)
    finally:
        connection.close()


def _bare_update(site: Site) -> Callable[[], Slice]:
    """Every account row once, nothing else: what a nightly UPDATE would cost at least."""

    def run_() -> Slice:
        site.owner_run("vacuum bench_account")
        with Meter(site.postmaster) as meter:
            site.owner_run("update bench_account set balance = balance + 0.01")
        return meter.slice(1)

    return run_


def _bare_year(site: Site) -> Callable[[], Slice]:
    """Every account of a member once, and one indexed line for each."""
    lines = (
        "insert into bench_entry (booked_on, line, voucher_id, account_id, interest_on, version, branch_id, side,"
        " chart_id, amount, balance)"
        " select %s, row_number() over (), branch_id, id, %s, 1, branch_id, 'C', '201', 12.34, balance"
        " from ledger_ledgeraccount where bears_interest"
    )

    def run_() -> Slice:
        site.owner_run("truncate bench_entry")
        site.owner_run("vacuum bench_account")
        with Meter(site.postmaster) as meter:
            site.owner_run("update bench_account set balance = balance + 0.01 where bears_interest")
            site.owner_run(lines, [DAY, DAY])
        return meter.slice(1)

    return run_


def hot_share_of_a_month(site: Site) -> float:
    """Every member is paid once, list by list; the share of account updates that stayed on their page."""
    from django.db import transaction

    from ledger.actions import posting

    site.owner_run("vacuum ledger_ledgeraccount")
    _, updates_before, hot_before = _written(site)
    for first in range(site.first_member, site.last_member + 1, LIST):
        last = min(first + LIST - 1, site.last_member)
        with transaction.atomic():
            select = posting.Select(MONTH, [first, last, site.bank])
            posting.post_query("bench.posting", f"month-{first}", select, by=_night(), on=DAY)
    _, updates, hot = _written(site)
    return (hot - hot_before) / (updates - updates_before)


def _written(site: Site) -> tuple[int, int, int]:
    """Rows of accounts written so far, updated, and updated on their page; every session has told."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
        cursor.execute("select 1")  # the flush comes at the end of a statement
    ((written, updated, hot),) = site.owner_run(WRITTEN)
    return written, updated, hot


def _night() -> object:
    from access.queries import night_user

    return night_user()
