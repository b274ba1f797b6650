"""What a person had typed when the sign-in ended 填写内容保留: kept sealed in the session, for that person alone.

A form that arrives too late is not carried out; it comes back to its page after the same person has signed in again.
Somebody else who signs in at the same machine finds nothing.
"""

import json
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from access.models import User
from hpf import privacy

KEY = "drafts"
MOST_PAGES = 5
MOST_CHARACTERS = 100_000
NEVER_KEPT = ("csrfmiddlewaretoken", "password")


def begin(session: MutableMapping[str, Any], person: int) -> None:
    """Remember whose sign-in ended here 会话到期人; other windows of that person may still hand in a form."""
    session[KEY] = {"person": person, "pages": {}}


def owner(session: MutableMapping[str, Any]) -> int | None:
    """Whose sign-in ended in this browser, if nobody has signed in since."""
    return session.get(KEY, {}).get("person")


def keep(session: MutableMapping[str, Any], person: int, address: str, fields: Mapping[str, Sequence[str]]) -> bool:
    """Keep the fields of a form 保留; False where there is nothing to keep, or far more than a person types."""
    typed = {name: list(values) for name, values in fields.items() if not name.startswith(NEVER_KEPT) and any(values)}
    written = json.dumps(typed, ensure_ascii=False)
    if not typed or len(written) > MOST_CHARACTERS:
        return False
    if owner(session) != person:
        begin(session, person)
    pages = session[KEY]["pages"]
    path = _path(address)
    pages.pop(path, None)
    pages[path] = privacy.seal(written, table="access_user", column="draft", row=person)
    for oldest in list(pages)[:-MOST_PAGES]:
        del pages[oldest]
    session[KEY] = {"person": person, "pages": pages}
    return True


def take(session: MutableMapping[str, Any], user: User, path: str) -> str:
    """What this person had typed on a page, as JSON, once 取回; empty where nothing is kept."""
    if owner(session) != user.pk or path not in session[KEY]["pages"]:
        return ""
    pages = dict(session[KEY]["pages"])
    sealed = pages.pop(path)
    session[KEY] = {"person": user.pk, "pages": pages}
    return privacy.reveal(sealed, table="access_user", column="draft", row=user.pk)


def drop_of_others(session: MutableMapping[str, Any], user: User) -> None:
    """Forget what somebody else had typed 清除他人内容: called when a person signs in."""
    if owner(session) not in (None, user.pk):
        session.pop(KEY, None)


def _path(address: str) -> str:
    return address.split("?")[0]
