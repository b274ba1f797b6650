"""Refusal 拒绝: a rule said no. It carries the sentence the person reads and a code a machine can rely on."""

from collections.abc import Callable


class Refusal(Exception):
    """A rule said no 业务拒绝.

    A subclass stands beside the function that raises it and names its sentence in `message` (it may hold
    `{placeholders}` filled from keyword arguments). `code` is what a REST client sees; `field` names the input
    at fault where there is one.
    """

    message = "当前操作不被允许"
    code = "refused"

    def __init__(self, *, field: str | None = None, **details: object) -> None:
        self.field = field
        self.details = details
        super().__init__(self.message.format(**details))

    @property
    def sentence(self) -> str:
        """The sentence shown to the person."""
        return str(self)


class NotJustNow(Refusal):
    """The moment does not allow it 暂时不能办理: nothing was decided, and asked again it may be granted.

    All refusals of this kind, and no others, derive from it. A machine is told to ask again under the same key, so no
    answer of theirs is kept.
    """

    message = "暂时不能办理，请稍后重试"
    code = "not_just_now"


class Overtaken(NotJustNow):
    """Somebody else was quicker 已被他人处理."""

    message = "已被他人处理，请刷新后查看最新状态"
    code = "overtaken"


class NotAllowedNow(Refusal):
    """The state of the subject does not allow it 状态不符."""

    message = "当前状态不允许此操作"
    code = "not_allowed_now"


def why_not(refuse: Callable[..., object], *about: object, **more: object) -> str:
    """The sentence with which something would be refused now 不能办理的原因; empty where it would not be."""
    try:
        refuse(*about, **more)
    except Refusal as refusal:
        return refusal.sentence
    return ""
