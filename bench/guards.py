"""T1: what all guards cost together, in extra CPU over the same rows written bare.

Bare means: one function that writes the voucher, the entries and the two balances into copies of the tables with the
same indexes, and proves nothing: no day, no kind, no balance, no once-only, no foreign key, no check, no leaf hash.
"""

from collections.abc import Callable, Iterator

from bench import clients, postings, results
from bench.meter import Meter, Slice
from bench.pairs import paired
from bench.remittances import fill_bare_tables
from bench.results import Goal, Result
from bench.site import DAY, Site

SINGLE = Goal("T1", "all guards, 2 lines, c8: extra CPU over bare rows", 0.60, 0.40, low=True)
BULK = Goal("T1b", "all guards, a long list: extra CPU over bare rows", 0.60, 0.45, low=True)

BARE = """
create table if not exists bench_voucher (like ledger_voucher including indexes);
create or replace function bench_post(
    p_kind text, p_source text, p_on date, p_interest_on date, p_by bigint, p_why text,
    p_accounts bigint[], p_sides "char"[], p_amounts numeric(18,2)[]
) returns bigint language plpgsql as $$
declare
    v_id bigint := nextval('ledger_voucher_id_seq');
    v_balance numeric;
begin
    insert into bench_voucher
        (id, kind_id, source, booked_on, interest_on, by_id, why, made_at, line_count, total, leaf)
        values (v_id, p_kind, p_source, p_on, p_interest_on, p_by, p_why, clock_timestamp(), cardinality(p_accounts),
            p_amounts[1], '');
    for i in 1 .. cardinality(p_accounts) loop
        update bench_account set balance = balance + p_amounts[i], version = version + 1,
            current_number = current_number + current, counted_to = p_on
            where id = p_accounts[i] returning balance into v_balance;
        insert into bench_entry
            (booked_on, line, voucher_id, account_id, interest_on, version, branch_id, side, chart_id, amount, balance)
        values (p_on, i, v_id, p_accounts[i], p_on, 1, 1::smallint, p_sides[i], '201', p_amounts[i], v_balance);
    end loop;
    return v_id;
end $$;
"""
GUARDED_LIST = """
with rows as materialized (
    select id as account, 'C'::"char" as side, 1.00 as amount from ledger_ledgeraccount where id between %s and %s
    union all select %s, 'D', %s
)
select ledger_post('bench.posting', nextval('bench_source')::text, %s, %s, 1, '',
    array_agg(account order by account), array_agg(side order by account), array_agg(amount order by account)) from rows
"""
BARE_UPDATE = """
update bench_account set balance = balance + 1, version = version + 1, current_number = current_number + current,
    counted_to = %s where id between %s and %s
"""
BARE_LINES = """
insert into bench_entry
    (booked_on, line, voucher_id, account_id, interest_on, version, branch_id, side, chart_id, amount, balance)
select %s, row_number() over (), nextval('ledger_voucher_id_seq'), id, %s, version, branch_id, 'C', chart_id, 1, balance
from bench_account where id between %s and %s
"""


def run(site: Site, wanted: set[str]) -> Iterator[Result]:
    """Single postings and one long list."""
    if "T1" not in wanted:
        return
    fill_bare_tables(site)
    with site.owner() as connection:
        connection.execute(BARE)
    gate = postings.gate_script(site, 2)
    bare = clients.script(site, 8, gate.replace("ledger_post(", "bench_post("), role="hpf_owner")
    series = paired(bare, {"T1": clients.script(site, 8, gate)}, site.scale.rounds)
    yield results.extra_cpu(SINGLE, series["T1"], "postings/s")
    series = paired(_bare_list(site), {"T1b": _guarded_list(site)}, site.scale.rounds)
    yield results.extra_cpu(BULK, series["T1b"], "rows/s")


def _stretch(site: Site) -> tuple[int, int]:
    return site.first_member, site.first_member + min(site.scale.rows, site.scale.members) - 1


def _guarded_list(site: Site) -> Callable[[], Slice]:
    first, last = _stretch(site)
    rows = last - first + 1

    def run_() -> Slice:
        site.owner_run("vacuum ledger_ledgeraccount")
        with Meter(site.postmaster) as meter:
            site.owner_run(GUARDED_LIST, [first, last, site.bank, rows, DAY, DAY])
        return meter.slice(rows)

    return run_


def _bare_list(site: Site) -> Callable[[], Slice]:
    first, last = _stretch(site)

    def run_() -> Slice:
        site.owner_run("truncate bench_entry")
        site.owner_run("vacuum bench_account")
        with Meter(site.postmaster) as meter, site.owner() as connection, connection.transaction():
            connection.execute(BARE_UPDATE, [DAY, first, last])
            connection.execute(BARE_LINES, [DAY, DAY, first, last])
        return meter.slice(last - first + 1)

    return run_
