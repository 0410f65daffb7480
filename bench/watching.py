"""Somebody who looks at a page all the while: another process, which asks for it again and again and times it.

`python -m bench.watching URL EMAIL` asks until it reads a line, then prints the times so far and goes on at the next.
"""

from __future__ import annotations

import json
import select
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

PAUSE = 0.2
ALONE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Times:
    """How long the page took, in seconds."""

    median: float
    slowest: float
    count: int


class Watcher:
    """The watching process, from outside."""

    def __init__(self, url: str, email: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.watching", url, email],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.times = Times(0.0, 0.0, 0)
        assert self._read() == "ready"
        time.sleep(ALONE_SECONDS)

    def pause(self) -> Times:
        """The times since the last pause; it waits until it is told to go on."""
        self._say()
        return Times(*json.loads(self._read()))

    def go_on(self) -> None:
        self._say()

    def end(self) -> None:
        self.times = self.pause()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def _say(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def watch(url: str, email: str) -> None:
    from django.db import connection

    from accounts.models import User
    from bench.database import NAME

    connection.settings_dict["NAME"] = NAME
    from tests.factories import client_of

    client = client_of(User.objects.get(email=email))
    client.get(url)
    print("ready", flush=True)
    while True:
        spent: list[float] = []
        while not select.select([sys.stdin], [], [], PAUSE)[0]:
            start = time.perf_counter()
            answer = client.get(url)
            spent.append(time.perf_counter() - start)
            assert answer.status_code == 200, answer.status_code
        if not sys.stdin.readline():
            return
        print(
            json.dumps([statistics.median(spent), max(spent), len(spent)] if spent else [0, 0, 0]), flush=True
        )
        if not sys.stdin.readline():
            return


if __name__ == "__main__":
    from bench.database import start_django

    start_django()
    watch(*sys.argv[1:3])
