from django.db import migrations, models

# Whatever wrote it: names of functions with the text of a key each, and no more than a page of keys.
SOUND = """
alter table access_user add constraint access_user_keys_sound check (
    jsonb_typeof(keys) = 'object'
    and not jsonb_path_exists(keys, '$.* ? (@.type() <> "string")')
    and length(keys::text) <= 1000
)
"""


class Migration(migrations.Migration):
    """Each person's own keys 快捷键, beside the person: every page shows them, so they must cost no question more."""

    dependencies = [("access", "0005_throttles")]

    operations = [
        migrations.AddField("user", "keys", models.JSONField("快捷键", blank=True, default=dict)),
        migrations.RunSQL(SOUND, "alter table access_user drop constraint access_user_keys_sound"),
    ]
