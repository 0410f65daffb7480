"""Indented bills: lists in which the level of a row, and the rows above it, tell what it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .issues import NATIVE
from .texts import Ids, Mask, Texts

_DEPTH = re.compile(r"^[.\-+>*·_\s]*(\d{1,2})[.\s]*$")
_OUTLINE = re.compile(r"^\d+(?:\.\d+)+\.?$")
_NUMBER = re.compile(r"^\d+\.?$")
NONE = -1


@dataclass(frozen=True, slots=True)
class Levels:
    """What the levels make of the rows, as masks over all of them; `parent_of` is a row's parent row, or -1.

    tops: what is made, named by itself. repeats: rows of an assembly that stood above with the very same rows.
    conflicts: rows of one that stood above with other rows. unclear: a level that cannot be read or leaves one out.
    """

    parent_of: Ids
    tops: Mask
    repeats: Mask
    conflicts: Mask
    unclear: Mask
    has_products: bool


def find_levels(level: Texts, component: Texts, others: Sequence[Texts], rows: Mask) -> Levels:
    """Judge the rows given, from the first to the last. `others` are the columns that make two rows the same."""
    depths = _depths(level)
    count = len(level.ids)
    parent_of = np.full(count, NONE, np.int32)
    tops, repeats, conflicts, unclear = (np.zeros(count, np.bool_) for _ in range(4))
    places = np.flatnonzero(rows).tolist()
    depth_of = [depths[number] for number in level.ids.tolist()]
    least = min((depth for place in places if (depth := depth_of[place]) is not None), default=0)
    stack: list[tuple[int, int]] = []  # depth and row
    children: dict[int, list[int]] = {}
    for place in places:
        depth = depth_of[place]
        if depth is None:
            unclear[place] = True
            continue
        while stack and stack[-1][0] >= depth:
            stack.pop()
        if (not stack and depth > least) or (stack and depth > stack[-1][0] + 1):
            unclear[place] = True
        elif stack:
            parent_of[place] = stack[-1][1]
            children.setdefault(stack[-1][1], []).append(place)
        else:
            tops[place] = True
        stack.append((depth, place))
    _judge_repeats(component, others, children, repeats, conflicts)
    is_outline = any(_OUTLINE.match(text.removeprefix(NATIVE).strip()) for text in level.texts)
    return Levels(parent_of, tops, repeats, conflicts, unclear, has_products=least == 0 and not is_outline)


def _depths(level: Texts) -> list[int | None]:
    """The depth of each distinct text: `2`, `..2`, or as many as an outline number has parts (1.2.1)."""
    texts = [text.removeprefix(NATIVE).strip() for text in level.texts]
    if any(_OUTLINE.match(text) for text in texts):
        return [
            len(text.rstrip(".").split(".")) if _OUTLINE.match(text) or _NUMBER.match(text) else None
            for text in texts
        ]
    return [int(found[1]) if (found := _DEPTH.match(text)) else None for text in texts]


def _judge_repeats(
    component: Texts,
    others: Sequence[Texts],
    children: dict[int, list[int]],
    repeats: Mask,
    conflicts: Mask,
) -> None:
    first: dict[str, list[tuple[str, ...]]] = {}
    for parent in sorted(children):
        made = component.texts[component.ids[parent]].strip()
        lines = sorted(
            tuple(column.texts[column.ids[row]].strip() for column in (component, *others))
            for row in children[parent]
        )
        known = first.setdefault(made, lines)
        if known is not lines:
            (repeats if known == lines else conflicts)[children[parent]] = True
