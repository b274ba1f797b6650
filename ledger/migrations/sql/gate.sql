-- The one gate 记账. It runs with the owner's rights; the application's role can write vouchers, entries and balances
-- in no other way. Rows come in as arrays of values, never as SQL text, accounts in ascending order, so that two
-- postings that meet wait for each other and do not lock each other out.
--
--   HP001 the day is not open          HP004 posted already
--   HP002 the voucher is not balanced  HP005 the year is being turned, try again
--   HP003 an account is unknown        23514 ledger_account_covered: the balance does not cover it

-- Opens ledger accounts 开立分户账, one for each branch named, and answers their ids in that order.
create function ledger_open_accounts(p_kind text, p_chart text, p_branches smallint[], p_on date) returns setof bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
    insert into public.ledger_ledgeraccount
        (chart_id, branch_id, sign, kind_id, stored, bears_interest, may_overdraw, shared, opened_on, counted_to)
    select c.code, b.branch, case c.side when 'D' then 1 else -1 end, k.code, k.stored, k.bears_interest, k.may_overdraw, k.shared, p_on, p_on
    from unnest(p_branches) with ordinality b (branch, place)
    join public.ledger_accountkind k on k.code = p_kind
    join public.ledger_chartaccount c on c.code = p_chart and c.takes_entries
    order by b.place
    returning id;
end $$;

-- The centre's own account under a chart account and branch 内部账户, opened when it is first needed.
create function ledger_internal_account(p_chart text, p_branch smallint, p_on date) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    insert into public.ledger_ledgeraccount
        (chart_id, branch_id, sign, kind_id, stored, bears_interest, may_overdraw, shared, opened_on, counted_to)
    select c.code, p_branch, case c.side when 'D' then 1 else -1 end,
           k.code, k.stored, k.bears_interest, k.may_overdraw, k.shared, p_on, p_on
    from public.ledger_accountkind k, public.ledger_chartaccount c
    where k.code = 'INTERNAL' and c.code = p_chart and c.takes_entries
    on conflict (chart_id, branch_id) where shared do nothing;
    return (select a.id from public.ledger_ledgeraccount a
            where a.chart_id = p_chart and a.branch_id = p_branch and a.shared);
end $$;

-- The lock of a business day: postings share it until they commit, turning and closing the day take it alone. It is a
-- lock in memory: a lock on the day's row would write that row for each posting.
create function ledger_day_lock(p_day date) returns integer
language sql immutable return p_day - date '2000-01-01';

-- May a voucher be booked on this day? Holds the day until the posting commits. Answers whether accounts that earn
-- interest may move. The day is read after it is locked, which a transaction that sees only an old snapshot could not.
create function ledger_enter_day(p_at_day_end boolean, p_on date) returns boolean
language plpgsql as $$
declare
    v_day public.ledger_businessday;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = 'HP002', message = 'postings need the isolation level read committed';
    end if;
    perform pg_advisory_xact_lock_shared(20000101, public.ledger_day_lock(p_on));
    select * into v_day from public.ledger_businessday d where d.day = p_on;
    if v_day.status = 'OPEN' or (v_day.status = 'CLOSING' and p_at_day_end) then
        return v_day.interest_ready or p_at_day_end;
    end if;
    raise exception using errcode = 'HP001',
        message = format('business day %s is %s', p_on, coalesce(lower(v_day.status), 'unknown'));
end $$;

-- Writes the voucher 凭证 with its leaf hash; (kind, source) makes it once and for all.
create function ledger_write_voucher(
    p_kind text, p_source text, p_on date, p_interest_on date, p_by bigint, p_why text,
    p_accounts bigint[], p_sides "char"[], p_amounts numeric(18,2)[], p_total numeric
) returns bigint
language plpgsql as $$
declare
    v_id bigint := nextval('public.ledger_voucher_id_seq');
    v_at timestamptz := clock_timestamp();
begin
    insert into public.ledger_voucher
        (id, kind_id, source, booked_on, interest_on, by_id, why, made_at, line_count, total, leaf)
    values (v_id, p_kind, p_source, p_on, p_interest_on, p_by, p_why, v_at, cardinality(p_accounts), p_total,
        public.ledger_leaf(v_id, p_kind, p_source, p_on, p_interest_on, p_by, p_why, v_at,
            array_to_string(p_accounts, ','), array_to_string(p_sides, ','), array_to_string(p_amounts, ',')))
    on conflict on constraint ledger_voucher_once do nothing;
    if not found then
        raise exception using errcode = 'HP004', message = format('%s:%s is posted already', p_kind, p_source);
    end if;
    return v_id;
