-- Moves of payments, of what banks said, and of deliveries 状态变更: what their tables of moves do not have, the database
-- does not let through, whoever writes. What has ended is not handed to a bank again, and what is unknown only when the
-- bank, or its statement, says that it never received it.

-- Refuses a change of status that is not among the trigger's arguments, each 'FROM>TO'.
create function banking_refuse_move() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if old.status || '>' || new.status <> all (tg_argv) then
        raise exception '%: % does not become %', tg_table_name, old.status, new.status using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger banking_payment_moves before update of status on banking_payment for each row
    when (old.status <> new.status) execute function banking_refuse_move(
        'CREATED>APPROVED', 'CREATED>CANCELLED',
        'APPROVED>SENT', 'APPROVED>CANCELLED', 'APPROVED>ACCEPTED', 'APPROVED>SUCCEEDED', 'APPROVED>FAILED',
        'SENT>ACCEPTED', 'SENT>SUCCEEDED', 'SENT>FAILED', 'SENT>UNKNOWN',
        'ACCEPTED>SUCCEEDED', 'ACCEPTED>FAILED', 'ACCEPTED>UNKNOWN',
        'UNKNOWN>ACCEPTED', 'UNKNOWN>SUCCEEDED', 'UNKNOWN>FAILED', 'UNKNOWN>APPROVED',
        'SUCCEEDED>RETURNED');
create trigger banking_paymentresult_moves before update of status on banking_paymentresult for each row
    when (old.status <> new.status) execute function banking_refuse_move(
        'WAITING>APPLIED', 'WAITING>REFUSED', 'REFUSED>CLEARED');
create trigger banking_delivery_moves before update of status on banking_delivery for each row
    when (old.status <> new.status) execute function banking_refuse_move(
        'PENDING>DELIVERED', 'PENDING>DEAD', 'DEAD>PENDING');

-- Is this voucher the one by which a payment's money left, or came back?
create function banking_is_posted(p_payment bigint, p_kind text, p_voucher bigint) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select exists (
        select from public.ledger_voucher v where v.kind_id = p_kind and v.source = p_payment::text and v.id = p_voucher)
$$;
grant execute on function banking_is_posted to hpf_app;

-- What a move rests on is there before it: the signatures of finance, the bank's word, the voucher.
create function banking_payment_rests() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.status <> 'CREATED' or new.sendings <> 0 or new.taken_back_on is not null then
            raise exception 'payment % begins created, and is sent later', new.reference using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if new.sendings <> old.sendings + (old.status = 'APPROVED' and new.status = 'SENT')::int then
        raise exception 'payment % is counted as sent when it is', new.reference using errcode = 'check_violation';
    end if;
    if old.success_voucher <> new.success_voucher or old.return_voucher <> new.return_voucher
        or old.taken_back_on is not null and new.taken_back_on is distinct from old.taken_back_on
    then
        raise exception 'payment % ends once', new.reference using errcode = 'check_violation';
    end if;
    if new.status = 'CANCELLED' and old.status <> 'CANCELLED' and old.sendings > 0 then
        raise exception 'payment % was handed to a bank', new.reference using errcode = 'check_violation';
    end if;
    if old.status = 'CREATED' and new.status = 'APPROVED' and not exists (
        select from public.approvals_case c where c.id = new.case_id and c.status = 'GRANTED'
    ) and new.case_id is not null then
        raise exception 'payment % is not signed', new.reference using errcode = 'check_violation';
    end if;
    if old.status = 'UNKNOWN' and new.status = 'APPROVED' and not exists (
        select from public.banking_paymentresult r
        where r.payment_id = new.id and r.outcome = 'not_received' and r.sending = old.sendings and r.status = 'APPLIED'
    ) then
        raise exception 'payment % may have been received', new.reference using errcode = 'check_violation';
    end if;
    if new.status = 'SUCCEEDED' and old.status <> 'SUCCEEDED'
        and not public.banking_is_posted(new.id, 'banking.payment', new.success_voucher)
        or new.status = 'RETURNED' and old.status <> 'RETURNED'
        and not public.banking_is_posted(new.id, 'banking.payment_return', new.return_voucher)
    then
        raise exception 'payment % is posted before it ends', new.reference using errcode = 'check_violation';
    end if;
    return new;
end $$;

-- Named to come after the table of moves, which says no first.
create trigger banking_payment_rests before insert or update on banking_payment for each row
    execute function banking_payment_rests();
