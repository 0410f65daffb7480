"""Circles among thousands of bills."""

from __future__ import annotations

from production.actions import cycles
from production.actions.cycles import closing_edges, items_in_circles


def test_a_chain_has_no_circle() -> None:
    assert items_in_circles((n, n + 1) for n in range(10_000)) == set()


def test_only_what_lies_on_a_circle_is_found() -> None:
    assert items_in_circles([(1, 2), (2, 3), (3, 2), (3, 4), (9, 1)]) == {2, 3}


def test_each_closing_edge_is_told_once_with_its_path() -> None:
    assert closing_edges([(1, 2)], [(2, 3), (3, 1), (3, 2), (2, 4)]) == {1: [3, 1, 2, 3], 2: [3, 2, 3]}


def test_two_edges_between_the_same_items_are_no_circle() -> None:
    assert closing_edges([(1, 2)], [(1, 2), (1, 2)]) == {}


def test_a_search_that_takes_too_long_refuses_without_a_path(monkeypatch: object) -> None:
    ring = [(n, (n + 1) % 300) for n in range(300)]
    patience, cycles.PATIENCE = cycles.PATIENCE, 0
    try:
        assert all(path == [] for path in closing_edges([], ring).values())
    finally:
        cycles.PATIENCE = patience
