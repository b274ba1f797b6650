from django.db import migrations, models
from django.db.models import F, Q

from policy.states import TermName


class Migration(migrations.Migration):
    initial = True

    dependencies = [("hpf", "0001_roles")]

    operations = [
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField(choices=TermName.choices, verbose_name="参数")),
                ("value", models.TextField(verbose_name="取值")),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("document", models.TextField(blank=True, default="", verbose_name="文号")),
                ("source", models.TextField(blank=True, default="", verbose_name="依据")),
                ("to_confirm", models.BooleanField(default=False, verbose_name="待中心确认")),
                ("note", models.TextField(blank=True, default="", verbose_name="说明")),
            ],
            options={
                "verbose_name": "政策参数",
                "constraints": [
                    models.CheckConstraint(
                        name="policy_term_ends_after_it_begins",
                        condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                    ),
                    models.CheckConstraint(
                        name="policy_term_has_a_source_or_waits_for_one",
                        condition=~Q(source="") | Q(to_confirm=True),
                    ),
                    models.CheckConstraint(name="policy_term_has_a_value", condition=~Q(value="")),
                ],
            },
        ),
    ]
