"""The commands of `run.py`: first the environment, then the work inside it. 命令"""

import os
import sys
from pathlib import Path

from hpf.embedded.processes import ServerTrouble
from hpf.launcher import install, page, programme, stack
from hpf.launcher.console import Trouble

_WORK = {
    "run": stack.run,
    "test": programme.test,
    "check": programme.check,
    "bench": programme.bench,
    "night": programme.night,
}
_INSIDE = "--inside"  # said by the first life to the second: the environment is there
USAGE = "usage: python3 run.py setup | run | test | check | bench | night"


def main(arguments: list[str], *, root: Path) -> int:
    """Set up what the command needs, then run it with the environment's Python. 执行命令"""
    inside = arguments[:1] == [_INSIDE]
    command, *rest = arguments[inside:] or [""]
    if command not in {"setup", *_WORK}:
        print(USAGE)
        return 2
    try:
        return _WORK[command](root, rest) if inside else _set_up(command, rest, root)
    except (Trouble, ServerTrouble) as trouble:
        print(trouble, file=sys.stderr)
        return 1


def _set_up(command: str, rest: list[str], root: Path) -> int:
    if command == "run":
        door = page.listen()  # stays open until the second life has it
        with page.serving(door) as progress:
            install.everything(root, for_developers=False, report=progress.report)
    else:
        install.everything(root, for_developers=True)
    if command == "setup":
        return 0
    python = install.python_of(root)
    os.execv(python, [str(python), str(root / "run.py"), _INSIDE, command, *rest])
