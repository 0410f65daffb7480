"""Which rows are no rows of data: blanks, totals, and the header printed once more."""

from __future__ import annotations

import re

import numpy as np

from .blocks import Block, Record
from .header import Header, is_blank_row, is_total_word
from .kinds import ColumnType, KindSpec
from .mapping import NO_HEADER
from .texts import Ids, Mask, Pool
from .values import is_blank

_RULER = re.compile(r"^[-=_*+|~.]{3,}$")


def _is_subtotal(text: str, known: Pool) -> bool:
    """Spreadsheets name a group's sum after the group: "A-1 Total" below rows of A-1."""
    first, _, last = text.rpartition(" ")
    if first in known and is_total_word(last):
        return True
    first, _, last = text.partition(" ")
    return last in known and is_total_word(first)


class RowMarks:
    """Collects, chunk by chunk, which rows are blank, totals or the header once more.

    Only rows that the mapped columns make suspicious are looked at cell by cell.
    """

    def __init__(
        self, kind: KindSpec, header: Header, sources: dict[str, int], pools: dict[str, Pool]
    ) -> None:
        self.header, self.sources, self.pools = header, sources, pools
        codes = [spec.name for spec in kind.columns if spec.type is ColumnType.CODE and spec.name in sources]
        self.codes = codes
        self.required = [spec.name for spec in kind.required if spec.name in codes]
        self.quantities = [
            spec.name for spec in kind.required if spec.name in sources and spec.name not in codes
        ]
        self.row_count = 0
        self.blank: list[int] = []
        self.total: list[int] = []
        self.repeated: list[int] = []
        self.extra: dict[int, str] = {}
        # Per column and distinct text 1 where it is blank, 2 a ruler (-----), 4 a word for totals.
        self._signs: dict[str, bytearray] = {name: bytearray() for name in sources}
        self._is_total: dict[str, bool] = {}

    def mask(self, rows: list[int]) -> Mask:
        found = np.zeros(self.row_count, np.bool_)
        found[rows] = True
        return found

    def judge(self, block: Block, ids: dict[str, Ids], width: int) -> None:
        count, offset = len(block), self.row_count
        self.row_count += count
        empty: dict[str, Mask] = {}
        bare = np.ones(count, np.bool_)  # every mapped cell is blank or a ruler
        named = np.zeros(count, np.bool_)  # some required code is a word for totals
        for name in self.sources:
            blank, ruler, total = self._masks(name, ids[name])
            empty[name] = blank
            bare &= blank | ruler
            if name in self.required:
                named |= total
        headless = np.zeros(count, np.bool_)
        for name in self.required:
            headless |= empty[name]
        for i in np.flatnonzero(bare).tolist():
            record = block.record(i)
            if is_blank_row(record) or all(not cell.strip() or _RULER.match(cell.strip()) for cell in record):
                self.blank.append(offset + i)
                headless[i] = named[i] = False
        for i in np.flatnonzero(headless | named).tolist():
            if self._reads_as_total(block.record(i), empty, i, bool(named[i])):
                self.total.append(offset + i)
        self._find_repeated_headers(block, ids, offset)
        if self.header.row != NO_HEADER:
            self.extra.update((offset + i, cell) for i, cell in block.beyond(width))

    def _masks(self, name: str, ids: Ids) -> tuple[Mask, Mask, Mask]:
        """Which cells are blank, a ruler or a word for totals; each distinct text is judged once."""
        texts, signs = self.pools[name].texts, self._signs[name]
        for text in texts[len(signs) :]:
            bare = text.strip()
            is_total = is_total_word(bare) or _is_subtotal(bare, self.pools[name])
            signs.append(is_blank(bare) | bool(_RULER.match(bare)) << 1 | is_total << 2)
        found = np.frombuffer(signs, np.uint8)[ids]
        return (found & 1).astype(np.bool_), (found & 2).astype(np.bool_), (found & 4).astype(np.bool_)

    def _reads_as_total(self, record: Record, empty: dict[str, Mask], i: int, is_named: bool) -> bool:
        others = [name for name in self.codes if not empty[name][i]]
        if is_named:
            return len(others) == 1
        if all(empty[name][i] for name in self.required) and all(empty[name][i] for name in self.quantities):
            return True  # a trailer: it names nothing and counts nothing
        return any(cell and self._total(cell) for cell in record)

    def _total(self, cell: str) -> bool:
        found = self._is_total.get(cell)
        if found is None:
            found = self._is_total[cell] = is_total_word(cell)
        return found

    def _find_repeated_headers(self, block: Block, ids: dict[str, Ids], offset: int) -> None:
        if self.header.row == NO_HEADER or not self.sources:
            return
        name, index = next(iter(self.sources.items()))
        number = self.pools[name].get(self.header.names[index]) if self.header.names[index].strip() else None
        if number is None:
            return
        names = [cell.strip() for cell in self.header.names]
        for i in np.flatnonzero(ids[name] == number).tolist():
            if [cell.strip() for cell in block.record(i)[: len(names)]] == names:
                self.repeated.append(offset + i)
