-- Many vouchers at once 批量制证: what draining a bank's file or a day's lists needs. The checks are those of ledger_post,
-- each for every voucher, and the refusals bear the same codes. Two things are not for here and are refused: a kind that
-- turns the year, and an account with a balance of its own that stands in two lines, whose running balance would depend
-- on which of them comes first.

-- The lines of all vouchers as one statement, in the order of their accounts: ledger_post_many for more than one voucher.
create function ledger_post_lines(
    p_on date, p_interest_on date, p_interest_ready boolean,
    p_vouchers bigint[], p_lines integer[], p_accounts bigint[], p_sides "char"[], p_amounts numeric(18,2)[]
) returns void
language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    v_booked bigint;
begin
    with lines as materialized (
        select l.voucher_id, l.line, l.account_id, l.side, l.amount,
               case l.side when 'D' then l.amount else -l.amount end as debit
        from unnest(p_vouchers, p_lines, p_accounts, p_sides, p_amounts) l (voucher_id, line, account_id, side, amount)
    ), moved as (
        update public.ledger_ledgeraccount t set
            version = t.version + 1,
            balance = t.balance + t.sign * l.debit,
            current = t.current + greatest(t.sign * l.debit, -t.current),
            carried = t.carried + least(0, t.sign * l.debit + t.current),
            current_number = t.current_number + t.current * (greatest(t.counted_to, p_interest_on) - t.counted_to)
                + greatest(t.sign * l.debit, -t.current) * (greatest(t.counted_to, p_interest_on) - p_interest_on),
            carried_number = t.carried_number + t.carried * (greatest(t.counted_to, p_interest_on) - t.counted_to)
                + least(0, t.sign * l.debit + t.current) * (greatest(t.counted_to, p_interest_on) - p_interest_on),
            counted_to = greatest(t.counted_to, p_interest_on)
        from lines l
        where t.id = l.account_id and t.stored and t.closed_on is null and (p_interest_ready or not t.bears_interest)
        returning l.voucher_id, l.line, l.account_id, l.side, l.amount, t.branch_id, t.chart_id, t.version, t.balance
    ), unmoved as (
        select l.voucher_id, l.line, l.account_id, l.side, l.amount, t.branch_id, t.chart_id,
               null::integer as version, null::numeric as balance
        from lines l join public.ledger_ledgeraccount t on t.id = l.account_id
        where not t.stored and t.closed_on is null
    )
    insert into public.ledger_entry
        (booked_on, line, voucher_id, account_id, interest_on, version, branch_id, side, chart_id, amount, balance)
    select p_on, line, voucher_id, account_id, p_interest_on, version, branch_id, side, chart_id, amount, balance
    from (select * from moved union all select * from unmoved) met;
    get diagnostics v_booked = row_count;
    if v_booked = cardinality(p_accounts) then
        return;
    end if;
    if exists (
        select from unnest(p_accounts) l (account_id) join public.ledger_ledgeraccount t on t.id = l.account_id
        where t.stored group by t.id having count(*) > 1
    ) then
        raise exception using errcode = 'HP002', message = 'an account with a balance stands twice among the vouchers';
    end if;
    if not p_interest_ready and exists (
        select from public.ledger_ledgeraccount t where t.id = any (p_accounts) and t.bears_interest
    ) then
        raise exception using errcode = 'HP005', message = 'the day before is not settled yet';
    end if;
    raise exception using errcode = 'HP003', message = format('%s of %s lines name no open ledger account',
        cardinality(p_accounts) - v_booked, cardinality(p_accounts));
end $$;

-- Posts the vouchers of one kind, all or none, and answers their ids in the order of their sources. A line names its
-- voucher by the place of the source; the lines come in ascending order of their accounts over all vouchers.
create function ledger_post_batch(
    p_kind text, p_sources text[], p_on date, p_interest_on date, p_by bigint, p_whys text[],
    p_vouchers integer[], p_accounts bigint[], p_sides "char"[], p_amounts numeric[]
) returns bigint[]
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_kind    public.ledger_voucherkind;
    v_ready   boolean;
    v_amounts numeric(18,2)[] := p_amounts;  -- two places, as the entries and the leaf hash hold them
    v_count   integer := coalesce(cardinality(p_sources), 0);
    v_lines   integer := coalesce(cardinality(p_accounts), 0);
    v_at      timestamptz := clock_timestamp();
    v_ids     bigint[];
    v_places  integer[];
    v_of      bigint[];
    v_wrong   text;
    v_written bigint;
