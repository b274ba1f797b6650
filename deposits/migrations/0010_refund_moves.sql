-- Moves of refunds 退款状态变更: what their table of moves does not have, the database does not let through, whoever
-- writes; and what a move rests on is there before it.
create trigger deposits_refund_moves before update of status on deposits_refund for each row
    when (old.status <> new.status) execute function banking_refuse_move(
        'SUBMITTED>APPROVED', 'SUBMITTED>SENT_BACK', 'SUBMITTED>TAKEN_BACK',
        'APPROVED>PAID', 'APPROVED>RETURNED', 'PAID>RETURNED');

create function deposits_refund_rests() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.status <> 'SUBMITTED' then
            raise exception 'refund % begins proposed', new.number using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if old.voucher <> new.voucher or old.payment_id <> new.payment_id or old.return_voucher <> new.return_voucher then
        raise exception 'refund % is paid out once, and comes back once', new.number using errcode = 'check_violation';
    end if;
    if old.status = 'SUBMITTED' and new.status = 'APPROVED'
        and not public.banking_is_posted(new.id, 'deposits.refund', new.voucher)
        or new.status = 'RETURNED' and old.status <> 'RETURNED'
        and not public.banking_is_posted(new.id, 'deposits.refund_return', new.return_voucher)
    then
        raise exception 'refund % is posted before it moves', new.number using errcode = 'check_violation';
    end if;
    if new.status = 'PAID' and old.status <> 'PAID' and not exists (
        select from public.banking_payment p where p.id = new.payment_id and p.status = 'SUCCEEDED'
    ) then
        raise exception 'refund % was not paid by a bank', new.number using errcode = 'check_violation';
    end if;
    return new;
end $$;

-- Named to come after the table of moves, which says no first.
create trigger deposits_refund_rests before insert or update on deposits_refund for each row
    execute function deposits_refund_rests();
