import django.db.models.deletion
from django.db import migrations, models

from withdrawals.states import PaperKind

KINDS = [(kind.value, kind.label) for kind in PaperKind]


class Migration(migrations.Migration):
    """Each paper a withdrawal rests on has a row of its own: its file, or that the original was seen."""

    dependencies = [("withdrawals", "0002_kinds_and_guards"), ("approvals", "0006_paper_guards")]

    operations = [
        migrations.RemoveField("withdrawal", "papers"),
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=20, verbose_name="要件")),
                ("original_seen", models.BooleanField(verbose_name="已核原件")),
                (
                    "paper",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.paper",
                        verbose_name="文件",
                    ),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="withdrawals.withdrawal",
                        verbose_name="提取",
                    ),
                ),
            ],
            options={
                "verbose_name": "提取要件",
                "constraints": [
                    models.UniqueConstraint(fields=["withdrawal", "kind"], name="withdrawals_proof_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", PaperKind.values)), name="withdrawals_proof_kind"
                    ),
                ],
            },
        ),
        # What was seen stays as it was said; a file may come for it.
        migrations.RunSQL(
            "revoke update, delete on withdrawals_proof from hpf_app;"
            "grant update (paper_id) on withdrawals_proof to hpf_app;",
            migrations.RunSQL.noop,
        ),
    ]
