"""The calculators 试算 as a script meets them: one JSON object in, one out, exit code 2 for bad input."""

import json
import os
import subprocess
import sys

import pytest

from hpf.management.commands.calculate import BadInput, calculated
from tests.house.source import ROOT

YEAR = {
    "opening_balance": "25000.00",
    "from": "2024-07-01",
    "to": "2025-07-01",
    "movements": [],
    "rates": [{"from": "2016-02-21", "annual_rate": "1.50"}],
    "day_count": "ACT_360",
}
MONTH = {
    "base": "6543",
    "employer_ratio": "8",
    "member_ratio": "8",
    "floor": "2070.00",
    "cap": "22389.00",
    "round_to": "0.01",
}


def answer(kind, values):
    return calculated(kind, json.dumps(values).encode())


def refused(kind, source):
    with pytest.raises(BadInput) as told:
        calculated(kind, source if isinstance(source, bytes) else json.dumps(source).encode())
    assert told.value.sentence
    return told.value.code, told.value.field


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("6543.00", "523.44", "523.44", "1046.88")),
        ({"round_to": "1"}, ("6543.00", "523.00", "523.00", "1046.00")),
        ({"base": "50000"}, ("22389.00", "1791.12", "1791.12", "3582.24")),
        ({"base": "0", "employer_ratio": "12", "member_ratio": "5.5"}, ("2070.00", "248.40", "113.85", "362.25")),
    ],
)
def test_monthly_contribution(changes, expected):
    found = answer("monthly_contribution", MONTH | changes)
    assert found == dict(zip(["base_used", "employer_part", "member_part", "total"], expected, strict=True))


@pytest.mark.parametrize(
    ("changes", "number", "interest"),
    [
        ({}, "9125000.00", "380.21"),
        ({"day_count": "ACT_365"}, "9125000.00", "375.00"),
        ({"day_count": "MONTH30_360"}, "9000000.00", "375.00"),
        (
            {"opening_balance": "80000", "movements": [{"on": "2025-03-03", "amount": "-30000"}]},
            "25600000.00",
            "1066.67",
        ),
        ({"movements": [{"on": "2025-07-01", "amount": "5.00"}]}, "9125000.00", "380.21"),
        ({"to": "2024-07-01"}, "0.00", "0.00"),
        ({"opening_balance": "9999999999999999.99"}, "3649999999999999996.35", "152083333333333.33"),
    ],
)
def test_member_interest(changes, number, interest):
    assert answer("member_interest", YEAR | changes) == {"interest_number": number, "interest": interest}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"base": 6543}, "not_text", "base"),
        ({"base": 6543.0}, "not_text", "base"),
        ({"base": None}, "not_text", "base"),
        ({"base": "6543.001"}, "bad_money", "base"),
        ({"base": "6,543"}, "bad_money", "base"),
        ({"base": "-1"}, "bad_money", "base"),
        ({"base": "1e3"}, "bad_money", "base"),
        ({"base": "NaN"}, "bad_money", "base"),
        ({"base": "６５４３"}, "bad_money", "base"),
        ({"base": "10000000000000000000"}, "bad_money", "base"),
        ({"member_ratio": "101"}, "bad_rate", "member_ratio"),
        ({"member_ratio": "8%"}, "bad_rate", "member_ratio"),
        ({"floor": "30000"}, "floor_above_cap", "floor"),
        ({"round_to": "0.05"}, "bad_choice", "round_to"),
        ({"rounding": "1"}, "unknown_field", "rounding"),
    ],
)
def test_monthly_contribution_refuses_what_it_cannot_read(changes, code, field):
    assert refused("monthly_contribution", MONTH | changes) == (code, field)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"from": "2024-7-1"}, "bad_date", "from"),
        ({"from": "20240701"}, "bad_date", "from"),
        ({"from": "2025-02-29"}, "bad_date", "from"),
        ({"to": "2024-06-30"}, "ends_before_it_begins", "to"),
        ({"movements": {}}, "not_a_list", "movements"),
        ({"movements": ["2025-01-01"]}, "not_a_list", "movements"),
        ({"movements": [{"on": "2024-06-30", "amount": "1"}]}, "outside_the_period", "movements[0].on"),
        ({"movements": [{"on": "2025-01-01", "amount": 1}]}, "not_text", "movements[0].amount"),
        ({"movements": [{"on": "2025-01-01", "amount": "1", "why": ""}]}, "unknown_field", "movements[0].why"),
        ({"movements": [{"on": "2025-01-01"}]}, "missing_field", "movements[0].amount"),
        ({"movements": [{"on": "2025-01-01", "amount": "-25000.01"}]}, "overdrawn", "movements"),
        ({"rates": []}, "no_rate", "rates"),
        ({"rates": [{"from": "2024-07-02", "annual_rate": "1.50"}]}, "no_rate", "rates"),
        ({"rates": YEAR["rates"] * 2}, "two_rates_on_one_day", "rates[1].from"),
        ({"day_count": "ACT_364"}, "bad_choice", "day_count"),
    ],
)
def test_member_interest_refuses_what_it_cannot_read(changes, code, field):
    assert refused("member_interest", YEAR | changes) == (code, field)


@pytest.mark.parametrize("name", sorted(YEAR))
def test_no_field_has_a_silent_default(name):
    assert refused("member_interest", {key: value for key, value in YEAR.items() if key != name}) == (
        "missing_field",
        name,
    )


@pytest.mark.parametrize(
    "source",
    [b"", b"{", b"[]", b'"x"', b'{"base": NaN}', b'{"base": Infinity}', b"\xff\xfe", b"[" * 100_000, b"9" * 5000],
)
def test_what_is_no_json_object_is_refused(source):
    assert refused("monthly_contribution", source) == ("bad_json", None)


def test_a_field_given_twice_is_refused():
    assert refused("monthly_contribution", b'{"base": "1", "base": "2"}') == ("repeated_field", "base")


@pytest.mark.parametrize("kind", ["", "loan_quota", "__class__"])
def test_a_calculator_that_is_not_built_is_refused_with_those_that_are(kind):
    with pytest.raises(BadInput, match="monthly_contribution、member_interest") as told:
        calculated(kind, b"{}")
    assert (told.value.code, told.value.field) == ("unknown_kind", "kind")


def run(kind, text):
    """Run the command where no database can be reached: the calculators need none."""
    nowhere = {"DATABASE_URL": "postgresql:///nowhere?host=/nonexistent", "HPF_SECRET_KEY": "x", "HPF_FIELD_KEYS": "x"}
    command = [sys.executable, str(ROOT / "manage.py"), "calculate", kind]
    environment = {**os.environ, **nowhere, "LC_ALL": "C"}
    return subprocess.run(command, input=text, env=environment, capture_output=True, encoding="utf-8", check=False)


def test_the_command_answers_on_standard_output_without_a_database():
    done = run("monthly_contribution", json.dumps(MONTH))
    assert (done.returncode, json.loads(done.stdout)["total"], done.stderr) == (0, "1046.88", "")


def test_the_command_ends_with_2_and_an_error_object():
    done = run("member_interest", '{"\\ud800": ""}')
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"], set(error)) == (2, "unknown_field", {"code", "message", "field"})
    assert done.stderr == ""
