-- A freeze moves only as its table of moves says 冻结状态变更: one that holds ends, and is neither dropped nor asked for
-- anew; one that has ended holds no more.
create or replace function accounts_freeze_guard() returns trigger
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
    if old.status <> new.status
        and (old.status, new.status) not in (('PENDING', 'ACTIVE'), ('PENDING', 'DROPPED'), ('ACTIVE', 'ENDED'))
    then
        raise exception 'freeze %: % does not become %', old.id, old.status, new.status using errcode = 'check_violation';
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
