-- Maker and checker 经办与复核 are two people, whoever writes the rows.

-- The maker that a signature names is the case's own, so that the check "signer is not the maker" means something.
alter table approvals_case add constraint approvals_case_maker_key unique (id, maker_id);
alter table approvals_signature
    add constraint approvals_signature_maker_of_case
    foreign key (case_id, maker_id) references approvals_case (id, maker_id);

-- A case begins open, ends once, and ends as granted or returned only under a signature that says so.
create function approvals_case_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.status <> 'OPEN' then
            raise exception 'a case begins open' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if old.status <> 'OPEN' and new.status <> old.status then
        raise exception 'case % is decided', old.id using errcode = 'check_violation';
    end if;
    if new.status in ('GRANTED', 'RETURNED') and new.status <> old.status and not exists (
        select from public.approvals_signature s
        where s.case_id = new.id and s.verdict = case new.status when 'GRANTED' then 'GRANT' else 'RETURN' end
    ) then
        raise exception 'case % has no signature for %', new.id, new.status using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger approvals_case_guard before insert or update on approvals_case
    for each row execute function approvals_case_guard();

-- Only what still waits can be signed.
create function approvals_signature_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from public.approvals_case c where c.id = new.case_id and c.status = 'OPEN') then
        raise exception 'case % is not open', new.case_id using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger approvals_signature_guard before insert on approvals_signature
    for each row execute function approvals_signature_guard();

create function approvals_signature_refuse() returns trigger
language plpgsql as $$
begin
    raise exception 'approvals_signature is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
end $$;

create trigger approvals_signature_refuse before update or delete or truncate on approvals_signature
    for each statement execute function approvals_signature_refuse();

revoke update, delete, truncate on approvals_case, approvals_signature from hpf_app;
grant update (status) on approvals_case to hpf_app;
