-- What was moved and what was asked for stays as it was written 同城转移、关键信息变更只增不改.
create function accounts_refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;

create trigger accounts_transfer_refuse before update or delete or truncate on accounts_transfer
    for each statement execute function accounts_refuse_change();
create trigger accounts_keychange_refuse before update or delete or truncate on accounts_keychange
    for each statement execute function accounts_refuse_change();

revoke update, delete, truncate on accounts_transfer, accounts_keychange from hpf_app;

-- Numbers of applications 申请编号, such as DJ00000001.
create sequence accounts_registration_numbers as bigint start 1 minvalue 1 maxvalue 99999999;
