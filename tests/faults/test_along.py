"""A test run that is killed leaves none of its processes behind, not even one that stands still."""

import signal
import subprocess
import sys

from hpf.embedded import processes
from tests.servers import ROOT

KILLED = """
import os, signal, subprocess
from tests.faults import along
child = along.started(["-c", "import time; time.sleep(60)"], dict(os.environ), stdout=subprocess.DEVNULL)
os.kill(child.pid, signal.SIGSTOP)
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_started_ends_with_it():
    starter = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, stdout=subprocess.PIPE, check=False)
    assert starter.returncode == -signal.SIGKILL
    child = int(starter.stdout)
    try:
        assert processes.await_until(lambda: not processes.is_alive(child), seconds=30)
    finally:
        processes.signal_if_alive(child, signal.SIGKILL)
