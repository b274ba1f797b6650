-- Papers and deputies 要件与代理: what was brought and who stood in is added, and ends once; nothing of it changes.

revoke update, delete, truncate on approvals_paper, approvals_paperpart, approvals_deputy from hpf_app;
grant update (removed_on, removed_by_id) on approvals_paper to hpf_app;
grant update (ended_on, ended_by_id) on approvals_deputy to hpf_app;

create function approvals_paper_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.removed_on is not null then
            raise exception 'a paper begins attached' using errcode = 'check_violation';
        end if;
    elsif old.removed_on is not null then
        raise exception 'paper % is taken off', old.id using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger approvals_paper_guard before insert or update on approvals_paper
    for each row execute function approvals_paper_guard();

create function approvals_deputy_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.ended_on is not null then
            raise exception 'an appointment begins open' using errcode = 'check_violation';
        end if;
    elsif old.ended_on is not null then
        raise exception 'appointment % is ended', old.id using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger approvals_deputy_guard before insert or update on approvals_deputy
    for each row execute function approvals_deputy_guard();

create function approvals_kept() returns trigger
language plpgsql as $$
begin
    raise exception '% is kept: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;

create trigger approvals_paper_kept before delete or truncate on approvals_paper
    for each statement execute function approvals_kept();
create trigger approvals_paperpart_kept before update or delete or truncate on approvals_paperpart
    for each statement execute function approvals_kept();
create trigger approvals_deputy_kept before delete or truncate on approvals_deputy
    for each statement execute function approvals_kept();

-- A person has one deputy at a time.
create extension if not exists btree_gist;
alter table approvals_deputy add constraint approvals_deputy_one_at_a_time
    exclude using gist (principal_id with =, daterange(since, until, '[]') with &&) where (ended_on is null);

-- Whoever signs in another's name is that person's deputy on that day, and neither of the two has signed before.
create function approvals_signature_name_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.for_user_id is not null and not exists (
        select from public.approvals_deputy d
        where d.principal_id = new.for_user_id and d.deputy_id = new.signer_id and d.ended_on is null
          and new."on" between d.since and d.until
    ) then
        raise exception 'user % does not stand in for %', new.signer_id, new.for_user_id
            using errcode = 'check_violation';
    end if;
    if exists (
        select from public.approvals_signature s
        where s.case_id = new.case_id
          and (s.signer_id in (new.signer_id, new.for_user_id) or s.for_user_id in (new.signer_id, new.for_user_id))
    ) then
        raise exception 'case % bears that name', new.case_id using errcode = 'unique_violation';
    end if;
    return new;
end $$;

create trigger approvals_signature_name_guard before insert on approvals_signature
    for each row execute function approvals_signature_name_guard();
