"""The arrows of the tower that an import contract cannot show."""

import ast
from pathlib import Path

from tests.house.source import ROOT, TOWER, name_of, product_files, tree

OPEN_TO_OTHER_ROOMS = {"models", "states", "rules", "queries", "actions"}
ALSO_OPEN = {"access.doors", "approvals.deciding"}


def imported_modules(path: Path) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


def test_rooms_meet_only_through_their_open_files():
    strays = []
    for path in product_files():
        room = path.relative_to(ROOT).parts[0]
        if room not in TOWER:
            continue
        for module in imported_modules(path):
            parts = module.split(".")
            foreign = parts[0] in TOWER and parts[0] != room
            if foreign and parts[1] not in OPEN_TO_OTHER_ROOMS and ".".join(parts[:2]) not in ALSO_OPEN:
                strays.append(f"{name_of(path)} imports {module}")
    assert strays == []


def test_foreign_keys_point_down_the_tower():
    """A string reference escapes the import contract, so the models themselves are asked."""
    from django.apps import apps

    height = {room: i for i, room in enumerate(TOWER)}
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in height
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model._meta.app_label in height
        if height[field.related_model._meta.app_label] > height[model._meta.app_label]
    ]
    assert upward == []
