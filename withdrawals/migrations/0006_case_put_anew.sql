-- A closing that has grown past the route it was handed in with gets another case 改按其他路线复核: while it waits, in the
-- place of one that was taken back, and about this withdrawal.
grant update (case_id) on withdrawals_withdrawal to hpf_app;

create function withdrawals_withdrawal_recased() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.status <> 'SUBMITTED'
        or not exists (select from public.approvals_case c where c.id = old.case_id and c.status = 'WITHDRAWN')
        or not exists (
            select from public.approvals_case c
            where c.id = new.case_id and c.status = 'OPEN'
                and (c.subject_kind, c.subject_id) = ('withdrawals.withdrawal', new.id::text)
        )
    then
        raise exception 'withdrawal % keeps its case', new.number using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger withdrawals_withdrawal_recased before update of case_id on withdrawals_withdrawal for each row
    when (old.case_id is distinct from new.case_id) execute function withdrawals_withdrawal_recased();
