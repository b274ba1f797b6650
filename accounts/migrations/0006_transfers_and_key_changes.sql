-- What names a member 姓名与证件 changes only as another person signs it, in the same transaction 关键信息变更须复核.
create function accounts_member_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (
        select from public.accounts_keychange k
        join public.approvals_case c on c.id = k.case_id and c.status = 'GRANTED'
        join public.approvals_signature s on s.case_id = c.id and s.verdict = 'GRANT'
        where k.member_id = new.id and s.at >= transaction_timestamp()
    ) then
        raise exception 'member % is renamed only under a second signature', new.id using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger accounts_member_guard before update on accounts_member for each row
    when (row(old.name, old.certificate_type, old.id_index) is distinct from row(new.name, new.certificate_type, new.id_index))
    execute function accounts_member_guard();
