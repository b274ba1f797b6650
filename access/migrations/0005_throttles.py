from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0004_first_passwords")]

    operations = [
        migrations.CreateModel(
            name="Throttle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=40, verbose_name="事项")),
                ("address", models.BinaryField(verbose_name="来源(摘要)")),
                ("count", models.IntegerField(verbose_name="次数")),
                ("began_at", models.DateTimeField(verbose_name="起算时间")),
            ],
            options={
                "verbose_name": "访问计数",
                "indexes": [models.Index(fields=["began_at"], name="access_throttle_began")],
                "constraints": [models.UniqueConstraint(fields=("what", "address"), name="access_throttle_once")],
            },
        ),
    ]
