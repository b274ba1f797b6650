"""Who a person at the counter has just looked at 最近查看: kept in the session, as names of pages and numbers of rows.

The last one looked at is the one being served, until the person says that this one is done.
"""

from collections.abc import MutableMapping
from typing import Any, NamedTuple

KEY = "looked_at"
MOST = 10


class Look(NamedTuple):
    """One row a person looked at: the name of its page and its number."""

    page: str
    pk: int


def note(session: MutableMapping[str, Any], look: Look) -> None:
    """Put a row in front of those looked at 记入最近查看; writes nothing where it stands there already."""
    before = latest(session)
    if session.get("serving") and before[:1] == [look]:
        return
    session[KEY] = [list(one) for one in [look, *(one for one in before if one != look)][:MOST]]
    session["serving"] = True


def latest(session: MutableMapping[str, Any]) -> list[Look]:
    """The rows looked at, the newest first 最近查看."""
    return [Look(*one) for one in session.get(KEY, [])]


def served(session: MutableMapping[str, Any]) -> Look | None:
    """The one being served 正在办理的对象."""
    return latest(session)[0] if session.get("serving") and session.get(KEY) else None


def finish(session: MutableMapping[str, Any]) -> None:
    """The one being served is done 办理完毕; it stays among those looked at."""
    session["serving"] = False
