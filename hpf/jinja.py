"""The template environment 模板环境: one engine for every page of ours; a name that is not there fails."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from jinja2 import Environment, StrictUndefined

from hpf import pages, privacy
from hpf.months import Month

EMPTY = "—"


def environment(**options: Any) -> Environment:
    """The environment Django's Jinja2 backend asks for 模板环境."""
    built = Environment(**{**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True})
    built.filters.update(
        money=money,
        number=number,
        day=day,
        moment=moment,
        month=month,
        masked_id=privacy.masked_id,
        masked_mobile=privacy.masked_mobile,
        masked_card=privacy.masked_card,
    )
    built.globals.update(url=url, static=static, query_with=pages.query_with)
    return built


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a page by its name 网址."""
    return reverse(name, args=args, kwargs=kwargs)


def money(amount: Decimal | None) -> str:
    """An amount in yuan: 1,234.50 金额."""
    return EMPTY if amount is None else f"{amount:,.2f}"


def number(count: int | None) -> str:
    """A count: 12,345 数量."""
    return EMPTY if count is None else f"{count:,}"


def day(value: date | None) -> str:
    """A day: 2026-07-01 日期."""
    return EMPTY if value is None else value.strftime("%Y-%m-%d")


def moment(value: datetime | None) -> str:
    """A moment in local time: 2026-07-01 09:30:00 时间."""
    return EMPTY if value is None else timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")


def month(value: Month | str | None) -> str:
    """A contribution month: 2026-07 缴存年月."""
    return str(value) if value else EMPTY
