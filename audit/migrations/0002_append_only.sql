-- The trail 留痕 is added to and never changed.

-- The digest of one record. Every field in this order, each as "<bytes>:<text>," and a missing one as "-,":
-- so that no two different records can spell the same.
create function audit_record_leaf(record audit_record) returns bytea
language sql stable
set search_path = pg_catalog, public
return sha256(convert_to((
    select string_agg(coalesce(octet_length(field) || ':' || field || ',', '-,'), '' order by place)
    from unnest(array[
        record.id::text,
        to_char(record.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        record.act,
        record.subject_kind,
        record.subject_id,
        record.subject_label,
        record.by_id::text,
        record.by_name,
        record.by_post,
        record.by_branch,
        to_char(record."on", 'YYYY-MM-DD'),
        record.before::text,
        record.after::text,
        record.why,
        record.request_id
    ]) with ordinality as fields (field, place)
), 'UTF8'));

-- Time and digest are the database's own: what the application says about them does not count.
create function audit_record_sign() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    new.at := clock_timestamp();
    new.leaf := audit_record_leaf(new);
    return new;
end
$$;

create trigger audit_record_sign before insert on audit_record
    for each row execute function audit_record_sign();

create function audit_record_refuse() returns trigger
language plpgsql
as $$
begin
    raise exception 'audit_record is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_record_refuse before update or delete or truncate on audit_record
    for each statement execute function audit_record_refuse();

-- Also while a superuser replays rows with session_replication_role = replica.
alter table audit_record enable always trigger audit_record_sign;
alter table audit_record enable always trigger audit_record_refuse;

revoke update, delete, truncate on audit_record from hpf_app;
grant execute on function audit_record_leaf(audit_record) to hpf_app;
