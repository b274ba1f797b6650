"""B1-B3: a month's lists allocated to the members, against what the rows alone cost.

The base copies the same entries into an unguarded table with the ledger's own indexes, and adds the same amounts to the
same accounts with one bare UPDATE: nothing is proved, nothing else is written. Ours is `remittances.allocate`, one
employer a transaction, and `remittances.allocate_covered`, by which the clock drains what is covered.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from bench import results
from bench.lists import Lists, employers_of
from bench.meter import Meter, Slice
from bench.pairs import paired
from bench.results import Goal, Result
from bench.site import DAY, Site

B1 = Goal("B1", "allocate(), lists of 20,000+ rows / COPY + UPDATE", 0.40, 0.60)
B2 = Goal("B2", "allocate(), lists of 50 to 5,000 rows / same", 0.25, 0.40)
B2_NIGHT = Goal("B2n", "allocate_covered() of such lists / same", 0.25, 0.40)
B2_SUBMIT = Goal("B2b", "submit() + allocate(), 50 to 5,000 / same + COPY")
B3 = Goal("B3", "allocate() over an ORM loop of the same work", 40, 80)

LARGE = 20_000

BARE = """
create table if not exists bench_entry (like ledger_entry including indexes);
create table if not exists bench_line (like deposits_remittanceline including indexes);
create table if not exists bench_account (like ledger_ledgeraccount including indexes) with (fillfactor = 50);
"""
COPY_ENTRIES = """
copy bench_entry (booked_on, line, voucher_id, account_id, interest_on, version, branch_id, side, chart_id, amount,
    balance) from stdin
"""
COPY_LINES = """
copy bench_line (remittance_id, member_account_id, line, base, employer_ratio, member_ratio, employer_part, member_part)
    from stdin
"""


def run(site: Site, wanted: set[str]) -> Iterator[Result]:
    """Every benchmark of this file that is wanted."""
    if not wanted & {"B1", "B2", "B3"}:
        return
    fill_bare_tables(site)
    months = Lists(site)
    if "B1" in wanted:
        sizes = _large(site.scale.rows, min(LARGE, site.scale.rows))
        yield _against_bare(site, B1, sizes, _allocation(site, months, sizes))
    if "B2" in wanted:
        sizes = employers_of(site.scale.rows, random.Random(7))
        yield _against_bare(site, B2, sizes, _allocation(site, months, sizes))
        yield _against_bare(site, B2_NIGHT, sizes, _draining(site, months, sizes))
        yield _against_bare(site, B2_SUBMIT, sizes, _both(site, months, sizes))
    if "B3" in wanted:
        # Both are rates: the loop, being slow, does fewer rows.
        looped = _naive(site, employers_of(site.scale.naive, random.Random(7), largest=site.scale.naive // 2))
        allocated = _allocation(site, months, employers_of(site.scale.rows, random.Random(7)))
        series = paired(looped, {"B3": allocated}, site.scale.rounds)["B3"]
        yield results.throughput(B3, series, "rows/s")


def _large(rows: int, size: int) -> list[int]:
    return [size] * (rows // size)


def fill_bare_tables(site: Site) -> None:
    """The unguarded tables, with the accounts as they stand now."""
    site.owner_run("drop table if exists bench_entry, bench_line, bench_account")
    with site.owner() as connection:
        for statement in BARE.split(";\n"):
            connection.execute(statement)
        connection.execute("insert into bench_account select * from ledger_ledgeraccount")
        connection.execute("vacuum analyze bench_account")


def _against_bare(site: Site, goal: Goal, sizes: Sequence[int], run_: Callable[[], Slice]) -> Result:
    bare = _bare(site, sizes, submitted=goal is B2_SUBMIT)
    series = paired(bare, {goal.name: run_}, site.scale.rounds)[goal.name]
    return results.throughput(goal, series, "rows/s")


def _allocation(site: Site, months: Lists, sizes: Sequence[int]) -> Callable[[], Slice]:
    """The next month's lists are handed in, not measured; then allocated, one transaction each."""

    def run_() -> Slice:
        waiting = months.submit(sizes)
        site.owner_run("vacuum ledger_ledgeraccount")
        with Meter(site.postmaster) as meter:
            months.allocate(waiting)
        return meter.slice(sum(sizes))

    return run_


