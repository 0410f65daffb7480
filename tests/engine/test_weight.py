"""Rules, section 10: weight, value, standard runs."""

from __future__ import annotations

import pytest

from backflush.engine.stock import StockPool
from backflush.engine.tolerance import is_standard_run
from backflush.engine.types import Policies, RecipeInput, ReportedUse, UpstreamWip
from tests.engine.shop import Number, Part, Shop, d, facts, lot, recipe_of


def run(
    good: int = 10, scrap: int = 0, cost: Number | None = "5.00", lots: str = "5.00", **given: object
) -> Part:
    order = Shop(
        recipe_of(RecipeInput(1, 1, usage=d(2), operation=20), reporting_points=(10,)),
        items={1: facts(1, cost)},
        stock=StockPool([lot(1, 1, 50, lots)]),
        policies=given.pop("policies", Policies()),  # type: ignore[arg-type]
    )
    return order.complete(good, scrap, **given)


def test_weight_adds_absolute_variances_and_never_nets() -> None:
    order = Shop(
        recipe_of(RecipeInput(1, 1, usage=d(100))),
        items={1: facts(1, 100)},
        stock=StockPool([lot(1, 1, 500, "50.00")]),
    )
    totals = order.complete(1, reported=[ReportedUse(1, d(200))]).computed.totals
    assert (totals.usage_minor, totals.price_minor, totals.variance_minor) == (1_000_000, -1_000_000, 0)
    assert totals.weight_minor == 2_000_000


def test_value_adds_absolute_actual_costs() -> None:
    from backflush.engine.enums import LineType

    order = Shop(recipe_of(RecipeInput(1, 1), RecipeInput(2, 2, line_type=LineType.BYPRODUCT)))
    assert order.complete(10).computed.totals.value_minor == 2000


def test_upstream_scrap_counts_in_the_weight() -> None:
    upstream = [UpstreamWip(10, 50_000, d(100))]
    totals = run(scrap=5, upstream=upstream).computed.totals
    assert (totals.upstream_scrap_minor, totals.weight_minor) == (2500, 2500 + totals.scrap_minor)


def standard(part: Part, weight: int = 0, value: int = 10_000) -> bool:
    return is_standard_run(part.computed, weight_limit_minor=weight, value_limit_minor=value)


def test_a_standard_run_is_within_tolerance_and_limits() -> None:
    assert standard(run())
    assert not standard(run(), value=9_999)
    assert not standard(run(lots="5.01"))
    assert standard(run(lots="5.01"), weight=20, value=10_020)


@pytest.mark.parametrize(
    "part",
    [
        run(cost=None),
        run(good=30),
        run(reported=[ReportedUse(1, d(21))], policies=Policies()),
        run(scrap=1, has_scrap_reason=False),
    ],
    ids=["without cost", "short", "beyond tolerance", "scrap without reason"],
)
def test_what_is_never_a_standard_run(part: Part) -> None:
    assert not standard(part, weight=10**9, value=10**9)


def test_a_run_that_used_nothing_is_no_standard_run() -> None:
    order = Shop(recipe_of())
    assert not standard(order.complete(10), weight=10**9, value=10**9)
