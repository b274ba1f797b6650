"""Which rows of a list are printed in one file 批量打印: those that were ticked, or all of the list."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

from hpf.errors import Refusal
from hpf.pages import numbers_asked

MOST = 200  # a few seconds of work, and a pile of paper one still finds a sheet in

Row = TypeVar("Row", bound=Model)


class NothingPicked(Refusal):
    """No row is to be printed 没有可打印的内容."""

    message = "没有可以打印的内容：请勾选要打印的行，或调整筛选条件后打印全部"
    code = "nothing_picked"


class TooManyPicked(Refusal):
    """More than goes into one file 超出一次打印的份数."""

    message = "共 {count} 份，一次最多打印 {most} 份；请用筛选条件（如日期）分几次打印，或勾选要打印的行"
    code = "too_many_picked"


def list_address(address: str, asked: QueryDict) -> str:
    """The list from which a file was asked for 返回列表, narrowed as it was."""
    kept = asked.copy()
    for name in asked:
        if name in ("pick", "all") or name.startswith("paper-"):
            del kept[name]
    return f"{address}?{kept.urlencode()}"


def picked(asked: QueryDict, found: QuerySet[Row]) -> list[Row]:
    """The rows of a list to print 要打印的行, in its order: `pick` names them, `all` takes every one that was found.

    Raises:
        NothingPicked: there is none.
        TooManyPicked: there are more than one file holds.
    """
    rows = found if "all" in asked else found.filter(pk__in=numbers_asked(asked, "pick")[: MOST + 1])
    count = rows.count()
    if count > MOST:
        raise TooManyPicked(count=f"{count:,}", most=MOST)
    if not count:
        raise NothingPicked
    return list(rows)
