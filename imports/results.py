"""What became of each row, kept with the import in a small space and read a page at a time."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from inventory.rows import Change, RowOutcome

CHUNK = 500
_LENGTH = 8


def pack(rows: Sequence[RowOutcome], facts: dict[str, Any]) -> bytes:
    """Rows in compressed chunks behind a head that tells how many of which outcome each holds.

    `facts` is what taking the import back needs to know; it is JSON.
    """
    bodies, index = [], []
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        body = zlib.compress(_dump([_listed(row) for row in some]), 6)
        bodies.append(body)
        index.append([len(body), Counter(row.outcome for row in some)])
    head = zlib.compress(_dump({"facts": facts, "chunks": index}), 6)
    return len(head).to_bytes(_LENGTH, "big") + head + b"".join(bodies)


class Results:
    """Packed results. Only the chunks that are asked for are unpacked."""

    def __init__(self, packed: bytes | memoryview | None) -> None:
        data = bytes(packed or b"")
        self.facts: dict[str, Any] = {}
        self._chunks: list[tuple[int, int, dict[str, int]]] = []
        self._data = data
        if not data:
            return
        place = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
        head = json.loads(zlib.decompress(data[_LENGTH:place]))
        self.facts = head["facts"]
        for size, counts in head["chunks"]:
            self._chunks.append((place, size, counts))
            place += size

    def count(self, outcome: str = "") -> int:
        """How many rows had this outcome, or any."""
        return sum(
            counts.get(outcome, 0) if outcome else sum(counts.values()) for _, _, counts in self._chunks
        )

    def rows(self, outcome: str = "", *, start: int = 0, limit: int | None = None) -> list[RowOutcome]:
        """Rows of this outcome (or all), in the file's order."""
        skipped = start
        found: list[RowOutcome] = []
        for place, size, counts in self._chunks:
            here = counts.get(outcome, 0) if outcome else sum(counts.values())
            if skipped >= here:
                skipped -= here
                continue
            fitting = (row for row in self._unpacked(place, size) if not outcome or row.outcome == outcome)
            wanted = None if limit is None else limit - len(found)
            found += list(islice(fitting, skipped, None if wanted is None else skipped + wanted))
            skipped = 0
            if limit is not None and len(found) >= limit:
                break
        return found

    def _unpacked(self, place: int, size: int) -> Iterator[RowOutcome]:
        for row, outcome, key, target, changes in json.loads(
            zlib.decompress(self._data[place : place + size])
        ):
            yield RowOutcome(row, outcome, key, target, tuple(Change(*change) for change in changes))


def _listed(row: RowOutcome) -> list[Any]:
    return [row.row, row.outcome, row.key, row.target_id, [list(change) for change in row.changes]]


def _dump(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)