end $$;

-- The leaf hash 凭证摘要 of a voucher and its lines, in a fixed order; what seals it comes later.
create function ledger_leaf(
    p_id bigint, p_kind text, p_source text, p_on date, p_interest_on date, p_by bigint, p_why text, p_at timestamptz,
    p_accounts text, p_sides text, p_amounts text
) returns bytea
language sql stable parallel safe as $$
    select sha256(convert_to(
        p_id || '|' || p_kind || '|' || p_source || '|' || (p_on - date '2000-01-01') || '|'
        || (p_interest_on - date '2000-01-01') || '|' || p_by || '|' || p_why || '|' || extract(epoch from p_at) || '|'
        || p_accounts || '|' || p_sides || '|' || p_amounts, 'UTF8'))
$$;

-- Few lines: a loop is twice as fast as one set-based statement. A change works on the two parts of a balance: money in
-- is current-year money 当年归集; money out is taken from the current year first, then from what was carried forward
-- 上年结转. Each part's interest number 积数 is brought up to the interest date on the way, so that a quiet account needs
-- no nightly work; an interest date before the last movement adds or takes off the days between.
create function ledger_post_few(
    p_voucher bigint, p_on date, p_interest_on date, p_interest_ready boolean,
    p_accounts bigint[], p_sides "char"[], p_amounts numeric(18,2)[]
) returns void
language plpgsql as $$
declare
    a          record;
    v_debit    numeric;
    v_branches smallint[];
    v_charts   text[];
    v_versions integer[];
    v_balances numeric(18,2)[];
begin
    for i in 1 .. cardinality(p_accounts) loop
        v_debit := case p_sides[i] when 'D' then p_amounts[i] else -p_amounts[i] end;
        update public.ledger_ledgeraccount t set  -- the usual case: current-year money only, counted to an earlier day
            version = t.version + 1,
            balance = t.balance + t.sign * v_debit,
            current = t.current + t.sign * v_debit,
            current_number = t.current_number + t.current * (p_interest_on - t.counted_to),
            carried_number = t.carried_number + t.carried * (p_interest_on - t.counted_to),
            counted_to = p_interest_on
        where t.id = p_accounts[i] and t.stored and t.closed_on is null
            and t.counted_to <= p_interest_on and t.current + t.sign * v_debit >= 0
        returning t.chart_id, t.branch_id, t.bears_interest, t.version, t.balance into a;
        if not found then
            select t.chart_id, t.branch_id, false as bears_interest, null::integer as version, null::numeric as balance
            into a
            from public.ledger_ledgeraccount t
            where t.id = p_accounts[i] and not t.stored and t.closed_on is null;
        end if;
        if not found then
            update public.ledger_ledgeraccount t set
                version = t.version + 1,
                balance = t.balance + t.sign * v_debit,
                current = t.current + greatest(t.sign * v_debit, -t.current),
                carried = t.carried + least(0, t.sign * v_debit + t.current),
                current_number = t.current_number + t.current * (greatest(t.counted_to, p_interest_on) - t.counted_to)
                    + greatest(t.sign * v_debit, -t.current) * (greatest(t.counted_to, p_interest_on) - p_interest_on),
                carried_number = t.carried_number + t.carried * (greatest(t.counted_to, p_interest_on) - t.counted_to)
                    + least(0, t.sign * v_debit + t.current) * (greatest(t.counted_to, p_interest_on) - p_interest_on),
                counted_to = greatest(t.counted_to, p_interest_on)
            where t.id = p_accounts[i] and t.stored and t.closed_on is null
            returning t.chart_id, t.branch_id, t.bears_interest, t.version, t.balance into a;
            if not found then
                raise exception using errcode = 'HP003', message = format('no open ledger account %s', p_accounts[i]);
            end if;
        end if;
        if a.bears_interest and not p_interest_ready then
            raise exception using errcode = 'HP005', message = 'the day before is not settled yet';
        end if;
        v_branches[i] := a.branch_id;
        v_charts[i] := a.chart_id;
        v_versions[i] := a.version;
        v_balances[i] := a.balance;
    end loop;
    insert into public.ledger_entry
        (booked_on, line, voucher_id, account_id, interest_on, version, branch_id, side, chart_id, amount, balance)
    select p_on, l.line, p_voucher, l.account_id, p_interest_on, l.version, l.branch_id, l.side, l.chart_id, l.amount,
        l.balance
    from unnest(p_accounts, p_sides, p_amounts, v_branches, v_charts, v_versions, v_balances)
        with ordinality l (account_id, side, amount, branch_id, chart_id, version, balance, line);
