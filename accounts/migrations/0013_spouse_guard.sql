-- The record of a marriage is ended once and stays otherwise as it was written 配偶登记只终止不修改.
create function accounts_spouse_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if old.until is not null
        or row(old.id, old.member_id, old.name, old.certificate_type, old.id_index, old.since, old.evidence)
            is distinct from
           row(new.id, new.member_id, new.name, new.certificate_type, new.id_index, new.since, new.evidence)
    then
        raise exception 'the record of spouse % is ended once and not changed', old.id using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger accounts_spouse_guard before update on accounts_spouse for each row
    execute function accounts_spouse_guard();
create trigger accounts_spouse_refuse before delete or truncate on accounts_spouse
    for each statement execute function accounts_refuse_change();
revoke delete, truncate on accounts_spouse from hpf_app;
