-- Several signatures on one case 多级复核: one after another, each by another person, and none of them skipped.

-- What was opened before cases had routes has one step: the right it waits for.
update approvals_case set steps = jsonb_build_array(perm);

-- The right a case waits for is that of its step.
alter table approvals_case
    add constraint approvals_case_waits_for_its_step check (steps ->> step = perm and step >= 0);

create or replace function approvals_case_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    v_granted integer;
    v_said text;
begin
    if tg_op = 'INSERT' then
        if new.status <> 'OPEN' or new.step <> 0 then
            raise exception 'a case begins open' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if old.status <> 'OPEN' and (new.status <> old.status or new.step <> old.step) then
        raise exception 'case % is decided', old.id using errcode = 'check_violation';
    end if;
    select count(*) into v_granted
    from public.approvals_signature s where s.case_id = new.id and s.verdict = 'GRANT';
    if new.step <> old.step and (new.step <> old.step + 1 or v_granted <> new.step) then
        raise exception 'case % is not signed up to step %', new.id, new.step using errcode = 'check_violation';
    end if;
    if new.status = 'GRANTED' and old.status = 'OPEN' and v_granted <> jsonb_array_length(new.steps) then
        raise exception 'case % has no signature for %', new.id, new.status using errcode = 'check_violation';
    end if;
    if new.status in ('RETURNED', 'REFUSED') and old.status = 'OPEN' then
        v_said := case new.status when 'RETURNED' then 'RETURN' else 'REFUSE' end;
        if not exists (
            select from public.approvals_signature s where s.case_id = new.id and s.verdict = v_said
        ) then
            raise exception 'case % has no signature for %', new.id, new.status using errcode = 'check_violation';
        end if;
    end if;
    return new;
end $$;

-- Only what still waits can be signed, at the step it waits at, and refused only where that is provided for.
create or replace function approvals_signature_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    v_case public.approvals_case;
begin
    select * into v_case from public.approvals_case c where c.id = new.case_id;
    if v_case.id is null or v_case.status <> 'OPEN' then
        raise exception 'case % is not open', new.case_id using errcode = 'check_violation';
    end if;
    if new.step <> v_case.step then
        raise exception 'case % waits at step %', new.case_id, v_case.step using errcode = 'check_violation';
    end if;
    if new.verdict = 'REFUSE' and not v_case.may_refuse then
        raise exception 'case % can be sent back only', new.case_id using errcode = 'check_violation';
    end if;
    return new;
end $$;

grant update (status, step, perm) on approvals_case to hpf_app;
