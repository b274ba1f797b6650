"""The documents say what is there: links lead somewhere, commands exist, no machine or host is named."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from hpf.launcher import services
from tests.house.source import ROOT, TOWER, name_of

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
OPERATIONS = ROOT / "docs" / "operations.md"
ONE_SCREEN = 60

LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE_NAME = re.compile(r"`((?:[\w-]+/)+[\w-]+\.(?:py|sql|md|csv|yaml|yml|html|js|css))\b")
COMMAND_LINE = re.compile(r"^(?:    |`*)(?:[A-Z]+=\S+ )*make (\w+)", re.MULTILINE)
HOST = re.compile(r"https?://([^/\s`)\"'<>:]+)")
# Loopback, the licence's own address, and names that are kept free for examples.
HARMLESS_HOST = re.compile(r"127\.0\.0\.1|localhost|([\w.-]+\.)?example(\.\w+)*|www\.apache\.org|…")
MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp|root|home|Users|mnt)/\w+|index-url|site-packages")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def code_of(text: str) -> list[str]:
    """Every block and every span of code in a document."""
    return [*re.findall(r"^    .+$", text, re.MULTILINE), *re.findall(r"`[^`]+`", text)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_to_files(path):
    targets = [link.split("#")[0] for link in LINK.findall(text_of(path)) if "://" not in link]
    assert [target for target in targets if target and not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_files_that_are_named_exist(path):
    assert [name for name in FILE_NAME.findall(text_of(path)) if not (ROOT / name).exists()] == []


def test_documents_that_the_source_names_exist():
    sources = [path for folder in (*TOWER, "hpf", "tests") for path in (ROOT / folder).rglob("*.py")]
    named = {name for path in sources for name in re.findall(r"docs/[\w/-]+\.(?:md|yaml)", text_of(path))}
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_make_commands_exist(path):
    targets = set(re.search(r"^\.PHONY: (.+)$", text_of(ROOT / "Makefile"), re.MULTILINE)[1].split())
    named = {word for code in code_of(text_of(path)) for word in COMMAND_LINE.findall(code)}
    assert named - targets == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_management_commands_exist(path):
    named = set(re.findall(r"manage\.py ([a-z_]+)", text_of(path)))
    assert named - set(get_commands()) == set()


@pytest.mark.parametrize("path", [*DOCUMENTS, *sorted(ROOT.glob("requirements*.txt"))], ids=name_of)
def test_nothing_names_a_machine_or_a_host(path):
    text = text_of(path)
    hosts = [host for host in HOST.findall(text) if not HARMLESS_HOST.fullmatch(host)]
    assert (hosts, MACHINE.findall(text)) == ([], [])


@pytest.mark.parametrize("line", ["/tmp/x/y.py", "see /home/me/project", "pip --index-url=x", "in lib/site-packages/a"])
def test_a_path_of_this_machine_would_be_found(line):
    assert MACHINE.search(line)


def test_readmes_fit_on_a_screen_and_say_the_same():
    english, chinese = (text_of(path) for path in READMES)
    commands = [re.findall(r"make (?:run|check|test|bench)\b|python3 [\w. ]+", text) for text in (english, chinese)]
    targets = [set(LINK.findall(text)) - {path.name for path in READMES} for text in (english, chinese)]
    assert commands[0] and commands[0] == commands[1]
    assert targets[0] == targets[1]
    assert english.count("\n## ") == chinese.count("\n## ")
    assert max(text.count("\n") for text in (english, chinese)) <= ONE_SCREEN


def test_decisions_are_numbered_once_and_state_their_cost():
    numbers = [path.name[:4] for path in DECISIONS]
    assert all(number.isdigit() for number in numbers) and len(set(numbers)) == len(numbers)
    for path in DECISIONS:
        assert text_of(path).startswith(f"# {path.name[:4]} "), path.name
    parts = ("**Context.**", "**Choice.**", "**Cost.**")
    assert [(path.name, part) for path in DECISIONS for part in parts if part not in text_of(path)] == []
    assert [path.name for path in DECISIONS if text_of(path).count("\n") > 45] == []


def glossary_rows() -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", text_of(ROOT / "docs" / "glossary.md"), re.MULTILINE)
    return [row for row in rows if row[0] != "English"]


def test_the_glossary_has_one_line_for_a_word():
    english = [row[0] for row in glossary_rows()]
    assert sorted(word for word in set(english) if english.count(word) > 1) == []


def test_what_a_table_holds_is_a_word_of_the_glossary():
    known = {word for row in glossary_rows() for word in row[1].split("、")}
    names = {str(model._meta.verbose_name) for model in apps.get_models() if model._meta.app_label in TOWER}
    assert sorted(names - known) == []


def test_operations_list_every_variable():
    sources = [ROOT / "hpf" / "settings.py", *(ROOT / "hpf").rglob("*.py")]
    read = {
        name
        for path in sources
        for name in re.findall(r"""(?:environ(?:\.get)?[\[(]|required\()"([A-Z_]+)\"""", text_of(path))
        if name.startswith(("HPF_", "DATABASE_", "REDIS_")) or name in ("PORT", "SCALE")
    }
    of_the_launcher = {"HPF_EMBEDDED"}  # said by the launcher to its own later steps
    listed = set(re.findall(r"`([A-Z_]+)`", text_of(OPERATIONS)))
    assert sorted(read - listed - of_the_launcher) == []


@pytest.mark.parametrize("arguments", [services.WEB, services.WORKER, services.BEAT])
def test_operations_start_what_the_launcher_starts(arguments):
    assert f".venv/bin/python {' '.join(arguments)}" in text_of(OPERATIONS)


def test_operations_name_every_invariant():
    from audit.actions import inspection

    inspection.autodiscover_modules("checks")
    asked = {check.invariant for check in inspection.REGISTER.values()}
    assert set(re.findall(r"^\| (I\d+) \|", text_of(OPERATIONS), re.MULTILINE)) == asked


def test_the_licence_is_apache_2():
    licence = " ".join(text_of(ROOT / "LICENSE").split())
    assert licence.startswith("Apache License Version 2.0, January 2004")
    assert "END OF TERMS AND CONDITIONS" in licence and 'license = "Apache-2.0"' in text_of(ROOT / "pyproject.toml")
