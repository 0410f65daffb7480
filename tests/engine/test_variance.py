"""Rules, section 5: four variances, minor units, unknown costs, tolerance."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backflush.engine.enums import Flag, LineType
from backflush.engine.stock import StockPool
from backflush.engine.types import Edit, Policies, RecipeInput, ReportedUse
from backflush.engine.valuation import shared
from tests.engine.shop import Shop, d, facts, lot, recipe_of

M1, M2 = 1, 2


def parts_of(line: object) -> tuple[int, int, int, int]:
    return (line.substitution_minor, line.scrap_minor, line.usage_minor, line.price_minor)  # type: ignore[attr-defined]


def one_input(cost: str | None = "5.00", lots: str | None = None, **settings: object) -> Shop:
    stock = StockPool([lot(M1, 1, 1000, lots), lot(M2, 2, 1000, None)])
    return Shop(
        recipe_of(RecipeInput(1, M1, usage=d(2))),
        items={M1: facts(M1, cost, **settings), M2: facts(M2, 7)},
        stock=stock,
    )


def test_the_example_of_the_rules() -> None:
    part = one_input().complete(10, reported=[ReportedUse(M2, d(21), stands_in_for=M1)])
    line = part.line(1)
    assert parts_of(line) == (4000, 0, 700, 0)
    assert (line.standard_cost_minor, line.actual_cost_minor, line.variance_minor) == (10_000, 14_700, 4700)


def test_price_variance_is_lots_against_standard() -> None:
    assert parts_of(one_input(lots="5.10").complete(10).line(1)) == (0, 0, 0, 200)


def test_scrap_variance_is_the_scrap_at_standard() -> None:
    assert parts_of(one_input().complete(10, 3).line(1)) == (0, 3000, 0, 0)


def test_usage_variance_is_favourable_when_less_was_used() -> None:
    assert parts_of(one_input().complete(10, reported=[ReportedUse(M1, d(19))]).line(1)) == (0, 0, -500, 0)


def test_stock_at_standard_has_no_price_variance() -> None:
    order = one_input(lots="5.10")
    order.policies = Policies(is_stock_at_standard=True)
    line = order.complete(10, 1, reported=[ReportedUse(M1, d(23))]).line(1)
    assert parts_of(line) == (0, 1000, 500, 0)
    assert line.picks[0].unit_cost == d(5)


def test_a_lot_without_cost_has_the_standard() -> None:
    assert one_input(lots=None).complete(10).line(1).picks[0].unit_cost == d(5)


@pytest.mark.parametrize(
    ("decimals", "standard", "actual", "variance"),
    [(0, 33, 34, 1), (2, 3333, 3366, 33), (3, 33333, 33663, 330)],
)
def test_minor_units_of_each_currency(decimals: int, standard: int, actual: int, variance: int) -> None:
    order = Shop(
        recipe_of(RecipeInput(1, M1)),
        items={M1: facts(M1, "3.3333")},
        stock=StockPool([lot(M1, 1, 1000, "3.3663")]),
        policies=Policies(currency_decimals=decimals),
    )
    line = order.complete(10).line(1)
    assert (line.standard_cost_minor, line.actual_cost_minor, line.variance_minor) == (
        standard,
        actual,
        variance,
    )


def test_amounts_are_rounded_half_away_from_zero() -> None:
    order = Shop(
        recipe_of(RecipeInput(1, M1), RecipeInput(2, M2, line_type=LineType.BYPRODUCT)),
        items={M1: facts(M1, "0.005"), M2: facts(M2, "0.005")},
    )
    part = order.complete(1)
    assert (part.line(1).actual_cost_minor, part.line(2).actual_cost_minor) == (1, -1)


def test_the_largest_part_takes_the_residual() -> None:
    # 0.4 + 0.4 + 0.4 of a minor unit are 1.2: each rounds to 0, the line's variance is 1.
    assert shared((4, 4, 4, 3), 10, 1) == [0, 0, 1, 0]


def test_a_tie_for_the_residual_goes_to_price_then_usage_then_scrap() -> None:
    assert shared((4, 4, 4, 4), 10, 2) == [0, 0, 0, 2]
    assert shared((4, 4, 4, 0), 10, 1) == [0, 0, 1, 0]
    assert shared((4, 4, 0, 0), 10, 1) == [0, 1, 0, 0]


def test_picks_share_the_rounded_actual_cost() -> None:
    stock = StockPool([lot(M1, n, 1, "0.333333") for n in (1, 2, 3)])
    line = Shop(recipe_of(RecipeInput(1, M1)), items={M1: facts(M1, 1)}, stock=stock).complete(3).line(1)
    assert line.actual_cost_minor == 100
    assert [pick.amount_minor for pick in line.picks] == [33, 33, 34]


def test_an_unknown_standard_takes_the_lots_cost() -> None:
    line = one_input(cost=None, lots="4.20").complete(10, 1, reported=[ReportedUse(M1, d(23))]).line(1)
    assert parts_of(line) == (0, 840, 420, 0)
    assert (line.standard_cost_minor, line.actual_cost_minor, line.standard_unit_cost) == (8400, 9660, None)
    assert Flag.NO_COST in line.flags


def test_an_unknown_standard_takes_the_average_of_the_lots_exactly() -> None:
    stock = StockPool([lot(M1, 1, 1, "1.00"), lot(M1, 2, 2, "2.00"), lot(M1, 3, 9, None)])
    order = Shop(recipe_of(RecipeInput(1, M1)), items={M1: facts(M1, None)}, stock=stock)
    line = order.complete(6).line(1)
    assert (line.actual_cost_minor, line.standard_cost_minor, line.variance_minor) == (1000, 1000, 0)
    assert [pick.amount_minor for pick in line.picks] == [100, 400, 500]


def test_with_no_cost_at_all_the_money_is_zero_and_counted() -> None:
    part = one_input(cost=None).complete(10, reported=[ReportedUse(M1, d(30))])
    assert (part.line(1).actual_cost_minor, part.line(1).standard_cost_minor) == (0, 0)
    assert part.computed.totals.unknown_cost_count == 1


def test_a_cost_of_zero_is_free_and_known() -> None:
    part = one_input(cost="0").complete(10)
    assert part.computed.totals.unknown_cost_count == 0


def test_an_unknown_standard_of_the_original_takes_what_the_substitute_costs() -> None:
    order = one_input(cost=None)
    line = order.complete(10, reported=[ReportedUse(M2, d(21), stands_in_for=M1)]).line(1)
    assert parts_of(line) == (0, 0, 700, 0)
    assert line.standard_cost_minor == 14_000
    assert Flag.NO_COST in line.flags


def test_an_unknown_substitute_makes_no_variance() -> None:
    order = one_input()
    order.items[M2] = facts(M2, None)
    line = order.complete(10, reported=[ReportedUse(M2, d(21), stands_in_for=M1)]).line(1)
    assert (line.standard_cost_minor, line.actual_cost_minor, parts_of(line)) == (0, 0, (0, 0, 0, 0))


def beyond(used: Decimal | int | str, expected: int = 20, **policies: object) -> bool:
    order = one_input()
    order.policies = Policies(**policies)  # type: ignore[arg-type]
    return order.complete(expected // 2, reported=[ReportedUse(M1, d(used))]).line(1).is_beyond_tolerance


def test_every_difference_is_beyond_without_tolerances() -> None:
    assert beyond("20.000001")
    assert not beyond(20)


def test_a_line_is_beyond_when_both_tolerances_are_exceeded() -> None:
    tolerances = {"tolerance_percent": d(5), "tolerance_minor": 600}
    assert not beyond(21, **tolerances)  # 5 %, 5.00
    assert not beyond("21.1", **tolerances)  # 5.5 %, 5.50
    assert beyond("21.3", **tolerances)  # 6.5 %, 6.50
    assert beyond("18.7", **tolerances)


def test_an_items_tolerance_goes_before_the_organizations() -> None:
    order = one_input(tolerance_percent=d(10), tolerance_minor=0)
    line = order.complete(10, reported=[ReportedUse(M1, d(22))]).line(1)
    assert not line.is_beyond_tolerance


def test_a_substitutes_money_counts_in_its_amount() -> None:
    order = one_input()
    order.policies = Policies(tolerance_percent=d(2), tolerance_minor=1000)
    plain = order.complete(10, reported=[ReportedUse(M1, d(21))])
    substituted = order.complete(10, reported=[ReportedUse(M2, d(21), stands_in_for=M1)])
    assert not plain.line(1).is_beyond_tolerance  # 5.00
    assert substituted.line(1).is_beyond_tolerance  # 7.00 and 40.00


def test_a_difference_below_one_step_is_never_beyond_but_its_money_counts() -> None:
    order = Shop(recipe_of(RecipeInput(1, M1, usage=d("0.3"), rounding_step=d(1))), items={M1: facts(M1, 5)})
    line = order.complete(1, reported=[ReportedUse(M1, d("0.5"))]).line(1)
    assert (line.is_beyond_tolerance, line.usage_minor) == (False, -250)


def test_with_nothing_expected_every_use_is_beyond() -> None:
    order = one_input()
    order.policies = Policies(tolerance_percent=d(99), tolerance_minor=10**9)
    order.items[9] = facts(9)
    assert order.complete(10, reported=[ReportedUse(9, d(1))]).line(None).is_beyond_tolerance


def test_an_unknown_cost_is_judged_on_percent_alone() -> None:
    order = one_input(cost=None)
    order.policies = Policies(tolerance_percent=d(5), tolerance_minor=10**9)
    assert not order.complete(10, reported=[ReportedUse(M1, d(21))]).line(1).is_beyond_tolerance
    assert order.complete(10, reported=[ReportedUse(M1, d(22))]).line(1).is_beyond_tolerance


def test_reported_scrap_without_a_reason_is_beyond() -> None:
    line = one_input().complete(10, 1, has_scrap_reason=False).line(1)
    assert line.is_beyond_tolerance
    assert Flag.SCRAP_UNEXPLAINED in line.flags
    assert not one_input().complete(10, 1).line(1).is_beyond_tolerance


def test_the_same_line_is_computed_the_same_as_expected_reported_and_edited() -> None:
    def figures(**given: object) -> tuple[object, ...]:
        order = one_input(lots="4.97")
        return tuple(order.complete(7, 2, **given).line(1)[7:25])

    plain = figures()
    assert figures(reported=[ReportedUse(M1, d(18))]) == plain
    assert figures(edits=[Edit(1, M1, actual_quantity=d(18))]) == plain
