-- The shards of a night's steps 日终分片. One row is the lease, the fence and the record of a piece of work: a worker that
-- claims it draws a higher token, and only who still holds that token may say that it is done. The clock is this
-- database's; no worker's clock decides anything.
alter table ledger_daystep rename to ledger_stepshard;
alter sequence ledger_daystep_id_seq rename to ledger_stepshard_id_seq;
alter index ledger_daystep_pkey rename to ledger_stepshard_pkey;
alter table ledger_stepshard drop constraint ledger_daystep_once;
alter table ledger_stepshard drop constraint ledger_daystep_status_check;
alter table ledger_stepshard alter column started_at drop not null;
alter table ledger_stepshard
    add column shard         text         not null default 'all',
    add column holder        text         not null default '',  -- who works on it, or did: host and process
    add column token         bigint       not null default 1,   -- the fence: grows with each claim
    add column attempt       integer      not null default 1,
    add column leased_until  timestamptz,
    add column beat_at       timestamptz,                       -- the last sign of life of its holder
    add column expected      integer      not null default 0,   -- how many things, where that is known before
    add column done          integer      not null default 0,
    add column posts         text         not null default '',  -- the kind of voucher it posts, if any
    add column checksum      text         not null default '';  -- over the leaf hashes of those vouchers
-- A night that was at work while this migration ran is taken up by the next worker.
update ledger_stepshard set leased_until = clock_timestamp() where status = 'RUNNING';
alter table ledger_stepshard
    add constraint ledger_stepshard_once unique (day, step, shard),
    add constraint ledger_stepshard_status check (status in ('WAITING', 'RUNNING', 'DONE', 'FAILED')),
    add constraint ledger_stepshard_leased check ((status = 'RUNNING') = (leased_until is not null));
create index ledger_stepshard_open on ledger_stepshard (day) where status <> 'DONE';

-- What is done is done once, and a fence never goes back.
create function ledger_shard_moves() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' or old.status = 'DONE' or new.token < old.token
        or (new.day, new.step, new.shard) is distinct from (old.day, old.step, old.shard)
    then
        raise exception using errcode = 'HP009', message = format(
            'step %s of %s, shard %s: what is done is done once', old.step, old.day, old.shard);
    end if;
    return new;
end $$;
create trigger ledger_stepshard_forward before update or delete on ledger_stepshard
    for each row execute function ledger_shard_moves();
create trigger ledger_stepshard_kept before truncate on ledger_stepshard
    for each statement execute function ledger_refuse_change();

-- No day is closed while a shard of its night is still to do; the close itself is recorded with it.
create function ledger_night_whole() returns trigger language plpgsql as $$
begin
    if exists (
        select from public.ledger_stepshard s where s.day = new.day and s.status <> 'DONE' and s.step <> 'close'
    ) then
        raise exception using errcode = 'HP009', message = format('the night of %s is not done', new.day);
    end if;
    return new;
end $$;
create trigger ledger_businessday_whole before update on ledger_businessday
    for each row when (old.status = 'CLOSING' and new.status = 'CLOSED') execute function ledger_night_whole();

-- Whom the night was asked for by a person 日终指令; workers look here, so that no message has to arrive.
create table ledger_nightorder (
    day    date         primary key references ledger_businessday (day),
    by_id  bigint       not null references access_user (id),
    at     timestamptz  not null default clock_timestamp()
);

revoke delete on ledger_stepshard from hpf_app;
revoke update, delete on ledger_nightorder from hpf_app;
