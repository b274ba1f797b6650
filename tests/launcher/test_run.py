"""`run.py` as a newcomer meets it: clear sentences, any terminal, nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from hpf.embedded import lease, processes
from hpf.launcher import console, demo, install, page, services
from tests.servers import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def run_py(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": "/", **variables}
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments], env=environment, capture_output=True, text=True, timeout=60
    )


def test_taken_port_is_said_at_once(taken_port):
    done = run_py("run", PORT=str(taken_port), LANG="zh_CN.UTF-8")
    assert done.returncode == 1
    assert f"端口 {taken_port} 已被占用" in done.stderr
    assert f"PORT={taken_port + 1}" in done.stderr


def test_plain_terminal_gets_plain_english(taken_port):
    done = run_py("run", PORT=str(taken_port), LANG="C")
    assert (done.stdout + done.stderr).isascii()
    assert f"Port {taken_port} is taken" in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_impossible_port_is_refused(port):
    done = run_py("run", PORT=port, LANG="C")
    assert done.returncode == 1
    assert "no port number" in done.stderr


def test_unknown_command_shows_the_usage():
    done = run_py("start")
    assert done.returncode == 2
    assert "setup | run | test | check | bench | night" in done.stdout


@pytest.mark.parametrize(
    ("variables", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.utf8"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),  # so Python starts itself under LANG=C
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, False),
        ({}, False),
    ],
)
def test_language_follows_the_terminal(variables, chinese, monkeypatch):
    for name in ("LANG", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert console.speaks_chinese() is chinese


def test_plain_terminal_is_spared_what_it_cannot_show(monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "C")
    console.show("单位 60 个已开户")
    console.show("2025-01 …")
    assert re.fullmatch(r"\[ *[\d.]+s\] 2025-01\n", capsys.readouterr().out)


def test_progress_page_answers_people_and_refuses_machines(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("PORT", str(port))
    with page.listen() as door, page.serving(door) as progress:
        monkeypatch.delenv("HPF_LISTEN_FD")
        progress.report("更新数据表 <1>")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as shown:
            assert "更新数据表 &lt;1&gt;" in shown.read().decode()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz")
        assert refused.value.code == 503
        assert "gunicorn" not in page.answered_by(port)


def test_one_data_directory_has_one_launcher(tmp_path):
    lock = tmp_path / "run.lock"
    with (
        lease.only_one(lock, "busy"),
        pytest.raises(processes.ServerTrouble, match="busy"),
        lease.only_one(lock, "busy"),
    ):
        pass
    with lease.only_one(lock, "free again"):
        pass


def test_stopping_a_service_ends_its_children_too(tmp_path):
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('child', flush=True); time.sleep(60)"
    )
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {stubborn!r}]); time.sleep(60)"
    service = services.Service("web", "网页服务", ("-c", code), tmp_path, tmp_path)
    pid = service.start()
    assert processes.await_until(lambda: "child" in service.log.read_text(), seconds=60)
    services.stop_all({service: pid})
    assert processes.await_until(lambda: _session_of(pid) == [], seconds=60)


def _session_of(leader: int) -> list[int]:
    alive = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[3] == str(leader) and fields[0] != "Z":
                alive.append(int(entry.name))
    return alive


def test_failed_step_shows_the_end_of_its_log(tmp_path, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    (tmp_path / "logs").mkdir()
    (tmp_path / "manage.py").write_text("raise SystemExit('表 missing 不存在')")
    first = next(demo.steps(tmp_path, tmp_path, show=print))
    with pytest.raises(console.Trouble, match="migrate 失败") as failed:
        first.run()
    assert "表 missing 不存在" in str(failed.value)


def test_long_step_shows_its_lines_as_they_come(tmp_path):
    shown: list[str] = []
    (tmp_path / "logs").mkdir()
    (tmp_path / "manage.py").write_text(
        "import sys, time\n"
        "if 'demo_data' in sys.argv:\n"
        "    print('2025-01 …', flush=True); time.sleep(0.5)\n"
        "    print('2025-02 …', flush=True); time.sleep(0.5)\n"
    )
    (tmp_path / "static").mkdir()
    for lock in ("requirements.txt", "package-lock.json"):
        (tmp_path / lock).touch()
    for step in demo.steps(tmp_path, tmp_path, show=shown.append):
        step.run()
    assert shown == ["2025-01 …", "2025-02 …"]
    assert (tmp_path / "demo.done").exists()
    assert [step.english for step in demo.steps(tmp_path, tmp_path, show=print)] == ["migrate"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only an administrator installs packages of the system")
def test_font_of_printouts_is_asked_for_once(tmp_path, monkeypatch):
    asked, programs = tmp_path / "asked", tmp_path / "bin"
    programs.mkdir()
    (programs / "apt-get").write_text(f'#!/bin/sh\necho "$@" >> {asked}\nexit 100\n')
    (programs / "apt-get").chmod(0o755)
    (tmp_path / ".venv" / "hpf-stamps").mkdir(parents=True)
    monkeypatch.setenv("PATH", f"{programs}:/bin")
    monkeypatch.setattr(install, "FONT_OF_DEBIAN", tmp_path / "none.ttc")
    for _turn in range(2):
        install._install_fonts(tmp_path, lambda step: None)
    update, fonts = asked.read_text().splitlines()
    assert update.endswith("update -qq") and fonts.endswith("fonts-noto-cjk")


def test_copy_without_demo_data_has_no_simulator(tmp_path, monkeypatch):
    monkeypatch.setenv(services.SHARED_DATA_AT, "http://somewhere/")
    with socket.socket() as door:
        names = [service.name for service in services.of(ROOT, tmp_path, door)]
        (tmp_path / services.SIMULATOR_KEYS).touch()
        assert names == ["web", "worker", "beat"]
        assert [service.name for service in services.of(ROOT, tmp_path, door)] == [*names, "simulator"]


def test_demonstration_has_shared_data_of_its_own_where_no_platform_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv(services.SHARED_DATA_AT, "")
    (tmp_path / services.SIMULATOR_KEYS).touch()
    with socket.socket() as door:
        first = services.of(ROOT, tmp_path, door)[0]
    [port] = re.findall(r"^http://127.0.0.1:([0-9]+)/$", os.environ[services.SHARED_DATA_AT])
    assert first.arguments == ("manage.py", "shared_data_simulator", "--port", port)


def test_locks_pin_what_the_project_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run_time = project["dependencies"] + project["optional-dependencies"]["embedded"]
    assert _missing(run_time, "requirements.txt") == []
    assert _missing(run_time + project["optional-dependencies"]["dev"], "requirements-dev.txt") == []


def _missing(pins: list[str], lock: str) -> list[str]:
    locked = _versions(lock)
    named = [re.sub(r"\[.*?\]", "", pin).lower() for pin in pins]
    return [pin for pin in named if pin not in locked]


def _versions(lock: str) -> set[str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {line.split()[0].lower() for line in lines if line[:1].isalnum()}


def test_both_locks_agree():
    assert _versions("requirements.txt") <= _versions("requirements-dev.txt")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_front_end_lock_holds_no_address():
    assert "resolved" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


def test_launcher_needs_nothing_but_the_standard_library():
    """It runs with the machine's Python, before any package is installed."""
    code = "import run, sys; run._make_launcher_importable(); from hpf.launcher import commands; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded - set(sys.stdlib_module_names) - {"run", "hpf", "__main__"} == set()


def test_signals_stop_the_launcher_once():
    from hpf.launcher import stack

    before = {signum: signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with pytest.raises(stack.Stopped):
            stack._stop(signal.SIGTERM, None)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
