"""Habits that money depends on: no float, one way to change a state, no clock below a door, no signals."""

import ast

from tests.house.source import name_of, product_files, tree


def calls_and_names(path):
    return ast.walk(tree(path))


def test_no_float_anywhere():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in product_files()
        if path.name != "settings.py"
        for node in calls_and_names(path)
        if isinstance(node, ast.Name) and node.id == "float"
    ]
    assert found == []


def test_only_the_trail_changes_a_status():
    """`trail.move` checks the table of moves and writes the record; an assignment elsewhere would do neither."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in product_files()
        if name_of(path) != "audit/actions/trail.py"
        for node in calls_and_names(path)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "status"
    ]
    assert found == []


def test_signals_are_not_used():
    found = [
        name_of(path)
        for path in product_files()
        for node in calls_and_names(path)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("django.dispatch", "django.db.models.signals"))
    ]
    assert found == []


def test_no_save_is_overridden():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in product_files()
        for node in calls_and_names(path)
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "bulk_update") and path.name == "models.py"
    ]
    assert found == []


def test_bulk_update_is_banned():
    """It costs as much a row as saving in a loop; sets are updated by one statement."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in product_files()
        for node in calls_and_names(path)
        if isinstance(node, ast.Attribute) and node.attr == "bulk_update"
    ]
    assert found == []


def test_no_clock_below_a_door():
    """Dates are arguments. Doors and the frame may ask for the time; rules, queries, models and actions may not."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in product_files()
        if path.name in ("rules.py", "queries.py", "models.py", "states.py", "sheets.py")
        or path.parent.name in ("actions", "rules")
        for node in calls_and_names(path)
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow", "localdate", "localtime")
    ]
    assert found == []
