-- Payouts 支取: held money leaves an account for good or, when the bank does not pay, comes back as if it had never left.
-- What stood on the account before is kept beside the voucher, since a balance's parts and interest numbers cannot be read
-- back from its entries.
--
--   HP035 the balance is not what is closed      HP037 the account was closed since
--   HP036 undone already                         HP034 other holds keep the account from closing
create table ledger_payout (
    voucher_id           bigint         primary key,
    account_id           bigint         not null,
    to_account_id        bigint         not null,
    interest_account_id  bigint,
    paid_on              date           not null,
    amount               numeric(18,2)  not null,  -- without the interest of a closing
    interest             numeric(18,2)  not null,
    closes               boolean        not null,
    carried_taken        numeric(18,2)  not null,
    current_taken        numeric(18,2)  not null,
    carried              numeric(18,2)  not null,  -- this and what follows: as it stood before
    current              numeric(18,2)  not null,
    carried_number       numeric(24,2)  not null,
    current_number       numeric(24,2)  not null,
    counted_to           date           not null,
    undone_by_id         bigint         unique,
    constraint ledger_payout_sound check (
        amount = carried_taken + current_taken and amount >= 0 and interest >= 0 and amount + interest > 0
        and (closes or interest = 0) and (interest = 0 or interest_account_id is not null))
);
create index ledger_payout_account on ledger_payout (account_id, voucher_id);

-- A payout stays as it was booked; that it was undone is written once.
create function ledger_payout_moves() returns trigger language plpgsql as $$
declare
    v_undone public.ledger_payout := new;
begin
    v_undone.undone_by_id := null;
    if tg_op <> 'UPDATE' or old.undone_by_id is not null or v_undone is distinct from old then
        raise exception using errcode = 'HP009', message = format(
            'payout %s is undone once and otherwise stays', old.voucher_id);
    end if;
    return new;
end $$;
create trigger ledger_payout_fixed before update or delete on ledger_payout
    for each row execute function ledger_payout_moves();
create trigger ledger_payout_kept before truncate on ledger_payout
    for each statement execute function ledger_refuse_change();

-- Is this a kind of voucher for the acts of one person by day? The night's kinds are not.
create function ledger_day_kind(p_kind text) returns void
language plpgsql as $$
begin
    if not exists (
        select from public.ledger_voucherkind k where k.code = p_kind and not k.at_day_end and not k.turns_year
    ) then
        raise exception using errcode = 'HP002', message = format('no kind of voucher for paying out: %s', p_kind);
    end if;
end $$;

-- Is this an account of the centre's own at that branch, without a balance of its own, such as 21903 or 211?
create function ledger_is_own(p_account bigint, p_branch smallint) returns boolean
language sql as $$
    select exists (
        select from public.ledger_ledgeraccount t
        where t.id = p_account and not t.stored and t.closed_on is null and t.branch_id = p_branch)
$$;

-- Pays out what is held 支取: consumes the hold to spend of the same kind and source, which must be open, on this account
-- and of this amount, and posts Dr account, Cr p_to. A closing takes the whole balance, which may have grown since it was
-- held, with its interest (Dr p_interest_account), leaves no other hold behind, and ends the account. Day, voucher and cover
-- are checked by ledger_post. Answers the voucher.
create function ledger_pay_out(
    p_kind text, p_source text, p_on date, p_by bigint, p_why text, p_account bigint, p_to bigint, p_amount numeric,
    p_closes boolean, p_interest numeric, p_interest_account bigint
) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    a          public.ledger_ledgeraccount;
    h          public.ledger_hold;
    v_accounts bigint[];
    v_sides    "char"[];
    v_amounts  numeric[];
    v_current  numeric;
    v_voucher  bigint;
begin
    perform public.ledger_day_kind(p_kind);
    perform public.ledger_enter_day(false, p_on);
    a := public.ledger_lock_account(p_account);
    if exists (select from public.ledger_voucher v where v.kind_id = p_kind and v.source = p_source) then
        raise exception using errcode = 'HP004', message = format('%s:%s is posted already', p_kind, p_source);
    end if;
    select * into h from public.ledger_hold t where t.kind = p_kind and t.source = p_source and t.purpose = 'SPEND';
    if (h.account_id = p_account and (h.amount = p_amount or p_closes and h.amount <= p_amount)) is not true then
        raise exception using errcode = 'HP002', message = format(
            'no hold %s:%s of %s on account %s to pay out', p_kind, p_source, p_amount, p_account);
    end if;
    if h.released_on is not null then
        raise exception using errcode = 'HP033', message = format('hold %s:%s is released already', p_kind, p_source);
    end if;
    if (public.ledger_is_own(p_to, a.branch_id) and p_interest >= 0 and (p_interest = 0
        or p_closes and a.bears_interest and p_interest_account <> p_to
            and public.ledger_is_own(p_interest_account, a.branch_id))) is not true
    then
        raise exception using errcode = 'HP002', message = format('payout %s:%s: accounts or interest', p_kind, p_source);
    end if;
    if p_closes and p_amount <> a.balance then
        raise exception using errcode = 'HP035', message = format('account %s has %s to close', p_account, a.balance);
    end if;
    if p_closes and exists (
        select from public.ledger_hold o where o.account_id = p_account and o.released_on is null and o.id <> h.id
    ) then
        raise exception using errcode = 'HP034', message = format('account %s has other holds', p_account);
    end if;
    update public.ledger_hold t set released_on = p_on, released_by_id = p_by, released_at = clock_timestamp() where t.id = h.id;
    update public.ledger_ledgeraccount t set held = t.held - h.amount where t.id = p_account;
    -- The interest comes in before all goes out, since no line may leave the account below nothing.
    select array_agg(l.account order by l.account, l.place), array_agg(l.side order by l.account, l.place),
           array_agg(l.amount order by l.account, l.place)
        into v_accounts, v_sides, v_amounts
    from (values (1, p_interest_account, 'D'::"char", p_interest), (2, p_account, 'C', p_interest),
                 (3, p_account, 'D', p_amount + p_interest), (4, p_to, 'C', p_amount + p_interest)
         ) l (place, account, side, amount)
    where l.amount <> 0;
    v_voucher := public.ledger_post(p_kind, p_source, p_on, p_on, p_by, p_why, v_accounts, v_sides, v_amounts);
    v_current := least(a.current, p_amount);  -- as ledger_post takes it: of the current year first
    if p_closes then
        update public.ledger_ledgeraccount t set closed_on = p_on, carried_number = 0, current_number = 0 where t.id = p_account;
    end if;
    insert into public.ledger_payout
        (voucher_id, account_id, to_account_id, interest_account_id, paid_on, amount, interest, closes, carried_taken,
         current_taken, carried, current, carried_number, current_number, counted_to)
    values (v_voucher, p_account, p_to, p_interest_account, p_on, p_amount, p_interest, p_closes, p_amount - v_current,
            v_current, a.carried, a.current, a.carried_number, a.current_number, a.counted_to);
    perform public.ledger_cover(p_account);
    return v_voucher;
