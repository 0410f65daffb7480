"""`python -m backflush.serve PORT`: everything on one machine, under one parent, until Ctrl-C or TERM.

The parent holds the embedded server, brings the database up to date, and then watches two children: the web server
and the worker. When one of them ends, or the parent is told to, both are stopped.
"""

from __future__ import annotations

import hashlib
import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from types import FrameType
from urllib.error import URLError

from django.core.management import CommandError

from backflush.embedded import EmbeddedError

HOST = "127.0.0.1"
READY_SECONDS = 60
STOP_SECONDS = 10


def say(message: str) -> None:
    print(message, flush=True)  # noqa: T201


def serve(port: int) -> None:
    refuse_taken(port)
    prepare()
    children = [
        start(
            "-m", "gunicorn", "backflush.wsgi",
            "--bind", f"{HOST}:{port}",
            "--workers", str(min(4, (os.cpu_count() or 1) + 1)),
            "--timeout", "120",
            "--preload",
            "--no-control-socket",
            "--log-level", "warning",
        ),
        start("manage.py", "procrastinate", "worker", "--delete-jobs", "successful"),
    ]  # fmt: skip
    try:
        wait_until_ready(port, children)
        say(f"\nBackflush answers at http://{HOST}:{port}/ (Ctrl-C stops it)")
        fill()
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        sys.exit("A part of Backflush ended by itself; its last lines are above.")
    finally:
        stop(children)


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            sys.exit(f"Port {port} is taken: stop what listens there, or choose another with PORT=…")


def prepare() -> None:
    """Tables and static files, in this process: starting Django costs more than the work itself.

    The first query starts the embedded server, and this process stays one of its users until it ends.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backflush.settings")
    import django
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    plan = MigrationExecutor(connection)
    if plan.migration_plan(plan.loader.graph.leaf_nodes()):
        migrate()
    collect_static_files()
    connection.close()


def collect_static_files() -> None:
    """Unless they are as they were at the last start: hashing and compressing them takes longer than all the rest."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            about = os.stat(storage.path(name))
            digest.update(f"{name} {about.st_size} {about.st_mtime_ns}\n".encode())
    mark = settings.DATA / "static-collected"
    if not (settings.STATIC_ROOT.exists() and mark.exists() and mark.read_text() == digest.hexdigest()):
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(digest.hexdigest())


def fill() -> None:
    """The demo company, while the pages answer already; its sign-ins are printed at the end."""
    from django.core.management import call_command
    from django.db import connection

    call_command("seed_demo")
    connection.close()


def migrate() -> None:
    """In a process of its own, which connects as the owner of the tables."""
    done = subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=False)
    if done.returncode:
        sys.exit("The database could not be brought up to date; the reason is above.")


def start(*command: str) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C reaches the parent alone, which stops the children in order."""
    return subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent if sys.platform == "linux" else None,
    )


def end_with_parent() -> None:
    """Have the kernel send TERM when the parent is gone, however it went: a killed one cannot stop its children."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def wait_until_ready(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            sys.exit("Backflush could not start; the reason is above.")
        with suppress(URLError, OSError), urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5):
            return
        time.sleep(0.1)
    sys.exit(f"Backflush did not answer within {READY_SECONDS} seconds.")


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            signal_group(child, signal.SIGKILL)
            child.wait()


def signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, number)


def leave(number: int, frame: FrameType | None) -> None:
    """As an exception, so that `finally` and exit handlers run; a second signal must not interrupt them."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(0)


def main() -> None:
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("usage: python -m backflush.serve PORT")
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # also into a pipe: how to sign in is said while it runs
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    os.environ.setdefault("SITE_ADDRESS", f"http://{HOST}:{sys.argv[1]}")
    try:
        serve(int(sys.argv[1]))
    except (EmbeddedError, CommandError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
