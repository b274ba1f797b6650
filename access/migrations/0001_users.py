import django.db.models.deletion
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
    ("NIGHT", "日终"),
]


def number() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    initial = True

    dependencies = [("hpf", "0001_roles")]

    operations = [
        migrations.CreateModel(
            name="Branch",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False, verbose_name="编号")),
                ("code", models.CharField(max_length=2, unique=True, verbose_name="网点代码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
            ],
            options={"verbose_name": "网点", "ordering": ["code"]},
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", number()),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=60, unique=True, verbose_name="用户名")),
                ("name", models.CharField(max_length=120, verbose_name="姓名")),
                ("post", models.CharField(choices=POSTS, max_length=10, verbose_name="岗位")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "branch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="access.branch",
                        verbose_name="网点",
                    ),
                ),
            ],
            options={
                "verbose_name": "用户",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("post__in", [code for code, _ in POSTS])), name="access_user_post_known"
                    )
                ],
            },
        ),
    ]
