from django.db import migrations, models

# Whatever wrote it: names of printouts with the text of a paper each, and no more than a page of them.
SOUND = """
alter table access_user add constraint access_user_papers_sound check (
    jsonb_typeof(papers) = 'object'
    and not jsonb_path_exists(papers, '$.* ? (@.type() <> "string")')
    and length(papers::text) <= 1000
)
"""


class Migration(migrations.Migration):
    """The paper each person prints on 打印纸张, beside the person: every page with a printout shows it."""

    dependencies = [("access", "0007_platforms")]

    operations = [
        migrations.AddField("user", "papers", models.JSONField("打印纸张", blank=True, default=dict)),
        migrations.RunSQL(SOUND, "alter table access_user drop constraint access_user_papers_sound"),
    ]
