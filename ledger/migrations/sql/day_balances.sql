-- What each chart account of each branch was debited and credited up to the end of a closed day 累计发生额. A day has a row
-- for whatever was ever moved, whether or not it moved that day, so that the trial balance of any period is the
-- difference of two days, however many years lie between them or before.
create table ledger_daybalance (
    day        date           not null references ledger_businessday (day),
    branch_id  smallint       not null,
    chart_id   text           not null references ledger_chartaccount (code),
    debited    numeric(18,2)  not null,
    credited   numeric(18,2)  not null,
    primary key (day, chart_id, branch_id)
);
revoke insert, update, delete on ledger_daybalance from hpf_app;

-- The days that were closed before this table was.
insert into ledger_daybalance (day, branch_id, chart_id, debited, credited)
select day, branch_id, chart_id, debited, credited
from (
    select d.day, h.branch_id, h.chart_id, h.since,
           coalesce(sum(t.debit) over earlier, 0) as debited, coalesce(sum(t.credit) over earlier, 0) as credited
    from ledger_businessday d
    cross join (select branch_id, chart_id, min(day) as since from ledger_daytotal group by 1, 2) h
    left join (
        select day, branch_id, chart_id, sum(debit) as debit, sum(credit) as credit from ledger_daytotal group by 1, 2, 3
    ) t on t.day = d.day and t.branch_id = h.branch_id and t.chart_id = h.chart_id
    where d.status = 'CLOSED'
    window earlier as (partition by h.branch_id, h.chart_id order by d.day)
) balances
where day >= since;

-- Carries the balances of the last day that has some over to this one, whose totals are drawn up.
create function ledger_carry_balances(p_day date) returns void
language sql set search_path = pg_catalog, public, pg_temp as $$
    insert into public.ledger_daybalance (day, branch_id, chart_id, debited, credited)
    select p_day, branch_id, chart_id,
           coalesce(b.debited, 0) + coalesce(m.debit, 0), coalesce(b.credited, 0) + coalesce(m.credit, 0)
    from (
        select branch_id, chart_id, debited, credited from public.ledger_daybalance
        where day = (select max(day) from public.ledger_daybalance where day < p_day)
    ) b
    full join (
        select branch_id, chart_id, sum(debit) as debit, sum(credit) as credit from public.ledger_daytotal
        where day = p_day group by 1, 2
    ) m using (branch_id, chart_id)
$$;

-- Closes the day 结账 as guards.sql has it, and carries the balances: no entry enters it any more.
create or replace function ledger_close_day(p_day date) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_totals integer;
begin
    perform pg_advisory_xact_lock(20000101, public.ledger_day_lock(p_day));
    update public.ledger_businessday set status = 'CLOSED', closed_at = clock_timestamp()
        where day = p_day and status = 'CLOSING';
    if not found then
        raise exception using errcode = 'HP001', message = format('business day %s is not being closed', p_day);
    end if;
    with moved as (
        select e.chart_id, e.branch_id, case when a.stored then null else e.account_id end as account_id,
               coalesce(sum(e.amount) filter (where e.side = 'D'), 0) as debit,
               coalesce(sum(e.amount) filter (where e.side = 'C'), 0) as credit
        from public.ledger_entry e join public.ledger_ledgeraccount a on a.id = e.account_id
        where e.booked_on = p_day
        group by 1, 2, 3
    )
    insert into public.ledger_daytotal (day, branch_id, chart_id, account_id, debit, credit, closing)
    select p_day, m.branch_id, m.chart_id, m.account_id, m.debit, m.credit, coalesce(b.closing, 0) + m.debit - m.credit
    from moved m
    left join lateral (
        select t.closing from public.ledger_daytotal t
        where t.chart_id = m.chart_id and t.branch_id = m.branch_id
          and t.account_id is not distinct from m.account_id and t.day < p_day
        order by t.day desc limit 1
    ) b on true;
    get diagnostics v_totals = row_count;
    perform public.ledger_carry_balances(p_day);
    update public.ledger_businessday set interest_ready = true where day = p_day + 1;
    return v_totals;
end $$;
