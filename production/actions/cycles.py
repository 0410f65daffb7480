"""Circles in what is made of what: found over all bills at once, each with its path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

# How many steps the search for a path may take before the rest is refused without one.
PATIENCE = 5_000_000

Edge = tuple[int, int]


def items_in_circles(edges: Iterable[Edge]) -> set[int]:
    """Items that are, through their components, made of themselves, or lie between two such (Kahn, both ways)."""
    remaining = set(edges)
    while remaining:
        before = len(remaining)
        for turned in (False, True):
            remaining = _peeled(remaining, turned=turned)
        if len(remaining) == before:
            break
    return {item for edge in remaining for item in edge}


def _peeled(edges: set[Edge], *, turned: bool) -> set[Edge]:
    """The edges that are left when everything without an edge into it is taken away, again and again."""
    following: dict[int, list[int]] = defaultdict(list)
    arriving: dict[int, int] = defaultdict(int)
    for parent, component in edges:
        start, end = (component, parent) if turned else (parent, component)
        following[start].append(end)
        arriving[end] += 1
    ready = [item for item in following if not arriving[item]]
    gone: set[int] = set()
    while ready:
        item = ready.pop()
        gone.add(item)
        for end in following.get(item, ()):
            arriving[end] -= 1
            if not arriving[end]:
                ready.append(end)
    index = 1 if turned else 0
    return {edge for edge in edges if edge[index] not in gone}


def closing_edges(old: Iterable[Edge], new: Sequence[Edge]) -> dict[int, list[int]]:
    """Which of the new edges close a circle, by their index, with the path from the parent back to itself.

    Edges are added one by one in their order; an edge that closes a circle is left out, so that each is told once.
    An empty path means that the search was given up: the edge lies among circles already told.
    """
    old_edges = set(old)
    inside = items_in_circles([*old_edges, *new])
    if not inside:
        return {}
    following: dict[int, set[int]] = defaultdict(set)
    for parent, component in old_edges:
        if parent in inside and component in inside:
            following[parent].add(component)
    found: dict[int, list[int]] = {}
    patience = PATIENCE
    for index, (parent, component) in enumerate(new):
        if parent not in inside or component not in inside:
            continue
        if patience <= 0:
            found[index] = []
            continue
        path, steps = _path(following, component, parent)
        patience -= steps
        if path:
            found[index] = [parent, *path]
        else:
            following[parent].add(component)
    return found


def _path(following: dict[int, set[int]], start: int, end: int) -> tuple[list[int], int]:
    """A way from start to end (both named in it), or nothing; and how many steps were looked at."""
    came_from: dict[int, int] = {start: start}
    waiting = [start]
    steps = 0
    while waiting:
        item = waiting.pop()
        if item == end:
            path = [item]
            while item != start:
                item = came_from[item]
                path.append(item)
            return path[::-1], steps
        for further in following.get(item, ()):
            steps += 1
            if further not in came_from:
                came_from[further] = item
                waiting.append(further)
    return [], steps
