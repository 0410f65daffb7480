"""Many people at the same moment, each on a connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import DatabaseError, connection

from accounts.books import Proof, prove
from accounts.errors import AppError
from accounts.models import Organization
from accounts.tenancy.binding import bind


def all_at_once(work: Sequence[Callable[[], str]]) -> list[str]:
    """What each gets, in the order of `work`: its answer, the code of its refusal, or the database's error."""
    barrier = Barrier(len(work))

    def run(task: Callable[[], str]) -> str:
        try:
            barrier.wait(60)
            return task()
        except AppError as error:
            return error.code
        except DatabaseError as error:
            return f"{type(error).__name__}: {error}"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def breaches(organization: Organization) -> list[str]:
    """What the books' own proofs find."""
    found: list[str] = []

    def note(proof: Proof, broken: list[tuple[str, str]]) -> None:
        found.extend(f"{proof.title}: {label} {wrong}" for label, wrong in broken)

    with bind(organization):
        prove(organization, note)
    return found
