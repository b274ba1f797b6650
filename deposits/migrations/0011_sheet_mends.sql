-- What an employer handed in and how it was mended is evidence: a mend is only added, one after the other, and only
-- while its sheet can be mended; the file stays as it came.
revoke update, delete, truncate on deposits_sheetmend from hpf_app;

create function deposits_refuse_mend() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op <> 'INSERT' then
        raise exception 'mends of sheet % stay as they are', old.sheet_id using errcode = 'check_violation';
    end if;
    if not exists (select from public.deposits_sheet s where s.id = new.sheet_id and s.status = 'CHECKED') then
        raise exception 'sheet % cannot be mended now', new.sheet_id using errcode = 'check_violation';
    end if;
    if new.turn <> 1 + coalesce((
        select max(m.turn) from public.deposits_sheetmend m where m.sheet_id = new.sheet_id and m.row = new.row
    ), 0) then
        raise exception 'row % of sheet % is mended turn by turn', new.row, new.sheet_id
            using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger deposits_sheetmend_only_added before insert or update or delete on deposits_sheetmend for each row
    execute function deposits_refuse_mend();

create function deposits_refuse_other_file() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    raise exception 'the file of sheet % stays as it came', old.id using errcode = 'check_violation';
end $$;

create trigger deposits_sheet_file_stays before update of file_sealed on deposits_sheet for each row
    when (old.file_sealed is distinct from new.file_sealed) execute function deposits_refuse_other_file();
