-- A freeze begins, is renewed and is lifted only as a second person signs it, in the same transaction 冻结、续冻、解冻须复核; it
-- also ends after its last day. What the order says stays as it was written.
create function accounts_granted_now(p_case bigint) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select exists (
        select from public.approvals_case c
        join public.approvals_signature s on s.case_id = c.id and s.verdict = 'GRANT'
        where c.id = p_case and c.status = 'GRANTED' and s.at >= transaction_timestamp()
    )
$$;
grant execute on function accounts_granted_now(bigint) to hpf_app;

create function accounts_freeze_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    v_act text;
begin
    if tg_op = 'INSERT' then
        if new.status <> 'PENDING' then
            raise exception 'freeze % begins only under a second signature', new.id using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if row(old.id, old.member_account_id, old.ground, old.authority, old.document, old.amount, old.begins_on, old.reason,
           old.case_id)
        is distinct from
       row(new.id, new.member_account_id, new.ground, new.authority, new.document, new.amount, new.begins_on, new.reason,
           new.case_id)
    then
        raise exception 'freeze %: what the order says stays', old.id using errcode = 'check_violation';
    end if;
    if old.status = 'PENDING' and new.status = 'ACTIVE' and not public.accounts_granted_now(new.case_id) then
        raise exception 'freeze % begins only under a second signature', new.id using errcode = 'check_violation';
    end if;
    v_act := case when new.until is distinct from old.until then 'RENEW'
                  when old.status = 'ACTIVE' and new.status = 'ENDED' and (new.ended_on > new.until) is not true then 'LIFT'
             end;
    if v_act is not null and not exists (
        select from public.accounts_freezechange g
        where g.freeze_id = new.id and g.act = v_act and public.accounts_granted_now(g.case_id)
            and (v_act = 'LIFT' or g.until = new.until)
    ) then
        raise exception 'freeze % is renewed and lifted only under a second signature', new.id
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger accounts_freeze_guard before insert or update on accounts_freeze for each row
    execute function accounts_freeze_guard();
create trigger accounts_freeze_refuse before delete or truncate on accounts_freeze
    for each statement execute function accounts_refuse_change();
create trigger accounts_freezechange_refuse before update or delete or truncate on accounts_freezechange
    for each statement execute function accounts_refuse_change();
revoke delete, truncate on accounts_freeze from hpf_app;
revoke update, delete, truncate on accounts_freezechange from hpf_app;

-- While a freeze holds, its account stays with its employer and does not end 冻结期间不得转移和销户.
create function accounts_frozen_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select from public.accounts_freeze f where f.member_account_id = new.id and f.status = 'ACTIVE') then
        raise exception 'member account % is frozen: it does not move and does not end', new.number
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger accounts_frozen_guard before update on accounts_memberaccount for each row
    when (old.employer_id <> new.employer_id or old.status <> new.status and new.status in ('03', '04', '05'))
    execute function accounts_frozen_guard();
