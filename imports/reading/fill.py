"""Cells that are blank because they mean "as above": declared by the mapping, or shown by merged cells."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .kinds import NUMERIC, KindSpec
from .texts import Ids, Mask, Texts
from .values import is_blank


def fill_groups(
    columns: dict[str, Texts],
    sources: dict[str, int],
    kind: KindSpec,
    is_data: Mask,
    merged: dict[int, list[tuple[int, int]]],
    first_row: int,
    *,
    is_declared: bool,
) -> dict[str, Texts]:
    """The columns, with the kind's group columns filled downwards.

    Where the mapping declares it, a blank group cell takes the last filled one above, if its row names something
    of its own (a bare figure below a group is a sum). An inner group is not carried into a new outer one. Without
    the declaration only cells that are merged with the one above are filled.
    """
    groups = [name for name in kind.groups if name in sources]
    blank = {name: _blank(columns[name]) for name in sources}
    names_something = np.zeros_like(is_data)
    for name in sources:
        if name not in groups and kind.column(name).type not in NUMERIC:
            names_something |= ~blank[name]
    filled = dict(columns)
    carried = is_data.copy()
    for depth, name in enumerate(groups):
        if is_declared:
            rows = blank[name] & is_data & carried
            if depth == len(groups) - 1 or not any(blank[inner].any() for inner in groups[depth + 1 :]):
                rows &= names_something
            else:
                inner_named = names_something.copy()
                for inner in groups[depth + 1 :]:
                    inner_named |= ~blank[inner]
                rows &= inner_named
            ids = _from_above(columns[name].ids, ~blank[name] & is_data, rows)
        else:
            ids, rows = _from_merges(columns[name].ids, merged.get(sources[name], []), first_row, blank[name])
        filled[name] = Texts(columns[name].texts, ids)
        carried &= rows
    return filled


def _blank(column: Texts) -> Mask:
    return column.where([is_blank(text) for text in column.texts])


def _from_above(ids: Ids, is_filled: Mask, rows: Mask) -> Ids:
    places: npt.NDArray[np.int64] = np.where(is_filled, np.arange(len(ids)), -1)
    last = np.maximum.accumulate(places) if len(ids) else places
    rows = rows & (last >= 0)
    out = ids.copy()
    out[rows] = ids[last[rows]]
    return out


def _from_merges(ids: Ids, merges: list[tuple[int, int]], first_row: int, blank: Mask) -> tuple[Ids, Mask]:
    """`first_row` is the file's row, from 1, of the first of these ids; merges count from 0."""
    out, rows = ids.copy(), np.zeros_like(blank)
    for top, bottom in merges:
        start, end = top - first_row + 1, min(bottom - first_row + 1, len(ids) - 1)
        if 0 <= start < end:
            here = np.zeros_like(blank)
            here[start + 1 : end + 1] = True
            here &= blank
            out[here] = ids[start]
            rows |= here
    return out, rows
