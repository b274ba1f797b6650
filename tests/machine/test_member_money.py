"""Members' money in any story: open, remit, freeze, withdraw, return, settle, close, crash and do it again."""

import ast
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import seeds
from tests.machine import model, outgoing

COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


@pytest.mark.parametrize("part", [model, outgoing])
def test_model_imports_nothing_of_the_product(part):
    tree = ast.parse(Path(part.__file__).read_text(encoding="utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in named} <= sys.stdlib_module_names


def test_any_story_leaves_the_money_as_the_integers_say(machine):
    """A few, the same each time: the stories tell what must be told, and the night looks for what nobody thought of."""
    few = settings(max_examples=4, stateful_step_count=20, derandomize=True, phases=[Phase.generate], **COMMON)
    run_state_machine_as_test(machine, settings=few)


@pytest.mark.night
@pytest.mark.parametrize("part", range(seeds.PARTS))
def test_two_thousand_one_hundred_long_stories_leave_the_money_as_the_integers_say(machine, part):
    """Of a hundred acts each: 3 starts × 10 parts × 70. A part tells the same stories again under the same seed."""
    telling = settings(max_examples=70, stateful_step_count=100, **COMMON)
    seeded = seed(seeds.FIRST + part)(type(f"Part{part}", (machine,), {}))  # a class of its own: the seed stays on it
    run_state_machine_as_test(seeded, settings=telling)
