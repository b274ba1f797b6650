"""One command to set up, run, test and check the project; `make` only forwards here. 总入口

    python3 run.py setup | run | test | check | bench | night

Standard library only: it runs before anything is installed. Once the environment is there it
starts itself again with the environment's Python.
"""

import os
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST = (3, 11)


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    if sys.version_info < OLDEST:
        print("Python 3.11 or newer is needed: python3.11 run.py ...")
        return 2
    _make_launcher_importable()
    from hpf.launcher import commands

    return commands.main(arguments, root=ROOT)


def _make_launcher_importable() -> None:
    """Name the package `hpf` without running its first lines, which load Celery: it is not installed yet."""
    frame = types.ModuleType("hpf")
    frame.__path__ = [str(ROOT / "hpf")]
    sys.modules["hpf"] = frame


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
