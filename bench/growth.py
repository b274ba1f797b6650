"""G1-G3: what the books cost once they have grown.

The ledger's own tables, cut by accounting year, in two years of their own: a month is booked through the gate while
the first year is still empty, then the owner fills that year and the beginning of the next with entries as the gate
would have written them, and a month is booked again. A statement and a trial balance are then read by the product's own
queries. With a million members there are 23 million entries then.
"""

import contextlib
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import psycopg
from psycopg.errors import UndefinedFile

from bench import results
from bench.calendar import Calendar
from bench.results import Goal, Result
from bench.site import BRANCHES, Site

G1 = Goal("G1", "a month's entries, WAL bytes a row, grown / empty", 2.2, 2.0, low=True)
G1_WHOLE = Goal("G1b", "the same with accounts and vouchers", low=True)
G2 = Goal("G2", "statement of 24 lines, p50 / point read p50", 5, 2, low=True)
G2_TAIL = Goal("G2b", "statement of 24 lines, p99 / p50", 5, 3, low=True)
G3 = Goal("G3", "trial balance of a month, p50 / point read p50", 5, 1.5, low=True)

LIST = 20_000  # members of one voucher
MOST_TURNS = 5  # how often a month is posted until no checkpoint falls into it
PER_PAGE = 50
POINT_READ = """
select booked_on, interest_on, voucher_id, side, amount, balance from ledger_entry
where booked_on = %s and voucher_id = %s and line = %s
"""

MONTH = """
with paid as (select a.id as account, 617.37 as amount from ledger_ledgeraccount a where a.id between %s and %s)
select account, 'C' as side, amount from paid
union all select %s, 'D', sum(amount) from paid
"""
# One day's vouchers and entries: a credit of each member, list by list, and the debit that pays it.
FILL_VOUCHERS = """
insert into ledger_voucher (id, kind_id, source, booked_on, interest_on, by_id, why, made_at, line_count, total, leaf)
select %(voucher)s + list, 'bench.posting', 'grown-' || %(voucher)s + list, %(on)s, %(on)s, %(by)s, '', now(),
    least(%(list)s, %(last)s - %(first)s + 1 - list * %(list)s) + 1,
    least(%(list)s, %(last)s - %(first)s + 1 - list * %(list)s) * 617.37, ''
from generate_series(0, (%(last)s - %(first)s) / %(list)s) list
"""
FILL_ENTRIES = """
insert into ledger_entry
    (booked_on, line, voucher_id, account_id, interest_on, version, branch_id, side, chart_id, amount, balance)
select %(on)s, 2 + (a.id - %(first)s) %% %(list)s, %(voucher)s + (a.id - %(first)s) / %(list)s, a.id, %(on)s,
    a.version + %(nth)s, a.branch_id, 'C', a.chart_id, 617.37, a.balance + %(nth)s * 617.37
from ledger_ledgeraccount a where a.id between %(first)s and %(last)s
union all
select v.booked_on, 1, v.id, a.id, v.interest_on, null, a.branch_id, 'D', a.chart_id, v.total, null
from ledger_voucher v, ledger_ledgeraccount a
where a.id = %(bank)s and v.booked_on = %(on)s and v.kind_id = 'bench.posting'
"""
GROWN = """
update ledger_ledgeraccount set version = version + %(times)s, balance = balance + %(times)s * 617.37,
    current = current + %(times)s * 617.37
where id between %(first)s and %(last)s
"""
# What a fund books on every day: with five branches forty totals, so that the trial balance meets two years of them.
DAILY = ["119", "201", "21901", "21902", "21903", "211", "41101", "41104"]
QUIET_DAYS = """
insert into ledger_businessday (day, status, interest_ready)
select day::date, 'CLOSED', true from generate_series(%(since)s::date, %(until)s::date - 1, interval '1 day') day
on conflict do nothing
"""
QUIET_TOTALS = """
with held as (
    select c.code as chart_id, b.id as branch_id, a.id as account_id
    from ledger_chartaccount c cross join access_branch b
    left join ledger_ledgeraccount a on a.chart_id = c.code and a.branch_id = b.id and not a.stored
    where c.code = any(%(daily)s) and b.id = any(%(branches)s)
), known as (
    select chart_id, branch_id, account_id, closing, day as since,
        lead(day, 1, 'infinity') over (partition by chart_id, branch_id, account_id order by day) as until
    from ledger_daytotal
)
insert into ledger_daytotal (day, branch_id, chart_id, account_id, debit, credit, closing)
select d.day, h.branch_id, h.chart_id, h.account_id, 0, 0, coalesce(k.closing, 0)
from ledger_businessday d
cross join held h
left join known k on k.chart_id = h.chart_id and k.branch_id = h.branch_id
    and k.account_id is not distinct from h.account_id and k.since < d.day and k.until > d.day
where d.day >= %(since)s and d.day < %(until)s and d.status = 'CLOSED'
on conflict do nothing
"""
QUIET_BALANCES = """
with held as (select distinct branch_id, chart_id from ledger_daytotal),
known as (
    select chart_id, branch_id, debited, credited, day as since,
        lead(day, 1, 'infinity') over (partition by chart_id, branch_id order by day) as until
    from ledger_daybalance
)
insert into ledger_daybalance (day, branch_id, chart_id, debited, credited)
select d.day, h.branch_id, h.chart_id, coalesce(k.debited, 0), coalesce(k.credited, 0)
from ledger_businessday d
cross join held h
left join known k on k.chart_id = h.chart_id and k.branch_id = h.branch_id and k.since < d.day and k.until > d.day
where d.day >= %(since)s and d.day < %(until)s and d.status = 'CLOSED'
on conflict do nothing
"""
WAL_OF_YEAR = """
select coalesce(sum(w.record_length) filter (where w.relfilenode = any(%s)), 0), sum(w.record_length)
from pg_get_wal_block_info(%s, %s, false) w where w.block_id = 0
"""


