"""The embedded servers: found again, never doubled, never left behind, their data never lost."""

import base64
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from hpf.embedded import keys, lease, postgres, processes, valkey
from tests.servers import ROOT


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory) -> Path:
    """A data directory whose path holds a blank, with a cluster that no test leaves running."""
    folder = tmp_path_factory.mktemp("data dir")
    postgres.start(folder, durable=False)
    postgres.stop(folder)
    return folder


@pytest.fixture(autouse=True)
def nothing_is_left(data_dir):
    yield
    postgres.stop(data_dir)
    assert processes.living_in(data_dir / "postgres", "postgres") == []


def in_another_process(code: str, data_dir: Path) -> subprocess.Popen[str]:
    program = f"import os, signal, sys\nfrom pathlib import Path\ndata_dir = Path(sys.argv[1])\n{code}"
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "-c", program, str(data_dir)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(url: str, question: str = "select 1") -> object:
    with psycopg.connect(url, connect_timeout=60) as connection:
        return connection.execute(question).fetchone()[0]


def test_server_listens_on_a_private_socket_only(data_dir):
    url = postgres.start(data_dir, durable=False)
    socket_dir = Path(answer(url, "show unix_socket_directories").strip('"'))
    assert answer(url, "show listen_addresses") == ""
    assert socket_dir.stat().st_mode & 0o777 == 0o700
    assert answer(url, "select current_user || ' ' || current_database()") == "hpf_owner hpf"


def test_order_of_text_is_the_same_on_every_machine(data_dir):
    url = postgres.start(data_dir, durable=False)
    locale = "select datlocprovider::text || ' ' || datlocale from pg_database where datname = 'hpf'"
    assert answer(url, locale) == "b C.UTF-8"


def test_live_server_is_adopted(data_dir):
    first = postgres.start(data_dir, durable=False)
    [postmaster, *_] = processes.living_in(data_dir / "postgres", "postgres")
    other = in_another_process("from hpf.embedded import postgres; print(postgres.start(data_dir))", data_dir)
    assert other.communicate()[0].strip() == first
    assert processes.living_in(data_dir / "postgres", "postgres")[0] == postmaster


def test_pid_file_that_names_a_foreign_process_is_no_obstacle(data_dir):
    (data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{data_dir}/postgres\n1\n5432\n/tmp\n\n1 1\n")
    assert postgres.running(data_dir) is None
    assert answer(postgres.start(data_dir, durable=False)) == 1


def test_killed_server_starts_again_with_its_data(data_dir):
    url = postgres.start(data_dir)
    with psycopg.connect(url) as connection:
        connection.execute("create table kept as select 42 as number")
    [postmaster, *_] = processes.living_in(data_dir / "postgres", "postgres")
    os.kill(postmaster, signal.SIGKILL)
    assert processes.await_until(lambda: not processes.is_alive(postmaster), seconds=60)
    assert answer(postgres.start(data_dir), "select number from kept") == 42


def test_server_goes_with_its_killed_starter(data_dir):
    starter = in_another_process(
        "from hpf.embedded import postgres, valkey\n"
        "postgres.start(data_dir); valkey.start(data_dir); os.kill(os.getpid(), signal.SIGKILL)",
        data_dir,
    )
    assert starter.wait() == -signal.SIGKILL
    homes = {"postgres": data_dir / "postgres", "valkey-server": data_dir / "valkey"}
    assert processes.await_until(
        lambda: not any(processes.living_in(home, program) for program, home in homes.items()), seconds=60
    )
    assert answer(postgres.start(data_dir, durable=False)) == 1


def test_last_user_stops_the_server(data_dir):
    with lease.postgres_lease(data_dir) as url:
        other = in_another_process(
            "from hpf.embedded import lease\n"
            "with lease.postgres_lease(data_dir) as url:\n    print(url, flush=True); sys.stdin.readline()",
            data_dir,
        )
        assert other.stdout.readline().strip() == url
    assert answer(url) == 1, "the other process still uses it"
    other.communicate("\n")
    assert postgres.running(data_dir) is None


def test_command_without_address_gets_a_database_and_secrets(data_dir, monkeypatch):
    for name in ("DATABASE_URL", "HPF_SECRET_KEY", "HPF_FIELD_KEYS"):
        monkeypatch.delenv(name)
    with lease.environment(data_dir):
        assert answer(os.environ["DATABASE_URL"]) == 1
        assert os.environ["HPF_FIELD_KEYS"] == keys.of(data_dir)["HPF_FIELD_KEYS"]
    assert "DATABASE_URL" not in os.environ
    assert postgres.running(data_dir) is None


def test_given_address_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere.else/hpf")
    with lease.environment(tmp_path):
        assert os.environ["DATABASE_URL"] == "postgresql://somewhere.else/hpf"
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path):
    made = keys.of(tmp_path)
    assert keys.of(tmp_path) == made
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600
    fields = dict(part.split(":") for part in made["HPF_FIELD_KEYS"].split(","))
    assert list(fields) == ["k1", "index"]
    assert [len(base64.b64decode(key)) for key in fields.values()] == [32, 32]


def test_two_commands_at_once_agree_on_the_secrets(tmp_path):
    code = "from hpf.embedded import keys; print(keys.of(data_dir)['HPF_SECRET_KEY'])"
    both = [in_another_process(code, tmp_path) for _ in range(2)]
    assert len({process.communicate()[0] for process in both}) == 1


def test_valkey_is_adopted_and_keeps_its_queue(tmp_path):
    import redis

    folder = tmp_path / "data dir"
    folder.mkdir()
    url = valkey.start(folder)
    redis.Redis.from_url(url).rpush("queue", "task")
    assert valkey.start(folder) == url
    assert processes.await_until(
        lambda: any(b"task" in kept.read_bytes() for kept in folder.rglob("*.aof")), seconds=60
    )
    os.kill(processes.living_in(folder / "valkey", "valkey-server")[0], signal.SIGKILL)
    assert processes.await_until(lambda: not processes.living_in(folder / "valkey", "valkey-server"), seconds=60)
    assert redis.Redis.from_url(valkey.start(folder)).lrange("queue", 0, -1) == [b"task"]
    valkey.stop(folder)
    assert valkey.running(folder) is None