end $$;

-- The day from which carried money counts since the last turn of the year on a day or later; null: no year turned.
create function ledger_turned_since(p_day date) returns date
language sql as $$
    select max(v.interest_on)
    from public.ledger_voucherkind k join public.ledger_voucher v on v.kind_id = k.code
    where k.turns_year and v.booked_on >= p_day
$$;

-- Undoes a payout 冲回支取, once: a voucher posts the money back, and it counts for interest from the day it left. What
-- came of the current year is of the current year again, the rest carried forward; a closing is undone with its interest,
-- and the account opened as it stood. When a year turned meanwhile, all comes back as carried money that counts from that
-- turn, and the interest of a closing stays the member's. Answers the voucher.
create function ledger_undo_payout(
    p_voucher bigint, p_kind text, p_source text, p_on date, p_by bigint, p_why text
) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_ready    boolean;
    p          public.ledger_payout;
    a          public.ledger_ledgeraccount;
    v_turned   date;
    v_since    date;
    v_back     numeric;  -- what comes back, and of that what is carried money
    v_carried  numeric;
    v_interest numeric;  -- what of it goes back to the interest account
    v_accounts bigint[];
    v_sides    "char"[];
    v_amounts  numeric(18,2)[];
    v_voucher  bigint;
begin
    perform public.ledger_day_kind(p_kind);
    v_ready := public.ledger_enter_day(false, p_on);
    perform from public.ledger_ledgeraccount t join public.ledger_payout o on o.account_id = t.id
        where o.voucher_id = p_voucher for no key update of t;
    select * into p from public.ledger_payout o where o.voucher_id = p_voucher;
    if not found then
        raise exception using errcode = 'HP002', message = format('voucher %s is no payout', p_voucher);
    end if;
    if p.undone_by_id is not null then
        raise exception using errcode = 'HP036', message = format('payout %s is undone already', p_voucher);
    end if;
    select * into a from public.ledger_ledgeraccount t where t.id = p.account_id;
    if a.closed_on is not null and not p.closes then
        raise exception using errcode = 'HP037', message = format('account %s was closed since', p.account_id);
    end if;
    v_turned := case when a.bears_interest then public.ledger_turned_since(p.paid_on) end;
    v_since := coalesce(v_turned, p.paid_on);
    v_back := p.amount + p.interest;
    v_carried := case when v_turned is null then p.carried_taken else v_back end;
    v_interest := case when v_turned is null then p.interest else 0 end;
    if p.closes then
        update public.ledger_ledgeraccount t set closed_on = null where t.id = p.account_id;
    end if;
    select array_agg(l.account order by l.account, l.place), array_agg(l.side order by l.account, l.place),
           array_agg(l.amount order by l.account, l.place)
        into v_accounts, v_sides, v_amounts
    from (values (1, p.to_account_id, 'D'::"char", v_back), (2, p.account_id, 'C', v_back),
                 (3, p.account_id, 'D', v_interest), (4, p.interest_account_id, 'C', v_interest)
         ) l (place, account, side, amount)
    where l.amount <> 0;
    -- Not by ledger_post, which books nothing that counts from an earlier day.
    v_voucher := public.ledger_write_voucher(
        p_kind, p_source, p_on, v_since, p_by, p_why, v_accounts, v_sides, v_amounts, v_back + v_interest);
    perform public.ledger_post_few(v_voucher, p_on, v_since, v_ready, v_accounts, v_sides, v_amounts);
    if p.closes and v_turned is null then
        update public.ledger_ledgeraccount t
            set carried = p.carried, current = p.current, carried_number = p.carried_number,
                current_number = p.current_number, counted_to = p.counted_to
            where t.id = p.account_id;
    else
        update public.ledger_ledgeraccount t
            set carried = t.carried + v_carried, current = t.current - v_carried,
                carried_number = t.carried_number + v_carried * (t.counted_to - v_since),
                current_number = t.current_number - v_carried * (t.counted_to - v_since)
            where t.id = p.account_id;
    end if;
    update public.ledger_payout o set undone_by_id = v_voucher where o.voucher_id = p_voucher;
    perform public.ledger_cover(p.account_id);
    return v_voucher;
end $$;

grant execute on function ledger_pay_out, ledger_undo_payout to hpf_app;
revoke insert, update, delete on ledger_payout from hpf_app;
insert into ledger_voucherkind (code, name) values ('ledger.reversal', '红冲');
