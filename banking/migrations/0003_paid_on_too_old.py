from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0002_nine_banks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="refusednotice",
            name="code",
            field=models.CharField(
                choices=[
                    ("malformed", "格式错误"),
                    ("currency_not_cny", "币种不是人民币"),
                    ("account_unknown", "收款账户不是该银行的专户"),
                    ("amount_not_positive", "金额不大于零"),
                    ("paid_on_ahead", "到账日期晚于当日"),
                    ("paid_on_too_old", "到账日期过早"),
                    ("serial_reused", "流水号已用于另一笔到账"),
                ],
                max_length=20,
                verbose_name="拒绝原因",
            ),
        ),
    ]