def run(site: Site, wanted: set[str]) -> Iterator[Result]:
    """Every benchmark of this file that is wanted; the year is grown for all of them."""
    if not wanted & {"G1", "G2", "G3"}:
        return
    calendar = Calendar(site)
    year = calendar.open.year + 2
    site.owner_run("create extension if not exists pg_walinspect")
    calendar.jump_to(date(year - 1, 1, 2))
    empty = _month(site, calendar)
    lists = _grow(site, calendar, year)
    calendar.jump_to(date(year, 7, 1))
    grown = _month(site, calendar)
    calendar.turn()
    calendar.close()
    if "G1" in wanted:
        yield results.counted(G1, grown[0] / empty[0], f"x {empty[0]:.0f} bytes")
        yield results.counted(G1_WHOLE, grown[1] / empty[1], f"x {empty[1]:.0f} bytes")
    if "G2" in wanted:
        yield from _statements(site, calendar.open, lists)
    if "G3" in wanted:
        yield _trial_balances(site, year, lists)


def _month(site: Site, calendar: Calendar) -> tuple[float, float]:
    """WAL bytes a row of a month's posting, of the entries and of all; posted again where a checkpoint fell into it."""
    for turn in range(MOST_TURNS):
        if found := _undisturbed_month(site, calendar, turn):
            return found
    raise RuntimeError("a checkpoint falls into every month: ask for fewer with --members")


def _undisturbed_month(site: Site, calendar: Calendar, turn: int) -> tuple[float, float] | None:
    """Pay every member once through the gate after a checkpoint; None where another fell into it."""
    from django.db import transaction

    from access.queries import night_user
    from ledger.actions import posting

    site.owner_run("vacuum ledger_ledgeraccount")
    site.owner_run("checkpoint")
    ((began, checkpoint),) = site.owner_run("select pg_current_wal_insert_lsn(), redo_lsn from pg_control_checkpoint()")
    for first in range(site.first_member, site.last_member + 1, LIST):
        select = posting.Select(MONTH, [first, min(first + LIST - 1, site.last_member), site.bank])
        source = f"{calendar.open}-{turn}-{first}"
        with transaction.atomic():
            posting.post_query("bench.posting", source, select, by=night_user(), on=calendar.open)
    site.owner_run("select pg_switch_wal()")
    ((ended,),) = site.owner_run("select pg_current_wal_flush_lsn()")
    with contextlib.suppress(UndefinedFile):  # a checkpoint lets the WAL before it go
        ((entries, all_),) = site.owner_run(WAL_OF_YEAR, [_files_of_year(site, calendar.open.year), began, ended])
        if site.owner_run("select redo_lsn from pg_control_checkpoint()") == [(checkpoint,)]:
            rows = site.last_member - site.first_member + 1
            return float(entries) / rows, float(all_) / rows
    return None


def _files_of_year(site: Site, year: int) -> list[int]:
    """The files of the year's entries and of their indexes."""
    rows = site.owner_run(
        "select c.oid, i.indexrelid from pg_class c join pg_index i on i.indrelid = c.oid"
        " where c.oid = (select tableoid from ledger_entry where booked_on >= %s and booked_on < %s limit 1)",
        [date(year, 1, 1), date(year + 1, 1, 1)],
    )
    relations = sorted({oid for row in rows for oid in row})
    return [file for (file,) in site.owner_run("select pg_relation_filenode(o) from unnest(%s::oid[]) o", [relations])]


