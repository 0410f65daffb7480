"""Times, their limits and how they are printed."""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Result:
    """A measurement beside its limit. `most` is what the ratio should not exceed; None without such a promise."""

    name: str
    seconds: float
    limit_name: str
    limit_seconds: float
    most: float | None
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.seconds / self.limit_seconds if self.limit_seconds else float("inf")

    @property
    def holds(self) -> bool | None:
        return None if self.most is None else self.ratio <= self.most


def timed(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Callable[[], object], times: int = 3) -> float:
    return statistics.median(timed(work) for _ in range(times))


def print_table(results: list[Result]) -> None:
    rows = [("what", "seconds", "limit", "seconds", "ratio", "at most", "")]
    for r in results:
        rows.append(
            (
                r.name,
                f"{r.seconds:.4f}",
                r.limit_name,
                f"{r.limit_seconds:.4f}",
                f"{r.ratio:.2f}",
                "" if r.most is None else f"{r.most:g}",
                {None: "", True: "holds", False: "MISSED"}[r.holds] + (f"  {r.note}" if r.note else ""),
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_json(results: list[Result]) -> None:
    json.dump([{**asdict(r), "ratio": r.ratio, "holds": r.holds} for r in results], sys.stdout, indent=2)
    print()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
