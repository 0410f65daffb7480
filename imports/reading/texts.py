"""One column of a file, each distinct text kept once: what makes a million rows small and quick to judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


class Pool(dict[str, int]):
    """Text → its number, given in the order of appearance."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self.texts)
        self.texts.append(text)
        return number


@dataclass(frozen=True, slots=True)
class Texts:
    """One column: `texts` are the distinct cells as they stand in the file, `ids` says which row has which."""

    texts: list[str]
    ids: Ids

    def where(self, flags: list[bool]) -> Mask:
        """Rows whose text has its flag set."""
        return np.asarray(flags, dtype=np.bool_)[self.ids] if flags else np.zeros(len(self.ids), np.bool_)

    def counts(self, rows: Mask) -> npt.NDArray[np.int64]:
        """How often each text stands in these rows."""
        return np.bincount(self.ids[rows], minlength=len(self.texts))
