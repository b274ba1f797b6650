"""The papers written from the tables of the code.

Write them anew with: .venv/bin/python manage.py shell -c "from tests.house import papers; papers.write()"
"""

from tests.house import to_confirm
from tests.house.source import ROOT


def written() -> dict[str, str]:
    """Each paper's file and what it must say."""
    return {
        "docs/states.md": states(),
        "docs/permissions.md": permissions(),
        "docs/to-be-confirmed.md": to_confirm.paper(),
    }


def tables_of_moves():
    from django.apps import apps

    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        if hasattr(model, "MOVES"):
            yield model, model.MOVES


def states() -> str:
    lines = [
        "# States 状态",
        "",
        "Written from the tables of moves in each room's `states.py`; only `audit.actions.trail.move` walks them.",
        "A status without a next one is an end.",
    ]
    for model, moves in tables_of_moves():
        labels = dict(model._meta.get_field("status").choices)
        named = {status: f"{status} {labels[status]}" for status in labels}
        lines += ["", f"## {model._meta.label} {model._meta.verbose_name}", "", "| Status | Next |", "|---|---|"]
        for status in labels:
            ends = [named[to] for to in labels if to in moves.get(status, ())]
            lines.append(f"| {named[status]} | {'、'.join(ends) or '—'} |")
    return "\n".join(lines) + "\n"


def permissions() -> str:
    from access.states import PERMS_OF_POST, Perm, Post

    people = [post for post in Post if PERMS_OF_POST[post]]
    lines = [
        "# Posts and rights 岗位权限表",
        "",
        "Written from `access/states.py`. Every page and operation names one right; who lacks it is told which one",
        "and who holds it.",
        "",
        f"| Right 权限 | {' | '.join(post.label for post in people)} |",
        f"|---|{'---|' * len(people)}",
    ]
    for perm in Perm:
        marks = ["✓" if perm in PERMS_OF_POST[post] else "" for post in people]
        lines.append(f"| {perm.label} `{perm.value}` | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"


def write() -> None:
    """Write every paper anew."""
    for name, text in written().items():
        (ROOT / name).write_text(text, encoding="utf-8")
