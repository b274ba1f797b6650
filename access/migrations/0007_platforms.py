from django.db import migrations, models

POSTS = [
    ("CLERK", "柜员"),
    ("FINANCE", "财务"),
    ("MANAGER", "负责人"),
    ("OPERATOR", "运维"),
    ("AUDITOR", "稽核"),
    ("HANDLER", "单位经办人"),
    ("MEMBER", "缴存职工"),
    ("BANK", "银行接口"),
    ("PLATFORM", "政务服务平台接口"),
    ("NIGHT", "日终"),
]


class Migration(migrations.Migration):
    """Platforms 政务服务平台 through which members apply, beside the banks."""

    dependencies = [("access", "0006_own_keys")]

    operations = [
        migrations.AlterField("user", "post", models.CharField("岗位", max_length=10, choices=POSTS)),
        migrations.RemoveConstraint("user", "access_user_post_known"),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=models.Q(("post__in", [code for code, _ in POSTS])), name="access_user_post_known"
            ),
        ),
    ]
