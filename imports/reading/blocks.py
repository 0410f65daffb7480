"""Rows as they come in, many at a time: as records for any file, as columns for the regular ones."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .texts import Ids, Pool

Record = list[str]
# Small enough for the processor's cache, large enough that the work per block does not show.
ROWS = 5_000


class Block(ABC):
    """Some rows of a file, each at least as wide as its header."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def ids(self, index: int, pool: Pool) -> Ids:
        """One column, as numbers of the pool that keeps its texts."""

    @abstractmethod
    def record(self, row: int) -> Record:
        """One row, cell by cell."""

    @abstractmethod
    def beyond(self, width: int) -> Iterator[tuple[int, str]]:
        """Rows with a filled cell beyond this width, and that cell."""


class RecordBlock(Block):
    def __init__(self, records: list[Record], width: int) -> None:
        if min(map(len, records)) < width:
            records = [
                record if len(record) >= width else record + [""] * (width - len(record))
                for record in records
            ]
        self.records = records

    def __len__(self) -> int:
        return len(self.records)

    def ids(self, index: int, pool: Pool) -> Ids:
        cells = map(itemgetter(index), self.records)
        return np.fromiter(map(pool.__getitem__, cells), dtype=np.int32, count=len(self.records))

    def record(self, row: int) -> Record:
        return self.records[row]

    def beyond(self, width: int) -> Iterator[tuple[int, str]]:
        if max(map(len, self.records)) > width:
            for row, record in enumerate(self.records):
                if extra := [cell for cell in record[width:] if cell.strip()]:
                    yield row, extra[0]


class ColumnBlock(Block):
    """The rows of a regular file, parsed by pandas as nothing but text."""

    def __init__(self, columns: list[npt.NDArray[Any]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def ids(self, index: int, pool: Pool) -> Ids:
        codes, texts = pd.factorize(self.columns[index])
        numbers = np.fromiter(map(pool.__getitem__, texts), dtype=np.int32, count=len(texts))
        return numbers[codes]

    def record(self, row: int) -> Record:
        return [str(column[row]) for column in self.columns]

    def beyond(self, width: int) -> Iterator[tuple[int, str]]:
        return iter(())


def is_regular(content: bytes, delimiter: str, width: int, longest_line: int) -> bool:
    """Can rows and cells be told by counting alone?

    No quotes, one kind of line break, and in every line the same number of delimiters. Then no two readers can
    disagree about the file, and the fastest may read it. Only for encodings in which those signs are single bytes.
    """
    if width < 2 or b'"' in content or not delimiter.isascii():
        return False
    if content.count(b"\r") != content.count(b"\r\n"):
        return False
    signs = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    if not len(ends) or ends[-1] != len(signs) - 1:
        ends = np.append(ends, len(signs))
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1] + 1])
    if int((ends - starts).max()) > longest_line:
        return False
    marks = np.flatnonzero(signs == ord(delimiter))
    counts = np.diff(np.searchsorted(marks, ends), prepend=0)
    return bool((counts == width - 1).all())


def read_columns(content: bytes, codec: str, delimiter: str, width: int, skipped_rows: int) -> ColumnBlock:
    """A regular file below its first rows. Nothing is taken for a number, a date or a missing value."""
    frame = pd.read_csv(
        io.BytesIO(content),
        sep=delimiter,
        header=None,
        names=list(range(width)),
        index_col=False,
        skiprows=skipped_rows,
        dtype=str,
        na_filter=False,
        quoting=3,  # csv.QUOTE_NONE: there are no quotes
        skip_blank_lines=False,
        encoding=codec,
        engine="c",
        low_memory=False,
    )
    return ColumnBlock([frame[index].to_numpy(dtype=object) for index in range(width)])
