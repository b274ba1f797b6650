-- A closed employer takes no money 已销户单位不再认领到账. The employer's key is shared until the identification commits:
-- an employer that is being closed waits for it and then has money, or closes first and the money stays in suspense.
create function deposits_identification_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    perform from public.accounts_employer e where e.id = new.employer_id and e.status <> '04' for key share;
    if not found then
        raise exception using errcode = 'check_violation', constraint = 'deposits_identification_open_employer',
            message = format('employer %s is closed', new.employer_id);
    end if;
    return new;
end $$;

create trigger deposits_identification_guard before insert on deposits_identification
    for each row execute function deposits_identification_guard();
