"""The plan of the house: which files may exist, and how long they may grow."""

import ast
import re

from tests.house.source import FRAME, ROOT, TOWER, functions, name_of, product_files, tree

ROOM_FILES = {
    "__init__", "apps", "states", "rules", "models", "queries", "forms", "filters", "views", "portal",
    "api", "tasks", "checks", "urls", "doors", "deciding", "steps", "sheets",
}  # fmt: skip
ROOM_FOLDERS = {
    "actions", "migrations", "models", "queries", "rules", "views", "portal", "api", "forms", "gateways", "__pycache__",
}  # fmt: skip
SHARED_WORDS = {
    "__init__", "apps", "settings", "urls", "wsgi", "worker", "business_day", "dayend", "embedded", "jinja",
    "money", "months", "errors", "pages", "privacy", "numbers",
}  # fmt: skip


def test_rooms_hold_only_the_files_of_the_plan():
    strays = [
        name_of(path)
        for room in TOWER
        for path in (ROOT / room).iterdir()
        if (path.suffix == ".py" and path.stem not in ROOM_FILES) or (path.is_dir() and path.name not in ROOM_FOLDERS)
    ]
    assert strays == []


def test_the_list_of_shared_words_is_closed():
    strays = [path.name for path in (ROOT / FRAME).glob("*.py") if path.stem not in SHARED_WORDS]
    assert strays == []


def test_every_room_says_what_it_is_for():
    silent = [room for room in TOWER if not ast.get_docstring(tree(ROOT / room / "__init__.py"))]
    assert silent == []


def test_functions_fit_on_a_screen():
    long = [place for place, node in functions() if (node.end_lineno or 0) - node.lineno + 1 > 50]
    assert long == []


def test_files_stay_short():
    long = [name_of(path) for path in product_files() if len(path.read_text(encoding="utf-8").splitlines()) > 400]
    assert long == []


def test_views_stay_short():
    doors = re.compile(r"/(views|portal)(\.py|/\w+\.py):")
    long = [
        place for place, node in functions() if doors.search(place) and (node.end_lineno or 0) - node.lineno + 1 > 25
    ]
    assert long == []


def test_templates_stay_short():
    long = [
        name_of(path)
        for path in (ROOT / "templates").rglob("*.html")
        if len(path.read_text(encoding="utf-8").splitlines()) > 150
    ]
    assert long == []


def test_public_actions_and_rules_say_what_they_mean():
    undocumented = [
        f"{name_of(path)} {node.name}"
        for path in product_files()
        if path.name in ("rules.py", "queries.py") or path.parent.name in ("actions", "queries", "rules")
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert undocumented == []
