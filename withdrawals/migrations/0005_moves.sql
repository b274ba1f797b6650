-- Moves of withdrawals 状态变更: what their table of moves does not have, the database does not let through, whoever
-- writes; and what a move rests on is there before it.
create trigger withdrawals_withdrawal_moves before update of status on withdrawals_withdrawal for each row
    when (old.status <> new.status) execute function banking_refuse_move(
        'SUBMITTED>APPROVED', 'SUBMITTED>REFUSED', 'SUBMITTED>SENT_BACK', 'SUBMITTED>TAKEN_BACK',
        'APPROVED>PAID', 'APPROVED>RETURNED', 'APPROVED>UNDONE', 'PAID>RETURNED');

create function withdrawals_withdrawal_rests() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.status not in ('SUBMITTED', 'REFUSED') then
            raise exception 'withdrawal % begins handed in, or refused', new.number using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if old.voucher <> new.voucher or old.payment_id <> new.payment_id or old.granted <> new.granted
        or old.undo_voucher <> new.undo_voucher
    then
        raise exception 'withdrawal % is paid out once, and comes back once', new.number using errcode = 'check_violation';
    end if;
    if old.status = 'SUBMITTED' and new.status = 'APPROVED'
        and not public.banking_is_posted(new.id, 'withdrawals.withdrawal', new.voucher)
        or new.status in ('RETURNED', 'UNDONE') and old.status <> new.status
        and not public.banking_is_posted(new.id, 'withdrawals.return', new.undo_voucher)
    then
        raise exception 'withdrawal % is posted before it moves', new.number using errcode = 'check_violation';
    end if;
    if new.status = 'PAID' and old.status <> 'PAID' and not exists (
        select from public.banking_payment p where p.id = new.payment_id and p.status = 'SUCCEEDED'
    ) then
        raise exception 'withdrawal % was not paid by a bank', new.number using errcode = 'check_violation';
    end if;
    return new;
end $$;

-- Named to come after the table of moves, which says no first.
create trigger withdrawals_withdrawal_rests before insert or update on withdrawals_withdrawal for each row
    execute function withdrawals_withdrawal_rests();

-- What was free again stays free: another application may have used it since.
create function withdrawals_use_stays_free() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    raise exception 'use % was released', old.id using errcode = 'check_violation';
end $$;
create trigger withdrawals_use_stays_free before update on withdrawals_use for each row
    when (old.released_on is not null and new.released_on is distinct from old.released_on)
    execute function withdrawals_use_stays_free();
