"""The project's source as the house tests read it: files, syntax trees, functions."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOWER = [
    *("audit", "access", "approvals", "policy", "ledger", "accounts", "banking"),
    *("deposits", "withdrawals", "reports"),
]
FRAME = "hpf"


def product_files() -> list[Path]:
    """Every Python file of the product: the rooms and the frame, without migrations."""
    return [
        path
        for room in [FRAME, *TOWER]
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts
    ]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of the product with the place where it stands."""
    for path in product_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name_of(path)}:{node.lineno} {node.name}", node
