-- A new value comes into force 参数生效: the one write to policy_term, with the owner's rights, and only for a proposal
-- that a second person has signed.
--
--   HP021 no granted case belongs to the proposal     HP023 it is in force already
--   HP022 it would begin before it was signed         HP024 the value it would replace has begun to hold

create function policy_enact_term(p_change bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_change public.policy_termchange;
    v_signed date;
    v_old public.policy_term;
    v_until date;
    v_term bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('policy.term', 0));
    select * into v_change from public.policy_termchange where id = p_change;
    select s."on" into v_signed
    from public.approvals_case c
    join public.approvals_signature s on s.case_id = c.id and s.verdict = 'GRANT' and s.signer_id <> c.maker_id
    where c.id = v_change.case_id and c.status = 'GRANTED' and c.perm = 'APPROVE_TERM'
      and c.subject_kind = 'policy.termchange' and c.subject_id = p_change::text;
    if v_signed is null then
        raise exception using errcode = 'HP021', message = format('change %s is not granted', p_change);
    end if;
    if v_change.valid_from < v_signed then
        raise exception using errcode = 'HP022', message = format('change %s begins before %s', p_change, v_signed);
    end if;
    if exists (select from public.policy_term where change_id = p_change) then
        raise exception using errcode = 'HP023', message = format('change %s is in force', p_change);
    end if;

    select * into v_old from public.policy_term t
    where t.name = v_change.name and t.valid_from <= v_change.valid_from
      and (t.valid_to is null or t.valid_to > v_change.valid_from);
    if v_old.id is null then
        select min(t.valid_from) into v_until from public.policy_term t
        where t.name = v_change.name and t.valid_from > v_change.valid_from;
    else
        v_until := v_old.valid_to;
        if v_old.valid_from < v_change.valid_from then
            update public.policy_term set valid_to = v_change.valid_from where id = v_old.id;
        elsif v_old.valid_from > v_signed then
            -- It never held on any day. Its proposal and signatures stay.
            delete from public.policy_term where id = v_old.id;
        else
            raise exception using errcode = 'HP024', message = format('change %s replaces a value that holds', p_change);
        end if;
    end if;

    insert into public.policy_term (name, value, valid_from, valid_to, document, source, to_confirm, note, change_id)
    values (v_change.name, v_change.value, v_change.valid_from, v_until, v_change.document, v_change.source, false,
            v_change.reason, v_change.id)
    returning id into v_term;
    return v_term;
end $$;

revoke execute on function policy_enact_term from public;
grant execute on function policy_enact_term to hpf_app;

revoke update, delete, truncate on policy_termchange from hpf_app;
