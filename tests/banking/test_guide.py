"""The guide for banks says what is so: its recipes make its test vectors, and ours accepts them."""

import os
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from access.rules import signature
from banking.states import EventType, RefusalCode, ResultOutcome, ResultRefusal
from hpf.errors import NotJustNow, Refusal

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "bank-api.md").read_text(encoding="utf-8")
SECRET = "0123456789abcdef" * 4
TIMESTAMP, NONCE = "1782864000", "nonce-0123456789abcdef"
FIRST, SECOND = re.findall(r"^    签名 +([0-9a-f]{64})$", GUIDE, re.MULTILINE)


def block(name):
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", GUIDE, re.DOTALL)
    assert found, name
    return found[1]


BODY = block("vector-body").rstrip("\n").encode()
VECTORS = [
    ("POST", "/api/v1/bank/receipts/", "", BODY, FIRST),
    ("GET", "/api/v1/bank/payments/", "status=SENT", b"", SECOND),
]


@pytest.mark.parametrize(("method", "path", "query", "body", "signed"), VECTORS)
def test_the_vectors_are_what_we_accept(method, path, query, body, signed):
    assert signature(SECRET, [method, path, query, TIMESTAMP, NONCE], body) == signed


@pytest.mark.parametrize(("method", "path", "query", "body", "signed"), VECTORS)
def test_the_python_recipe_makes_the_vectors(method, path, query, body, signed):
    names = {}
    exec(block("python"), names)
    assert names["sign"](SECRET, method, path, query, body, TIMESTAMP, NONCE) == signed


def test_the_shell_recipe_makes_the_first_vector(tmp_path):
    (tmp_path / "body.json").write_bytes(BODY)
    recipe = block("shell").split("curl")[0] + 'printf %s "$signature"'
    given = {"PATH": os.environ["PATH"], "SECRET": SECRET, "TIMESTAMP": TIMESTAMP, "NONCE": NONCE}
    done = subprocess.run(["sh", "-c", recipe], cwd=tmp_path, env=given, capture_output=True, text=True, check=True)
    assert done.stdout == FIRST


def test_every_reason_to_refuse_is_explained():
    explained = re.findall(r"^\| ((?:`\w+`、?)+) \|", GUIDE, re.MULTILINE)
    words = {word for cell in explained for word in re.findall(r"\w+", cell)}
    types = set(re.findall(r"^\| `(payment\.\w+)` \|", GUIDE, re.MULTILINE))
    assert types == set(EventType.values)
    assert words >= {*RefusalCode.values, *ResultRefusal.values, *ResultOutcome.values}


def codes_below(kind: type[Refusal]) -> set[str]:
    ours = [one for one in kind.__subclasses__() if not one.__module__.startswith("tests.")]
    return {code for one in ours for code in ({one.code} | codes_below(one))}


def test_every_refusal_of_the_moment_is_explained():
    import_module("hpf.urls")  # and with it every room
    table = GUIDE.split("带 `Retry-After` 的 409：")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) - {"code"} == codes_below(NotJustNow)
