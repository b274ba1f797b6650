"""Templates: one engine, all used, none missing, and nothing inline that the browser would have to refuse."""

import re
from pathlib import Path

from django.conf import settings
from django.template import engines
from jinja2 import StrictUndefined, nodes

from tests.house.source import ROOT, name_of, product_files

TEMPLATES = ROOT / "templates"
FRAME = {"layout.html", "base.html"}
NAMED_BY_SETTINGS = {settings.AXES_LOCKOUT_TEMPLATE}


def files() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def environment():
    return engines["jinja2"].env


PARTS = (nodes.Include, nodes.FromImport, nodes.Import)


def named_in_templates(kinds=(nodes.Extends, *PARTS)) -> set[str]:
    """What templates extend, include or import."""
    trees = [environment().parse(path.read_text(encoding="utf-8")) for path in files()]
    return {node.template.value for tree in trees for node in tree.find_all(kinds)}


def named_in_code() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in product_files())
    return set(re.findall(r"""["']([\w/]+\.html)["']""", text))


def test_every_template_is_used():
    used = named_in_templates() | named_in_code() | NAMED_BY_SETTINGS
    assert [name(path) for path in files() if name(path) not in used] == []


def test_no_template_is_missing():
    there = {name(path) for path in files()}
    assert (named_in_templates() | named_in_code() | NAMED_BY_SETTINGS) - there == set()


def test_pages_of_ours_have_one_engine_in_which_unknown_names_fail():
    assert environment().undefined is StrictUndefined and environment().autoescape is True
    others = [engine for engine in settings.TEMPLATES if not engine["BACKEND"].endswith(".Jinja2")]
    assert [engine["BACKEND"] for engine in others if engine.get("DIRS")] == []


def test_nothing_is_inline_and_nothing_comes_from_outside():
    """The content security policy allows neither; the browser would show a broken page."""
    forbidden = {
        "inline script": r"<script(?![^>]*\bsrc=)",
        "inline style": r"\sstyle\s*=|<style",
        "inline handler": r"\son\w+\s*=\s*[\"']",
        "outside host": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
        "unescaped": r"\|\s*safe\b|autoescape\s+false",
    }
    found = [
        f"{name(path)}: {what}"
        for path in files()
        for what, pattern in forbidden.items()
        if re.search(pattern, path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_pages_stand_in_the_frame():
    """A page of a room extends base.html, or layout.html where there is no person; what pages include is a part."""
    parts, strays = named_in_templates(PARTS), []
    for path in files():
        if name(path) in FRAME | parts or path.parts[-2] == "components" or path.name.startswith("_"):
            continue
        text = path.read_text(encoding="utf-8")
        if not re.search(r'{%-?\s*extends "(base|layout)\.html"', text):
            strays.append(name(path))
    assert strays == []


def test_components_say_how_to_use_them():
    silent = [
        name(path)
        for path in (TEMPLATES / "components").glob("*.html")
        if not path.read_text(encoding="utf-8").lstrip().startswith("{#")
    ]
    assert silent == []


def test_a_view_and_its_template_share_their_name():
    """render(request, "deposits/sheet.html") stands in deposits/views.py or deposits/portal.py."""
    foreign = []
    for path in product_files():
        room = path.relative_to(ROOT).parts[0]
        if not {path.stem, path.parent.name} & {"views", "portal"}:
            continue
        for template in re.findall(r"""render\(\s*request,\s*["']([\w/]+\.html)""", path.read_text(encoding="utf-8")):
            if template.split("/")[0] not in (room, "errors"):
                foreign.append(f"{name_of(path)} shows {template}")
    assert foreign == []
