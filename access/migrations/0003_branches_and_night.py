from django.contrib.auth.hashers import make_password
from django.db import migrations

BRANCHES = [
    (0, "00", "中心本部"),
    (1, "01", "隆昌管理部"),
    (2, "02", "市中区管理部"),
    (3, "03", "东兴区管理部"),
    (4, "04", "威远县管理部"),
    (5, "05", "资中县管理部"),
]


def seed(apps, schema_editor):
    """The offices as they stand, and the night 日终, which acts under its own name and can never sign in."""
    branch, user = apps.get_model("access", "Branch"), apps.get_model("access", "User")
    database = schema_editor.connection.alias
    branch.objects.using(database).bulk_create([branch(id=pk, code=code, name=name) for pk, code, name in BRANCHES])
    user.objects.using(database).create(
        username="night", name="日终", post="NIGHT", branch_id=0, password=make_password(None)
    )


class Migration(migrations.Migration):
    dependencies = [("access", "0002_api_clients")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        # The application neither makes branches nor rewrites an answer it has given.
        migrations.RunSQL(
            "revoke insert, update, delete on access_branch from hpf_app;"
            "revoke update on access_idempotencyrow from hpf_app;",
            migrations.RunSQL.noop,
        ),
    ]
