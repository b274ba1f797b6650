from django.db import migrations, models

CONSENTS = [("SIGNED", "书面签字"), ("ONLINE", "网上勾选"), ("SPOUSE", "网上勾选（供配偶办理）")]


class Migration(migrations.Migration):
    dependencies = [("withdrawals", "0006_case_put_anew")]

    operations = [
        migrations.AlterField("inquiry", "consent", models.CharField("授权方式", max_length=6, choices=CONSENTS)),
    ]
