"""W1, W2: pages and answers against a bare view behind the same middleware.

Two sync workers of gunicorn serve the product's settings as in production; a client of our own keeps eight connections
busy. CPU is that of the workers and the database, without the client.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench import results, visitors
from bench.meter import Meter, Slice, children_of
from bench.pairs import paired
from bench.results import Goal, Result
from bench.site import ROOT, Site

W1 = Goal("W1", "member's page of 24 lines, no sign-in / bare view", 0.10, 0.20)
W1_SIGNED_IN = Goal("W1b", "the same behind its door, signed in / bare view")
W1_COUNTER = Goal("W1c", "a clerk's page of that member / bare view")
W2 = Goal("W2", "JSON of 100 receipts reported again / bare view")

CONNECTIONS, WORKERS, LINES, ROWS = 8, 2, 24, 100
GUNICORN = ["-m", "gunicorn", "hpf.wsgi:application", "--worker-class", "sync", "--workers", str(WORKERS)]
GUNICORN += ["--no-control-socket", "--log-level", "warning"]
HELLO = {"path": "/bench/hello/"}
MEMBER = "HPF_BENCH_MEMBER"  # tells the server whose page it is


def run(site: Site, wanted: set[str]) -> Iterator[Result]:
    """Every benchmark of this file that is wanted."""
    if not wanted & {"W1", "W2"}:
        return
    guests = visitors.invite(site, lines=LINES, notices=ROWS)
    jobs = {
        W1: {"path": "/bench/member/"},
        W1_SIGNED_IN: {"path": "/portal/member/account/", "cookie": guests.member_cookie},
        W1_COUNTER: {"path": f"/counter/members/{guests.account}/", "cookie": guests.clerk_cookie},
        W2: {"path": visitors.RECEIPTS, "body": guests.notices, "key": guests.bank_key},
    }
    asked = {goal: job for goal, job in jobs.items() if goal.name[:2] in wanted}
    with serving(site) as visit:
        for job in (HELLO, *asked.values()):
            visit(job, 0.5)()  # the workers have met everything once; the receipts are booked from here on
        runs = {goal.name: visit(job, site.scale.seconds) for goal, job in asked.items()}
        series = paired(visit(HELLO, site.scale.seconds), runs, site.scale.rounds)
    for goal in asked:
        yield results.throughput(goal, series[goal.name], "requests/s")


Visit = Callable[[dict[str, object], float], Callable[[], Slice]]


@contextmanager
def serving(site: Site) -> Iterator[Visit]:
    """The web server for the time of the block; answers how to ask it for a while."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as door:
        command = [sys.executable, *GUNICORN, "--bind", f"fd://{door.fileno()}"]
        server = subprocess.Popen(command, cwd=ROOT, env=_environment(site), pass_fds=[door.fileno()])
        client = subprocess.Popen(
            [sys.executable, "-m", "bench.load"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            yield lambda job, seconds: lambda: _ask(site, server, client, job | _where(door, seconds))
        finally:
            client.stdin.close()
            server.terminate()
            client.wait()
            server.wait()


def _environment(site: Site) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("HPF_DEMO", "HPF_DEBUG")}
    return kept | {
        "DATABASE_URL": site.url,
        "DJANGO_SETTINGS_MODULE": "bench.web_settings",
        "HPF_ALLOWED_HOSTS": "localhost",
        MEMBER: visitors.MEMBER,
    }


def _where(door: socket.socket, seconds: float) -> dict[str, object]:
    return {"port": door.getsockname()[1], "connections": CONNECTIONS, "seconds": seconds}


def _ask(site: Site, server: subprocess.Popen, client: subprocess.Popen, job: dict[str, object]) -> Slice:
    """Requests answered in one slice."""
    workers = children_of(server.pid)
    with Meter(site.postmaster, [server.pid, *workers]) as meter:
        client.stdin.write(json.dumps(job) + "\n")
        client.stdin.flush()
        line = client.stdout.readline()
    if not line:
        raise RuntimeError("the web client ended; what the server said stands above")
    if workers and children_of(server.pid) != workers:
        raise RuntimeError("a web worker ended in the middle of a slice")
    answer = json.loads(line)
    return meter.slice(answer["done"], wall=answer["wall"])
