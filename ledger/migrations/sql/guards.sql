-- Append-only: nobody changes, deletes or empties what is posted, the owner of the tables included.

create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception using errcode = 'HP009',
        message = format('%s is append-only: a mistake is answered by a reversal', tg_table_name);
end $$;

create trigger ledger_voucher_fixed before update or delete on ledger_voucher
    for each row execute function ledger_refuse_change();
create trigger ledger_voucher_kept before truncate on ledger_voucher
    for each statement execute function ledger_refuse_change();
create trigger ledger_entry_fixed before update or delete on ledger_entry
    for each row execute function ledger_refuse_change();
create trigger ledger_entry_kept before truncate on ledger_entry
    for each statement execute function ledger_refuse_change();

-- Days go forward only: open, closing, closed, and never back.
create function ledger_day_moves() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (
        new.day <> old.day
        or (old.status, new.status) not in (('OPEN', 'OPEN'), ('OPEN', 'CLOSING'), ('CLOSING', 'CLOSED'))
        or (old.interest_ready and not new.interest_ready)
    ) or tg_op = 'DELETE' then
        raise exception using errcode = 'HP009', message = 'a business day only moves forward';
    end if;
    return new;
end $$;
create trigger ledger_businessday_forward before update or delete on ledger_businessday
    for each row execute function ledger_day_moves();
create trigger ledger_businessday_kept before truncate on ledger_businessday
    for each statement execute function ledger_refuse_change();

-- Opens an accounting year 会计年度: the partition and every guard on it. Harmless when the year is open.
-- The partition is made apart and attached, so that postings in flight are not stopped.
create function ledger_open_year(p_year integer) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_name text := format('ledger_entry_%s', p_year);
begin
    if p_year not between 1990 and 2199 then
        raise exception using errcode = 'HP009', message = format('%s is no accounting year', p_year);
    end if;
    perform pg_advisory_xact_lock(hashtext('ledger_open_year'));
    if to_regclass('public.' || v_name) is not null then
        return;
    end if;
    execute format(
        'create table public.%I (like public.ledger_entry including defaults including constraints including indexes)',
        v_name);
    execute format(
        'alter table public.%I add constraint ledger_entry_year check (booked_on >= %L and booked_on < %L)',
        v_name, make_date(p_year, 1, 1), make_date(p_year + 1, 1, 1));
    execute format('revoke all on public.%I from hpf_app', v_name);
    execute format('grant select on public.%I to hpf_app', v_name);
    execute format(
        'create trigger ledger_entry_kept before truncate on public.%I'
        ' for each statement execute function public.ledger_refuse_change()', v_name);
    execute format(
        'alter table public.ledger_entry attach partition public.%I for values from (%L) to (%L)',
        v_name, make_date(p_year, 1, 1), make_date(p_year + 1, 1, 1));
    -- It spared the attaching a scan; from now on the partition's own bounds say the same.
    execute format('alter table public.%I drop constraint ledger_entry_year', v_name);
end $$;

-- The first business day 首个会计日: only where there is none.
create function ledger_open_first_day(p_day date) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtext('ledger_open_first_day'));
    if exists (select from public.ledger_businessday) then
        raise exception using errcode = 'HP009', message = 'the first business day is open already';
    end if;
    perform public.ledger_open_year(extract(year from p_day)::integer);
    insert into public.ledger_businessday (day, status, interest_ready) values (p_day, 'OPEN', true);
end $$;

-- Turns the day 日切: the day goes over to closing and the next one opens in the same breath. It waits for every posting
-- in flight, since each shares the day's lock until it commits.
create function ledger_turn_day(p_day date) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(20000101, public.ledger_day_lock(p_day));
    update public.ledger_businessday set status = 'CLOSING', closing_at = clock_timestamp()
        where day = p_day and status = 'OPEN';
    if not found then
        raise exception using errcode = 'HP001', message = format('business day %s is not open', p_day);
    end if;
    insert into public.ledger_businessday (day, status, interest_ready) values (p_day + 1, 'OPEN', false);
end $$;

-- Closes the day 结账: its totals are drawn up, and no entry enters it any more.
create function ledger_close_day(p_day date) returns integer
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
    update public.ledger_businessday set interest_ready = true where day = p_day + 1;
    return v_totals;
end $$;
