-- A ban begins and is lifted only as a second person signs it, in the same transaction 违规限制的登记和解除须复核. What the
-- decision says stays as it was written.
create function accounts_ban_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.status <> 'PENDING' then
            raise exception 'ban % begins only under a second signature', new.id using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if row(old.id, old.member_id, old.ground, old.document, old.decided_on, old.begins_on, old.no_withdrawal_until,
           old.no_loan_until, old.amount, old.returned, old.reason, old.case_id)
        is distinct from
       row(new.id, new.member_id, new.ground, new.document, new.decided_on, new.begins_on, new.no_withdrawal_until,
           new.no_loan_until, new.amount, new.returned, new.reason, new.case_id)
    then
        raise exception 'ban %: what the decision says stays', old.id using errcode = 'check_violation';
    end if;
    if new.status = 'ACTIVE' and old.status <> 'ACTIVE' and not public.accounts_granted_now(new.case_id) then
        raise exception 'ban % begins only under a second signature', new.id using errcode = 'check_violation';
    end if;
    if old.status = 'ACTIVE' and new.status <> 'ACTIVE' and not exists (
        select from public.accounts_banlift l where l.ban_id = new.id and public.accounts_granted_now(l.case_id)
    ) then
        raise exception 'ban % is lifted only under a second signature', new.id using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger accounts_ban_guard before insert or update on accounts_ban for each row
    execute function accounts_ban_guard();
create trigger accounts_ban_refuse before delete or truncate on accounts_ban
    for each statement execute function accounts_refuse_change();
create trigger accounts_banlift_refuse before update or delete or truncate on accounts_banlift
    for each statement execute function accounts_refuse_change();
revoke delete, truncate on accounts_ban from hpf_app;
revoke update, delete, truncate on accounts_banlift from hpf_app;
