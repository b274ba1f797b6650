-- Lets accounts that earn interest move on the new day 放开计息账户, once the day before has booked and settled what they
-- had earned by its end. What the night still does after that looks at entries of the closing day, and at no balance.
-- Answers how many days it admitted; again, none.
create function ledger_admit_savings(p_day date) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_admitted integer;
begin
    if (select count(distinct s.step) from public.ledger_stepshard s
        where s.day = p_day and s.step in ('accrue', 'settle') and s.status = 'DONE') <> 2
        or exists (select from public.ledger_stepshard s
            where s.day = p_day and s.step in ('accrue', 'settle') and s.status <> 'DONE')
    then
        raise exception using errcode = 'HP009', message = format('the interest of %s is not settled', p_day);
    end if;
    update public.ledger_businessday set interest_ready = true where day = p_day + 1 and not interest_ready;
    get diagnostics v_admitted = row_count;
    return v_admitted;
end $$;
grant execute on function ledger_admit_savings to hpf_app;

-- Days that were closed before this step joined the night admitted with their close.
insert into ledger_stepshard (day, step, status, started_at, ended_at, counts)
select d.day, 'admit', 'DONE', d.closed_at, d.closed_at, '{"admitted": 1}' from ledger_businessday d
where d.status = 'CLOSED' and exists (select from ledger_stepshard s where s.day = d.day and s.step = 'settle')
on conflict do nothing;
