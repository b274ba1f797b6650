"""Django's commands; without DATABASE_URL they use the embedded PostgreSQL of HPF_DATA_DIR. 管理命令"""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from hpf.embedded.lease import environment
from hpf.embedded.processes import ServerTrouble


def main() -> None:
    """Run one command, with the servers and secrets it needs. 执行一条命令"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hpf.settings")
    data_dir = Path(os.environ.setdefault("HPF_DATA_DIR", str(Path(__file__).resolve().parent / "var")))
    try:
        with environment(data_dir.resolve()):
            execute_from_command_line(sys.argv)
    except ServerTrouble as trouble:
        sys.exit(str(trouble))


if __name__ == "__main__":
    main()
