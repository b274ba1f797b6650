from django.db import migrations, models
from django.db.models import Q

VERDICTS = [("GRANT", "同意"), ("RETURN", "退回"), ("REFUSE", "不予同意"), ("ESCALATE", "上报")]


class Migration(migrations.Migration):
    dependencies = [("approvals", "0006_paper_guards")]

    operations = [
        migrations.AlterField("signature", "verdict", models.CharField("结论", max_length=8, choices=VERDICTS)),
        migrations.RemoveConstraint("signature", "approvals_signature_verdict_known"),
        migrations.AddConstraint(
            "signature",
            models.CheckConstraint(
                condition=Q(verdict__in=[value for value, _label in VERDICTS]),
                name="approvals_signature_verdict_known",
            ),
        ),
    ]
