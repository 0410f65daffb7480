"""Rules, section 7, as far as it is arithmetic."""

from __future__ import annotations

import pytest

from backflush.engine.completions import is_all_reported, running_differences
from tests.engine.shop import d


def test_running_totals_become_differences() -> None:
    assert running_differences(map(d, (30, 50, 50, 45))) == (d(30), d(20), None, d(-5))


def test_running_totals_go_on_from_the_sum_so_far() -> None:
    assert running_differences([d(60), d(60)], before=d(45)) == (d(15), None)


@pytest.mark.parametrize(("good", "scrap", "is_all"), [(118, 2, True), (117, 2, False), (121, 0, True)])
def test_good_and_scrap_reach_the_orders_quantity(good: int, scrap: int, is_all: bool) -> None:
    assert is_all_reported(good=d(good), scrap=d(scrap), order_quantity=d(120), has_reference=True) is is_all


@pytest.mark.parametrize("has_reference", [True, False])
def test_without_an_order_quantity_a_completion_without_reference_is_the_whole_order(
    has_reference: bool,
) -> None:
    is_all = is_all_reported(good=d(5), scrap=d(0), order_quantity=None, has_reference=has_reference)
    assert is_all is not has_reference