begin
    select * into v_kind from public.ledger_voucherkind k where k.code = p_kind;
    if not found or v_kind.turns_year then
        raise exception using errcode = 'HP002', message = format('no kind of voucher for many: %s', p_kind);
    end if;
    v_ready := public.ledger_enter_day(v_kind.at_day_end, p_on);
    if p_interest_on not between p_on and p_on + 1 then
        raise exception using errcode = 'HP002', message = format('vouchers %s: interest date', p_kind);
    end if;
    if v_count = 0 or v_lines = 0 or cardinality(p_whys) is distinct from v_count
        or cardinality(p_vouchers) is distinct from v_lines or cardinality(p_sides) is distinct from v_lines
        or cardinality(p_amounts) is distinct from v_lines or v_amounts is distinct from p_amounts
    then
        raise exception using errcode = 'HP002', message = format('vouchers %s: arrays that do not fit', p_kind);
    end if;
    if exists (
        select from unnest(p_vouchers, p_accounts, p_sides, v_amounts) with ordinality l (voucher, account, side, amount, n)
        where (l.voucher between 1 and v_count and l.account is not null and l.side in ('D', 'C')
            and l.amount > 0 and l.amount < 10000000000000000) is not true
    ) or exists (
        select from (
            select l.account >= lag(l.account) over (order by l.n) as ascending
            from unnest(p_accounts) with ordinality l (account, n)
        ) o where not o.ascending
    ) then
        raise exception using errcode = 'HP002', message = format('vouchers %s: a line is not sound', p_kind);
    end if;
    select min(s.source) into v_wrong
    from unnest(p_sources) with ordinality s (source, place)
    left join (
        select l.voucher, coalesce(sum(l.amount) filter (where l.side = 'D'), 0) as debit,
               coalesce(sum(l.amount) filter (where l.side = 'C'), 0) as credit
        from unnest(p_vouchers, p_sides, v_amounts) l (voucher, side, amount) group by 1
    ) b on b.voucher = s.place
    where b.voucher is null or b.debit <> b.credit;
    if v_wrong is not null then
        raise exception using errcode = 'HP002', message = format('voucher %s:%s is not balanced', p_kind, v_wrong);
    end if;
    v_ids := array(select nextval('public.ledger_voucher_id_seq') from generate_series(1, v_count));
    select array_agg(l.line order by l.n), array_agg(v_ids[l.voucher] order by l.n) into v_places, v_of
    from (
        select n, voucher, row_number() over (partition by voucher order by n)::integer as line
        from unnest(p_vouchers) with ordinality u (voucher, n)
    ) l;
    insert into public.ledger_voucher
        (id, kind_id, source, booked_on, interest_on, by_id, why, made_at, line_count, total, leaf)
    select v_ids[s.place], p_kind, s.source, p_on, p_interest_on, p_by, s.why, v_at, b.lines, b.total,
           public.ledger_leaf(v_ids[s.place], p_kind, s.source, p_on, p_interest_on, p_by, s.why, v_at,
               b.accounts, b.sides, b.amounts)
    from unnest(p_sources, p_whys) with ordinality s (source, why, place)
    join (
        select l.voucher, count(*) as lines, sum(l.amount) filter (where l.side = 'D') as total,
               string_agg(l.account::text, ',' order by l.n) as accounts,
               string_agg(l.side::text, ',' order by l.n) as sides,
               string_agg(l.amount::text, ',' order by l.n) as amounts
        from unnest(p_vouchers, p_accounts, p_sides, v_amounts) with ordinality l (voucher, account, side, amount, n)
        group by 1
    ) b on b.voucher = s.place
    on conflict on constraint ledger_voucher_once do nothing;
    get diagnostics v_written = row_count;
    if v_written <> v_count then
        raise exception using errcode = 'HP004',
            message = format('%s of %s vouchers %s are posted already', v_count - v_written, v_count, p_kind);
    end if;
    perform public.ledger_post_lines(p_on, p_interest_on, v_ready, v_of, v_places, p_accounts, p_sides, v_amounts);
    return v_ids;
end $$;

grant execute on function ledger_post_batch to hpf_app;
