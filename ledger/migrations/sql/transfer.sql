-- Moves all that is in a member's ledger account to a new one of another branch 跨网点转移: the balance by a voucher, and
-- with it both parts of the balance and their interest numbers as they stand, so that a year's interest is what it would
-- have been. The old account is closed: what was on its way to it is refused, and finds the new one when it is tried
-- again. Checks of day, voucher and cover are those of ledger_post; these accounts move only while interest is settled.
-- Answers the voucher of each, null where there was nothing to move.
create function ledger_move_savings(
    p_kind text, p_sources text[], p_on date, p_by bigint, p_whys text[], p_from bigint[], p_to bigint[]
) returns bigint[]
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_count    integer := coalesce(cardinality(p_sources), 0);
    v_vouchers bigint[];
    v_wrong    text;
    m          record;
begin
    if not exists (
        select from public.ledger_voucherkind k where k.code = p_kind and not k.at_day_end and not k.turns_year
    ) then
        raise exception using errcode = 'HP002', message = format('no kind of voucher for moving savings: %s', p_kind);
    end if;
    if v_count = 0 or cardinality(p_whys) is distinct from v_count or cardinality(p_from) is distinct from v_count
        or cardinality(p_to) is distinct from v_count
        or (select count(distinct l.id) from unnest(p_from || p_to) l (id)) <> 2 * v_count
    then
        raise exception using errcode = 'HP002', message = format('moves %s: arrays that do not fit', p_kind);
    end if;
    if not public.ledger_enter_day(false, p_on) then
        raise exception using errcode = 'HP005', message = 'the day before is not settled yet';
    end if;
    perform from public.ledger_ledgeraccount t where t.id = any (p_from || p_to) order by t.id for update;
    if (select count(*) from public.ledger_ledgeraccount t
        where t.id = any (p_from || p_to) and t.closed_on is null) <> 2 * v_count
    then
        raise exception using errcode = 'HP003', message = 'savings move between open ledger accounts only';
    end if;
    select format('%s to %s', o.id, n.id) into v_wrong
    from unnest(p_from, p_to) l (old, new)
    join public.ledger_ledgeraccount o on o.id = l.old
    join public.ledger_ledgeraccount n on n.id = l.new
    where not (o.bears_interest and n.bears_interest and o.kind_id = n.kind_id and o.chart_id = n.chart_id
        and o.branch_id <> n.branch_id and n.opened_on = p_on
        and n.version = 0 and n.balance = 0 and n.carried_number = 0 and n.current_number = 0)
    limit 1;
    if v_wrong is not null then
        raise exception using errcode = 'HP002', message = format('savings do not move from %s', v_wrong);
    end if;
    v_vouchers := array_fill(null::bigint, array[v_count]);
    for m in
        select l.place, l.source, l.why, l.new, o.id as old, o.balance, o.held, o.carried, o.current,
               o.carried_number, o.current_number, o.counted_to
        from unnest(p_sources, p_whys, p_from, p_to) with ordinality l (source, why, old, new, place)
        join public.ledger_ledgeraccount o on o.id = l.old
        order by o.id
    loop
        if m.balance > 0 then
            v_vouchers[m.place] := public.ledger_post(p_kind, m.source, p_on, p_on, p_by, m.why,
                array[least(m.old, m.new), greatest(m.old, m.new)],
                case when m.old < m.new then array['D', 'C']::"char"[] else array['C', 'D']::"char"[] end,
                array[m.balance, m.balance]);
        end if;
        update public.ledger_ledgeraccount t
            set carried_number = 0, current_number = 0, closed_on = p_on
            where t.id = m.old;
        update public.ledger_ledgeraccount t
            set carried = m.carried, current = m.current, carried_number = m.carried_number,
                current_number = m.current_number, counted_to = m.counted_to
            where t.id = m.new;
    end loop;
    return v_vouchers;
end $$;

grant execute on function ledger_move_savings to hpf_app;
