import django.db.models.functions.datetime
from django.db import migrations, models

import audit.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("hpf", "0001_roles")]

    operations = [
        migrations.CreateModel(
            name="Record",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"),
                ),
                ("act", models.TextField(verbose_name="行为")),
                ("subject_kind", models.TextField(verbose_name="对象类别")),
                ("subject_id", models.TextField(verbose_name="对象编号")),
                ("subject_label", models.TextField(verbose_name="对象")),
                ("by_id", models.BigIntegerField(null=True, verbose_name="经办人编号")),
                ("by_name", models.TextField(verbose_name="经办人")),
                ("by_post", models.TextField(verbose_name="岗位")),
                ("by_branch", models.TextField(verbose_name="网点")),
                ("on", models.DateField(verbose_name="会计日")),
                ("before", models.JSONField(default=dict, encoder=audit.models.PlainEncoder, verbose_name="变更前")),
                ("after", models.JSONField(default=dict, encoder=audit.models.PlainEncoder, verbose_name="变更后")),
                ("why", models.TextField(default="", verbose_name="原因")),
                ("request_id", models.TextField(default="", verbose_name="请求编号")),
                ("leaf", models.BinaryField(db_default=b"", verbose_name="摘要")),
            ],
            options={
                "verbose_name": "留痕",
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_record_subject"),
                    models.Index(fields=["by_id", "id"], name="audit_record_by"),
                    models.Index(fields=["on", "id"], name="audit_record_on"),
                ],
            },
        ),
    ]
