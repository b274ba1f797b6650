import django.db.models.deletion
from django.db import migrations, models

from policy.states import TermName


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0002_guards"),
        ("policy", "0003_first_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="TermChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.TextField(choices=TermName.choices, verbose_name="参数"),
                ),
                ("value", models.TextField(verbose_name="拟定取值")),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                ("document", models.TextField(verbose_name="文号")),
                ("source", models.TextField(verbose_name="依据")),
                ("reason", models.TextField(verbose_name="调整理由")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="approvals.case", verbose_name="复核事项"
                    ),
                ),
            ],
            options={
                "verbose_name": "参数调整申请",
            },
        ),
        migrations.AddField(
            model_name="term",
            name="change",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="term",
                to="policy.termchange",
                verbose_name="调整申请",
            ),
        ),
        migrations.AddIndex(
            model_name="termchange",
            index=models.Index(fields=["name", "-id"], name="policy_termchange_name"),
        ),
        migrations.AddConstraint(
            model_name="termchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value", ""), ("document", ""), ("source", ""), ("reason", ""), _connector="OR", _negated=True
                ),
                name="policy_termchange_is_complete",
            ),
        ),
    ]