end $$;

-- Many lines, each account once: one statement. It is planned once for lists of every length, and so meets its accounts
-- by their key, in the order given. A kind that turns the year carries everything forward and starts the interest numbers
-- afresh on the interest date; nothing else may move these accounts meanwhile, so their order does not matter, and it is
-- planned for its own length.
create function ledger_post_many(
    p_voucher bigint, p_on date, p_interest_on date, p_interest_ready boolean, p_turns boolean,
    p_accounts bigint[], p_sides "char"[], p_amounts numeric(18,2)[]
) returns void
language plpgsql
set plan_cache_mode = force_generic_plan as $$
declare
    v_booked bigint;
begin
    if p_turns then
        perform set_config('plan_cache_mode', 'force_custom_plan', true);  -- until this function ends
    end if;
    with lines as materialized (
        select l.line::integer, l.account_id, l.side, l.amount,
               case l.side when 'D' then l.amount else -l.amount end as debit
        from unnest(p_accounts, p_sides, p_amounts) with ordinality l (account_id, side, amount, line)
    ), moved as (
        update public.ledger_ledgeraccount t set
            version = t.version + 1,
            balance = t.balance + t.sign * l.debit,
            current = case when p_turns then 0 else t.current + greatest(t.sign * l.debit, -t.current) end,
            carried = case when p_turns then t.balance + t.sign * l.debit
                else t.carried + least(0, t.sign * l.debit + t.current) end,
            current_number = case when p_turns then 0 else
                t.current_number + t.current * (greatest(t.counted_to, p_interest_on) - t.counted_to)
                + greatest(t.sign * l.debit, -t.current) * (greatest(t.counted_to, p_interest_on) - p_interest_on) end,
            carried_number = case when p_turns then 0 else
                t.carried_number + t.carried * (greatest(t.counted_to, p_interest_on) - t.counted_to)
                + least(0, t.sign * l.debit + t.current) * (greatest(t.counted_to, p_interest_on) - p_interest_on) end,
            counted_to = greatest(t.counted_to, p_interest_on)
        from lines l
        where t.id = l.account_id and t.stored and t.closed_on is null and (p_interest_ready or not t.bears_interest)
        returning l.line, l.account_id, l.side, l.amount, t.branch_id, t.chart_id, t.version, t.balance
    ), unmoved as (
        select l.line, l.account_id, l.side, l.amount, t.branch_id, t.chart_id,
               null::integer as version, null::numeric as balance
        from lines l join public.ledger_ledgeraccount t on t.id = l.account_id
        where not t.stored and t.closed_on is null
    )
    insert into public.ledger_entry
        (booked_on, line, voucher_id, account_id, interest_on, version, branch_id, side, chart_id, amount, balance)
    select p_on, line, p_voucher, account_id, p_interest_on, version, branch_id, side, chart_id, amount, balance
    from (select * from moved union all select * from unmoved) met;
    get diagnostics v_booked = row_count;
    if v_booked = cardinality(p_accounts) then
        return;
    end if;
    if not p_interest_ready and exists (
        select from public.ledger_ledgeraccount t where t.id = any (p_accounts) and t.bears_interest
    ) then
        raise exception using errcode = 'HP005', message = 'the day before is not settled yet';
    end if;
    raise exception using errcode = 'HP003', message = format('%s of %s lines name no open ledger account',
        cardinality(p_accounts) - v_booked, cardinality(p_accounts));
end $$;

