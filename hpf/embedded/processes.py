"""Server processes: started as somebody they accept, found again, stopped. 服务进程

PostgreSQL refuses to run as root. A root caller therefore starts it inside a user
namespace, where the same user has the number 1000 and the files stay root's; where
namespaces are barred (some containers), as the user 65534 with copied binaries.
"""

import contextlib
import ctypes
import enum
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

NOBODY = 65534
SOCKET_LIMIT = 107  # bytes of a Unix socket's path on Linux
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

# Children of this process, kept so that a stopped one is reaped instead of staying a zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


class ServerTrouble(Exception):
    """An embedded server cannot be started; the message says what to do. 内嵌服务无法启动"""


class Identity(enum.Enum):
    """As whom a server runs. 运行身份"""

    CALLER = "caller"
    NAMESPACE = "namespace"
    NOBODY = "nobody"


def identity_for(program: Path) -> Identity:
    """The first identity under which a server that refuses root can run here. 选择运行身份"""
    if os.geteuid() != 0:
        return Identity.CALLER
    try:
        run([str(program), "--version"], identity=Identity.NAMESPACE)
    except (subprocess.SubprocessError, OSError):
        return Identity.NOBODY
    return Identity.NAMESPACE


def run(command: Sequence[str], *, identity: Identity) -> str:
    """Run a short program to its end and return what it printed. 运行一次性程序"""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        check=True,
        preexec_fn=_becoming(identity),
        user=_user(identity),
        group=_user(identity),
        extra_groups=_groups(identity),
    )
    return done.stdout.decode(errors="replace")


def start(
    command: Sequence[str],
    *,
    log: Path,
    identity: Identity = Identity.CALLER,
    death_signal: signal.Signals | None = signal.SIGINT,
    keep_open: Sequence[int] = (),
    cwd: Path = Path("/"),
) -> int:
    """Start a server in a session of its own and return its pid. 启动服务进程

    In its own session a Ctrl-C of the terminal reaches only the starter, which then stops its
    servers in order. The kernel sends `death_signal` when the starting thread is gone, even by
    SIGKILL, so nothing is left behind; None lets the process outlive its starter.
    """
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            start_new_session=True,
            pass_fds=keep_open,
            preexec_fn=_becoming(identity, death_signal),
            user=_user(identity),
            group=_user(identity),
            extra_groups=_groups(identity),
        )
    _children[child.pid] = child
    return child.pid


def signal_if_alive(pid: int, signum: signal.Signals) -> None:
    """Send a signal to a process that may have ended already. 发送信号"""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signum)


def stop(pid: int, *signals: signal.Signals, patience: int = 20) -> None:
    """Send the signals one after the other until the process is gone. 停止进程"""
    for signum in signals:
        signal_if_alive(pid, signum)
        if await_until(lambda: not is_alive(pid), seconds=patience):
            return


def end_with(parent: int, death_signal: signal.Signals) -> None:
    """Have the kernel send this process a signal when its parent is gone, even by SIGKILL. 随父进程结束"""
    _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:  # it died before the signal was set
        os._exit(1)


def wait(pid: int) -> int:
    """Wait for a child to end and return its exit code. 等待结束"""
    try:
        return _children.pop(pid).wait()
    except BaseException:  # asked to stop meanwhile: it must not run on alone
        end_session(pid)
        raise


def end_session(pid: int) -> None:
    """Kill what is left of a process's session, such as the workers of a killed master. 清理会话"""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Whether the process still runs; a child that has ended is reaped. 进程是否存活"""
    child = _children.get(pid)
    if child is not None:
        if child.poll() is None:
            return True
        del _children[pid]
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # ended, but its parent has not asked yet


def living_in(directory: Path, program: str) -> list[int]:
    """The processes of `program` that work in this directory, the oldest first. 目录中的进程

    A pid file alone proves nothing after a crash: its number may belong to another program by
    now. Both servers change into their data directory, and the kernel says who is there.
    """
    home = directory.resolve()
    return [pid for pid in _all_pids() if _works_in(pid, home, program)]


def await_until(holds: Callable[[], bool], *, seconds: int) -> bool:
    """Wait until something holds, at most so many seconds; say whether it came. 等待条件成立"""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _all_pids() -> list[int]:
    return sorted(int(name) for name in os.listdir("/proc") if name.isdecimal())


def _works_in(pid: int, home: Path, program: str) -> bool:
    try:
        return (
            Path(os.readlink(f"/proc/{pid}/cwd")) == home and Path(f"/proc/{pid}/comm").read_text().strip() == program
        )
    except OSError:  # ended meanwhile, or not ours to look at
        return False


def _user(identity: Identity) -> int | None:
    return NOBODY if identity is Identity.NOBODY else None


def _groups(identity: Identity) -> list[int] | None:
    return [] if identity is Identity.NOBODY else None


def _becoming(identity: Identity, death_signal: signal.Signals | None = None) -> Callable[[], None] | None:
    """What the child does between fork and exec, the death signal last: the kernel forgets it
    whenever a process changes its credentials."""
    if identity is not Identity.NAMESPACE and death_signal is None:
        return None
    starter = os.getpid()

    def become() -> None:
        if identity is Identity.NAMESPACE:
            _enter_user_namespace()
        if death_signal is not None:
            end_with(starter, death_signal)

    return become


def _enter_user_namespace() -> None:
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {user} 1")
    Path("/proc/self/gid_map").write_text(f"1000 {group} 1")
