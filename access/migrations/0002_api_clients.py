import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now


def number() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def client(**options: str) -> models.ForeignKey:
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey(on_delete=protect, to="access.apiclient", verbose_name="接口客户", **options)


class Migration(migrations.Migration):
    dependencies = [("access", "0001_users")]

    operations = [
        migrations.CreateModel(
            name="ApiClient",
            fields=[
                ("id", number()),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={"verbose_name": "接口客户"},
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("key_id", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="密钥编号")),
                ("secret_sealed", models.TextField(verbose_name="密钥(密文)")),
                ("created_at", models.DateTimeField(db_default=Now(), verbose_name="启用时间")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                ("client", client(related_name="keys")),
            ],
            options={"verbose_name": "接口密钥"},
        ),
        migrations.CreateModel(
            name="ApiNonce",
            fields=[
                ("id", number()),
                ("nonce", models.CharField(max_length=64, verbose_name="随机数")),
                ("seen_at", models.DateTimeField(db_default=Now(), verbose_name="时间")),
                ("client", client()),
            ],
            options={
                "verbose_name": "接口随机数",
                "indexes": [models.Index(fields=["seen_at"], name="access_apinonce_seen")],
                "constraints": [models.UniqueConstraint(fields=("client", "nonce"), name="access_apinonce_once")],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRow",
            fields=[
                ("id", number()),
                ("key", models.CharField(max_length=255, verbose_name="幂等键")),
                ("request", models.TextField(verbose_name="方法与路径")),
                ("fingerprint", models.BinaryField(verbose_name="请求摘要")),
                ("status", models.SmallIntegerField(verbose_name="状态码")),
                ("content_type", models.CharField(max_length=60, verbose_name="类型")),
                ("body", models.BinaryField(verbose_name="应答")),
                ("created_at", models.DateTimeField(db_default=Now(), verbose_name="时间")),
                ("client", client()),
            ],
            options={
                "verbose_name": "幂等记录",
                "constraints": [models.UniqueConstraint(fields=("client", "key"), name="access_idempotency_once")],
            },
        ),
    ]