def _draining(site: Site, months: Lists, sizes: Sequence[int]) -> Callable[[], Slice]:
    """The next month's lists are handed in, not measured; then drained as the clock does, many in one transaction."""

    def run_() -> Slice:
        from access.queries import night_user
        from deposits.actions import remittances

        months.submit(sizes)
        site.owner_run("vacuum ledger_ledgeraccount")
        with Meter(site.postmaster) as meter:
            counts = remittances.allocate_covered(by=night_user(), on=DAY)
        if counts != {"allocated": len(sizes), "refused": 0}:
            raise RuntimeError(f"not every list was allocated: {counts}")
        return meter.slice(sum(sizes))

    return run_


def _both(site: Site, months: Lists, sizes: Sequence[int]) -> Callable[[], Slice]:
    """Handing in counts too."""

    def run_() -> Slice:
        site.owner_run("vacuum ledger_ledgeraccount")
        months.prepare(sizes)
        with Meter(site.postmaster) as meter:
            months.allocate(months.submit(sizes))
        return meter.slice(sum(sizes))

    return run_


def _bare(site: Site, sizes: Sequence[int], submitted: bool) -> Callable[[], Slice]:
    """The rows alone: COPY into the tables with their indexes, then one UPDATE of the accounts."""
    rows = sum(sizes)
    copies = {COPY_ENTRIES: _entry_rows(site, sizes)}
    if submitted:
        copies[COPY_LINES] = _line_rows(site, sizes)

    def run_() -> Slice:
        with site.owner() as connection:
            connection.execute("truncate bench_entry, bench_line")
            connection.execute("vacuum bench_account")
            with Meter(site.postmaster) as meter, connection.transaction():
                for statement, text in copies.items():
                    with connection.cursor().copy(statement) as copy:
                        copy.write(text)
                connection.execute(
                    "update bench_account a set balance = a.balance + e.amount from bench_entry e"
                    " where a.id = e.account_id and e.side = 'C'"
                )
        return meter.slice(rows)

    return run_


def _entry_rows(site: Site, sizes: Sequence[int]) -> bytes:
    """What the gate writes for these lists: a debit of the employer, and a credit for each member."""
    out, member = [], site.first_member
    for voucher, size in enumerate(sizes, 1):
        accounts = range(member, member + size)
        out += [
            f"{DAY}\t{n}\t{voucher}\t{a}\t{DAY}\t1\t1\tC\t201\t1234.00\t12345.67\n" for n, a in enumerate(accounts, 1)
        ]
        out.append(f"{DAY}\t{size + 1}\t{voucher}\t{site.unallocated}\t{DAY}\t1\t1\tD\t21901\t9999.00\t999999.00\n")
        member += size
    return "".join(out).encode()


def _line_rows(site: Site, sizes: Sequence[int]) -> bytes:
    out, member = [], site.first_member
    for remittance, size in enumerate(sizes, 1):
        accounts = range(member, member + size)
        out += [f"{remittance}\t{a}\t{n}\t6170.00\t10\t10\t617.00\t617.00\n" for n, a in enumerate(accounts, 1)]
        member += size
    return "".join(out).encode()


def _naive(site: Site, sizes: Sequence[int]) -> Callable[[], Slice]:
    """What one writes first: fetch, change and save each account, save each entry. The owner may; we may not."""
    from django.db import transaction

    from ledger.models import Entry, LedgerAccount

    numbers = iter(range(10**12, 10**13))

    def credit(account: LedgerAccount, voucher: int, line: int, amount: Decimal) -> None:
        days = max(DAY - account.counted_to, timedelta(0)).days
        account.current_number += account.current * days
        account.carried_number += account.carried * days
        account.balance += amount
        account.current += amount
        account.version += 1
        account.save(using="owner")
        entry = Entry(
            booked_on=DAY, voucher_id=voucher, line=line, account=account, interest_on=DAY, version=account.version,
            branch_id=account.branch_id, side="C", chart_id=account.chart_id, amount=amount, balance=account.balance,
        )  # fmt: skip
        entry.save(using="owner", force_insert=True)

    def run_() -> Slice:
        member = site.first_member
        with Meter(site.postmaster) as meter:
            for size in sizes:
                voucher = next(numbers)
                with transaction.atomic(using="owner"):
                    for line in range(1, size + 1):
                        account = LedgerAccount.objects.using("owner").select_for_update().get(pk=member)
                        credit(account, voucher, line, Decimal("1234.00"))
                        member += 1
        return meter.slice(sum(sizes))

    return run_
