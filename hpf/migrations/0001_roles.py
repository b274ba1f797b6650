"""Two database roles: the owner migrates, the application's role works.

Every table made later by the owner is readable and writable for the application's role, unless the room that makes it
takes rights away again. The ledger does: its one gate is a function.
"""

from django.conf import settings
from django.db import migrations

ROLE = settings.APPLICATION_ROLE

CREATE = f"""
do $$ begin
    create role {ROLE} nologin;
exception when duplicate_object or unique_violation then
    null;  -- roles belong to the cluster: another database of ours made it
end $$;
do $$ begin
    if not pg_has_role(current_user, '{ROLE}', 'set') then
        execute format('grant {ROLE} to %I', current_user);
    end if;
end $$;
grant usage on schema public to {ROLE};
grant select, insert, update, delete on all tables in schema public to {ROLE};
revoke insert, update, delete on django_migrations from {ROLE};
grant usage, select on all sequences in schema public to {ROLE};
alter default privileges in schema public grant select, insert, update, delete on tables to {ROLE};
alter default privileges in schema public grant usage, select on sequences to {ROLE};
-- A function is closed until its room opens it: what runs with the owner's rights must be granted by name.
alter default privileges revoke execute on functions from public;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(CREATE, migrations.RunSQL.noop)]
