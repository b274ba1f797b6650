"""What a field calls itself and what it says when something is wrong: in our own words."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

from django import forms
from django.utils.functional import Promise

from tests.house.source import TOWER


def fields() -> Iterator[tuple[str, forms.Field]]:
    """Every field of every form of the rooms, with its name."""
    for room in TOWER:
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if ".migrations" in module.name:
                continue
            for name, thing in vars(importlib.import_module(module.name)).items():
                if inspect.isclass(thing) and issubclass(thing, forms.BaseForm) and thing.__module__ == module.name:
                    yield from ((f"{module.name}.{name}.{field}", one) for field, one in thing.base_fields.items())


def test_every_field_that_is_seen_has_a_chinese_name():
    seen = ((name, field.label or "") for name, field in fields() if not field.widget.is_hidden)
    found = [name for name, label in seen if not any("\u4e00" <= sign <= "\u9fff" for sign in label)]
    assert found == []


def test_no_field_speaks_in_the_frameworks_words():
    """Sentences of the framework are translated late; ours are plain text and say what to do next."""
    found = [
        f"{name}: {code}"
        for name, field in fields()
        for code, said in field.error_messages.items()
        if isinstance(said, Promise) and (code != "required" or field.required)
    ]
    assert found == []
