"""A person's own keys 快捷键: chosen all at once, so that no two functions ever share one."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from access import rules
from access.models import User
from access.states import DEFAULT_KEYS, KeyFunction
from audit.actions import trail


@transaction.atomic
def choose(chosen: Mapping[KeyFunction, str], *, by: User, on: date) -> None:
    """Keep the keys a person chose for every function 保存快捷键; an empty key means none.

    Raises:
        rules.KeyNotRead, rules.KeyOfBrowser, rules.KeyBreaksTyping, rules.KeyNotForTabs: a key that cannot be.
        rules.KeyTaken: two functions with one key.
    """
    keys = {function: rules.read_key(function, chosen[function]) for function in KeyFunction}
    for taken in rules.clashes(keys):
        raise taken
    _keep({function.value: key for function, key in keys.items() if key != DEFAULT_KEYS[function]}, by=by, on=on)


@transaction.atomic
def restore(*, by: User, on: date) -> None:
    """Go back to the usual keys 恢复默认快捷键."""
    _keep({}, by=by, on=on)


def _keep(own: dict[str, str], *, by: User, on: date) -> None:
    before = User.objects.select_for_update(of=("self",)).get(pk=by.pk).keys
    if own == before:
        return
    User.objects.filter(pk=by.pk).update(keys=own)
    trail.note("choose_keys", by, by=by, on=on, before={"keys": _in_words(before)}, keys=_in_words(own))


def _in_words(own: Mapping[str, str]) -> str:
    """The keys that differ from the usual ones."""
    changed = [f"{function.label} {own[function] or '无'}" for function in KeyFunction if function in own]
    return "；".join(changed) or "默认"
