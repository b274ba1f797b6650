"""People and machines that come to a door 用户与接口客户."""

from collections.abc import Container

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from access.states import COUNTER_POSTS, PERMS_OF_POST, SIGNING, Perm, Post
from hpf import privacy


class Branch(models.Model):
    """The centre or one of its district offices 网点(管理部)."""

    id = models.SmallIntegerField("编号", primary_key=True)
    code = models.CharField("网点代码", max_length=2, unique=True)
    name = models.CharField("名称", max_length=40)

    class Meta:
        verbose_name = "网点"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Users(BaseUserManager["User"]):
    """A user always comes with the branch: every page and every record shows it."""

    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().select_related("branch")


class User(AbstractBaseUser):
    """A person, or a machine, that may sign in or act 用户. One account, one person."""

    username = models.CharField("用户名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=120)
    post = models.CharField("岗位", max_length=10, choices=Post)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, verbose_name="网点")
    is_active = models.BooleanField("启用", default=True)
    keys = models.JSONField("快捷键", default=dict, blank=True)  # only what differs from access.states.DEFAULT_KEYS
    papers = models.JSONField("打印纸张", default=dict, blank=True)  # by form of the printout; see hpf.printing.papers
    # The last day of a password that somebody else gave out; empty once the person has chosen an own one.
    first_password_until = models.DateField("初始密码有效期至", null=True)

    objects = Users()

    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = "用户"
        constraints = [models.CheckConstraint(condition=models.Q(post__in=Post.values), name="access_user_post_known")]

    def __str__(self) -> str:
        return f"{self.name}({self.username})"

    @property
    def branch_code(self) -> str:
        """The code of the branch, empty for who belongs to none 网点代码."""
        return self.branch.code if self.branch else ""

    @property
    def perms(self) -> frozenset[Perm]:
        """The rights of the post 权限."""
        return PERMS_OF_POST[Post(self.post)]

    # The rights to sign of those this person stands in for today; the frame looks them up, as they depend on the day.
    lent: Container[Perm] = frozenset()

    def has(self, perm: Perm) -> bool:
        """Whether the person may 是否有权, by the post, or to sign for somebody else."""
        return self.is_active and (perm in self.perms or (perm in SIGNING and perm in self.lent))

    @property
    def works_at_counter(self) -> bool:
        """Staff of the centre, not a handler, member or machine 中心工作人员."""
        return self.post in COUNTER_POSTS


class UsedPassword(models.Model):
    """What is kept of a password a person had before 曾用密码, so that it is not chosen again soon."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="used_passwords", verbose_name="用户")
    password = models.CharField("密码摘要", max_length=128)
    replaced_on = models.DateField("更换日期")

    class Meta:
        verbose_name = "曾用密码"

    def __str__(self) -> str:
        return f"{self.user_id}/{self.replaced_on}"


class Throttle(models.Model):
    """How often one address did one thing lately 访问计数: one row for all processes that serve pages.

    `address` is a keyed digest; where somebody connects from is personal.
    """

    what = models.CharField("事项", max_length=40)
    address = models.BinaryField("来源(摘要)")
    count = models.IntegerField("次数")
    began_at = models.DateTimeField("起算时间")

    class Meta:
        verbose_name = "访问计数"
        constraints = [models.UniqueConstraint(fields=["what", "address"], name="access_throttle_once")]
        indexes = [models.Index(fields=["began_at"], name="access_throttle_began")]

    def __str__(self) -> str:
        return f"{self.what}/{self.count}"


class ApiClient(models.Model):
    """A machine that calls the API 接口客户, such as an entrusted bank. Its rights are those of its user's post."""

    name = models.CharField("名称", max_length=60)
    user = models.OneToOneField(User, on_delete=models.PROTECT, verbose_name="用户")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "接口客户"

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A key that signs requests 接口密钥; two may live side by side while one replaces the other."""

    key_id = models.CharField("密钥编号", max_length=40, primary_key=True)
    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="keys", verbose_name="接口客户")
    secret_sealed = models.TextField("密钥(密文)")
    created_at = models.DateTimeField("启用时间", db_default=Now())
    revoked_at = models.DateTimeField("停用时间", null=True)

    secret = privacy.Sealed("secret_sealed")

    class Meta:
        verbose_name = "接口密钥"

    def __str__(self) -> str:
        return self.key_id


class ApiNonce(models.Model):
    """A number used once 随机数: a second request with it is a replay. Kept an hour, twice what clocks may differ."""

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, verbose_name="接口客户")
    nonce = models.CharField("随机数", max_length=64)
    seen_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "接口随机数"
        constraints = [models.UniqueConstraint(fields=["client", "nonce"], name="access_apinonce_once")]
        indexes = [models.Index(fields=["seen_at"], name="access_apinonce_seen")]

    def __str__(self) -> str:
        return self.nonce


class IdempotencyRow(models.Model):
    """The answer to one POST 幂等记录, written in the transaction of its effect and given again to a repetition."""

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, verbose_name="接口客户")
    key = models.CharField("幂等键", max_length=255)
    request = models.TextField("方法与路径")
    fingerprint = models.BinaryField("请求摘要")
    status = models.SmallIntegerField("状态码")
    content_type = models.CharField("类型", max_length=60)
    body = models.BinaryField("应答")
    created_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "幂等记录"
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="access_idempotency_once")]

    def __str__(self) -> str:
        return self.key
