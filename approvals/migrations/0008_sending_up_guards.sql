-- A case sent up 上报: its route grows by one right at its end, under a signature that asks for it, and never shrinks. As
-- many say yes in the end as the route had wanted, and the last signature is one of them.

create or replace function approvals_case_guard() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    v_signed integer;
    v_sent_up boolean;
    v_said text;
begin
    if tg_op = 'INSERT' then
        if new.status <> 'OPEN' or new.step <> 0 then
            raise exception 'a case begins open' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if old.status <> 'OPEN' and (new.status <> old.status or new.step <> old.step or new.steps <> old.steps) then
        raise exception 'case % is decided', old.id using errcode = 'check_violation';
    end if;
    select count(*), coalesce(bool_or(s.verdict = 'ESCALATE' and s.step = old.step), false) into v_signed, v_sent_up
    from public.approvals_signature s where s.case_id = new.id and s.verdict in ('GRANT', 'ESCALATE');
    if new.step <> old.step and (new.step <> old.step + 1 or v_signed <> new.step) then
        raise exception 'case % is not signed up to step %', new.id, new.step using errcode = 'check_violation';
    end if;
    if (new.step <> old.step and v_sent_up) is distinct from (new.steps <> old.steps)
        or (new.steps <> old.steps and (jsonb_array_length(new.steps) <> jsonb_array_length(old.steps) + 1
                                        or new.steps - jsonb_array_length(old.steps) <> old.steps))
    then
        raise exception 'case %: its route grows by one right where it is sent up', new.id
            using errcode = 'check_violation';
    end if;
    if new.status = 'GRANTED' and old.status = 'OPEN' and (v_sent_up or v_signed <> jsonb_array_length(new.steps)) then
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

grant update (steps) on approvals_case to hpf_app;