-- Posts one voucher: its day, its balance, its once-only key, its entries and balances, together or not at all.
-- p_turned: accounts a year-turning kind carries forward although their interest is nothing.
create function ledger_post(
    p_kind text, p_source text, p_on date, p_interest_on date, p_by bigint, p_why text,
    p_accounts bigint[], p_sides "char"[], p_amounts numeric[], p_turned bigint[] default '{}'
) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_kind     public.ledger_voucherkind;
    v_ready    boolean;
    v_accounts bigint[] := p_accounts;       -- as local variables the arrays are unpacked once, not at each index
    v_sides    "char"[] := p_sides;
    v_amounts  numeric(18,2)[] := p_amounts;  -- two places, as the entries and the leaf hash hold them
    v_lines    integer := coalesce(cardinality(p_accounts), 0);
    v_debit    numeric := 0;
    v_credit   numeric := 0;
    v_repeats  boolean := false;
    v_sound    boolean := v_lines > 0 and v_lines = cardinality(p_sides) and v_lines = cardinality(p_amounts)
        and v_amounts = p_amounts;
    v_voucher  bigint;
begin
    select * into v_kind from public.ledger_voucherkind k where k.code = p_kind;
    if not found then
        raise exception using errcode = 'HP002', message = format('unknown kind of voucher %s', p_kind);
    end if;
    v_ready := public.ledger_enter_day(v_kind.at_day_end, p_on);
    if p_interest_on not between p_on and p_on + 1 or (cardinality(p_turned) > 0 and not v_kind.turns_year) then
        raise exception using errcode = 'HP002',
            message = format('voucher %s:%s: interest date or year turn', p_kind, p_source);
    end if;
    -- Turning the year wipes the interest numbers: only the night may, on the day it closes, from the next day on.
    if v_kind.turns_year and (p_interest_on <> p_on + 1 or not exists (
        select from public.ledger_businessday d where d.day = p_on and d.status = 'CLOSING'
    )) then
        raise exception using errcode = 'HP002',
            message = format('voucher %s:%s turns the year on a day that is not being closed', p_kind, p_source);
    end if;
    if cardinality(p_turned) > 0 then
        update public.ledger_ledgeraccount t
            set carried = t.balance, current = 0, carried_number = 0, current_number = 0, counted_to = p_interest_on
            where t.id = any (p_turned) and t.bears_interest and t.closed_on is null;
        if v_lines = 0 then
            return 0;  -- nobody earned a fen: carried forward, and nothing to post
        end if;
    end if;
    for i in 1 .. v_lines loop
        v_sound := v_sound and v_amounts[i] > 0 and v_amounts[i] < 10000000000000000 and v_sides[i] in ('D', 'C')
            and (i = 1 or v_accounts[i] >= v_accounts[i - 1]);
        v_repeats := v_repeats or (i > 1 and v_accounts[i] = v_accounts[i - 1]);
        if v_sides[i] = 'D' then
            v_debit := v_debit + v_amounts[i];
        else
            v_credit := v_credit + v_amounts[i];
        end if;
    end loop;
    if v_sound is not true or v_debit <> v_credit or (v_repeats and v_kind.turns_year) then
        raise exception using errcode = 'HP002', message = format(
            'voucher %s:%s is not balanced or not sound: %s lines, debits %s, credits %s',
            p_kind, p_source, v_lines, v_debit, v_credit);
    end if;
    v_voucher := public.ledger_write_voucher(
        p_kind, p_source, p_on, p_interest_on, p_by, p_why, v_accounts, v_sides, v_amounts, v_debit);
    if v_repeats or (v_lines <= 12 and not v_kind.turns_year) then
        perform public.ledger_post_few(v_voucher, p_on, p_interest_on, v_ready, v_accounts, v_sides, v_amounts);
    else
        perform public.ledger_post_many(
            v_voucher, p_on, p_interest_on, v_ready, v_kind.turns_year, v_accounts, v_sides, v_amounts);
    end if;
    return v_voucher;
end $$;

grant execute on function ledger_post, ledger_open_accounts, ledger_internal_account, ledger_open_year,
    ledger_open_first_day, ledger_turn_day, ledger_close_day, ledger_leaf to hpf_app;
revoke insert, update, delete on ledger_chartaccount, ledger_accountkind, ledger_voucherkind, ledger_businessday,
    ledger_ledgeraccount, ledger_voucher, ledger_entry, ledger_daytotal from hpf_app;
revoke usage on sequence ledger_voucher_id_seq, ledger_ledgeraccount_id_seq, ledger_daytotal_id_seq from hpf_app;
