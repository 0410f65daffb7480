"""How far a job has come, seen by everybody while the job's own transactions are still open."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from django.db import connection
from procrastinate.exceptions import JobAborted

from .models import Job

WRITE_EVERY_SECONDS = 0.25


class Progress:
    """Counts over a connection of its own, so that they show before the work is committed.

    The same connection holds the job's advisory lock: while a process lives that still works on the job, nobody
    else starts it again. The server drops the lock with the connection, however the process ends.
    """

    def __init__(
        self, organization_id: int, job_id: int, *, is_stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self.organization_id = organization_id
        self.job_id = job_id
        self.done = 0
        self.total = 0
        self._is_stopping = is_stopping
        self._connection = connection.copy()
        self._written_at = 0.0

    def __enter__(self) -> Progress:
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.organization', %s, false)", [str(self.organization_id)])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._write()
        finally:
            self._connection.close()

    def claim(self) -> bool:
        """Whether this process is the only one that works on the job."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"job:{self.job_id}"])
            return bool(cursor.fetchone()[0])

    def start(self, total: int, *, done: int = 0) -> None:
        """Say how many steps there are, and how many of them an earlier attempt has done."""
        self.total, self.done = total, done
        self._write()

    def report(self, done: int, total: int) -> None:
        """So many of so many are done: for actions that count for themselves."""
        if total != self.total:
            self.start(total, done=self.done)
        self.advance(done - self.done)

    def advance(self, count: int = 1) -> None:
        """Some more steps are done. Call it between chunks: it stops the job when the worker must end."""
        self.done += count
        if time.monotonic() - self._written_at >= WRITE_EVERY_SECONDS:
            self._write()
        if self._is_stopping():
            raise JobAborted

    def _write(self) -> None:
        self._written_at = time.monotonic()
        with self._connection.cursor() as cursor:
            # Never waits: a row that somebody holds keeps its older figures until the next time.
            cursor.execute(
                f"UPDATE {Job._meta.db_table} SET done = %s, total = %s WHERE id IN "
                f"(SELECT id FROM {Job._meta.db_table} WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED)",
                [self.done, self.total, self.job_id],
            )