def _grow(site: Site, calendar: Calendar, year: int) -> dict[date, int]:
    """Lines for every member, some weeks apart, each day closed by the product; then two years of totals.

    Answers the first voucher of each day, by which an entry is found.
    """
    span = {"first": site.first_member, "last": site.last_member, "list": LIST, "bank": site.bank, "by": site.user}
    vouchers = (site.last_member - site.first_member) // LIST + 1
    before, after = site.scale.grown
    days = [date(year - 1, 1, 5) + timedelta(weeks=3 * nth) for nth in range(before)]
    days += [date(year, 1, 5) + timedelta(weeks=2 * nth) for nth in range(after)]
    lists: dict[date, int] = {}
    for nth, on in enumerate(days, 1):
        calendar.jump_to(on)
        ((voucher,),) = site.owner_run(
            "select setval('ledger_voucher_id_seq', nextval('ledger_voucher_id_seq') + %s) - %s", [vouchers, vouchers]
        )
        lists[on] = voucher
        day = {**span, "on": on, "voucher": voucher, "nth": nth}
        site.owner_run(FILL_VOUCHERS, day)
        site.owner_run(FILL_ENTRIES, day)
        calendar.turn()
        calendar.close()
    site.owner_run(GROWN, {**span, "times": len(days)})
    period = {"since": date(year - 2, 7, 1), "until": date(year, 7, 1), "daily": DAILY, "branches": list(BRANCHES)}
    site.owner_run(QUIET_DAYS, period)
    site.owner_run(QUIET_TOTALS, period)
    site.owner_run(QUIET_BALANCES, period)
    for table in ("ledger_ledgeraccount", "ledger_entry", "ledger_daytotal", "ledger_daybalance", "ledger_voucher"):
        site.owner_run(f"vacuum (analyze) {table}")
    return lists


def _statements(site: Site, on: date, lists: dict[date, int]) -> Iterator[Result]:
    """The first page of a statement as the member's page asks for it, on a session that has prepared it."""
    from ledger import queries

    def statement_of(account: int) -> tuple[str, tuple[object, ...]]:
        rows = queries.statement(account, date(on.year - 1, 1, 1), on + timedelta(days=1)).reverse()[:PER_PAGE]
        return rows.query.sql_with_params()

    with contextlib.closing(_application(site)) as session:
        # The two months, and what the years were grown by.
        if len(session.execute(*statement_of(site.first_member)).fetchall()) != sum(site.scale.grown) + 2:
            raise RuntimeError("the statement does not show the lines of the year")

        def read(sql: str, params: tuple[object, ...]) -> Callable[[], object]:
            return lambda: session.execute(sql, params, prepare=True).fetchall()

        points, statements, tails = [], [], []
        for chosen in _rounds_of_members(site):
            points.append(_latencies([read(POINT_READ, key) for key in _entries_of(site, chosen, lists)])[0])
            middle, tail = _latencies([read(*statement_of(account)) for account in chosen])
            statements.append(middle)
            tails.append(tail)
    yield results.latency(G2, statements, points)
    yield results.latency(G2_TAIL, tails, statements)


def _trial_balances(site: Site, year: int, lists: dict[date, int]) -> Result:
    """The trial balance of June, against a point read over the same connection of the product."""
    from django.db import connection

    from ledger import queries

    def point(key: tuple[object, ...]) -> Callable[[], object]:
        def read() -> object:
            with connection.cursor() as cursor:
                cursor.execute(POINT_READ, key)
                return cursor.fetchone()

        return read

    def june() -> object:
        return queries.trial_balance(date(year, 6, 1), date(year, 7, 1))

    points, balances = [], []
    for chosen in _rounds_of_members(site):
        points.append(_latencies([point(key) for key in _entries_of(site, chosen, lists)])[0])
        balances.append(_latencies([june] * (len(chosen) // 20))[0])
    return results.latency(G3, balances, points)


def _application(site: Site) -> psycopg.Connection:
    """A session with the rights of the application, which the owner's could do without guards."""
    return psycopg.connect(site.url, autocommit=True, options="-c role=hpf_app")


def _rounds_of_members(site: Site) -> Iterator[list[int]]:
    """Members by chance, the same in every run."""
    chance = random.Random(11)
    for _ in range(site.scale.rounds):
        yield [chance.randint(site.first_member, site.last_member) for _ in range(site.scale.reads)]


def _entries_of(site: Site, chosen: list[int], lists: dict[date, int]) -> list[tuple[object, ...]]:
    """An entry of each of these members, by its key."""
    days = sorted(lists)
    places = [(account - site.first_member, days[number % len(days)]) for number, account in enumerate(chosen)]
    return [(on, lists[on] + place // LIST, 2 + place % LIST) for place, on in places]


def _latencies(reads: list[Callable[[], object]]) -> tuple[float, float]:
    """Median and 99th percentile in microseconds, after a tenth as many reads that do not count."""
    for read in reads[: max(10, len(reads) // 10)]:
        read()
    taken = []
    for read in reads:
        began = time.perf_counter_ns()
        read()
        taken.append((time.perf_counter_ns() - began) / 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]
