"""A first password on its way to the person at the window 初始密码: kept sealed in the clerk's session, shown once."""

from typing import Any

from hpf import privacy

KEY = "first_password"


def keep(request: Any, username: str, password: str) -> None:
    """Keep it for the next page."""
    sealed = privacy.seal(password, table="access_user", column=KEY, row=request.user.pk)
    request.session[KEY] = {"username": username, "sealed": sealed}


def take(request: Any) -> dict[str, str] | None:
    """The user name and the password, once; nothing when the page is opened again."""
    kept = request.session.pop(KEY, None)
    if kept is None:
        return None
    password = privacy.reveal(kept["sealed"], table="access_user", column=KEY, row=request.user.pk)
    return {"username": kept["username"], "password": password}
