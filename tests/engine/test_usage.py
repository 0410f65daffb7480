"""Rules, section 1: how much one report calls for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backflush.engine.enums import Basis, Flag, LineType, LossMethod, Rounding, Supply
from backflush.engine.errors import EngineError
from backflush.engine.stock import StockPool
from backflush.engine.types import RecipeInput, ReportedUse
from tests.engine.shop import STORE, Shop, d, facts, lot, recipe_of, target_of


def line(**settings: object) -> RecipeInput:
    return RecipeInput(key=1, item=1, **settings)  # type: ignore[arg-type]


def test_usage_per_unit() -> None:
    assert target_of(line(usage=d("2.5")), 180) == d(450)


@pytest.mark.parametrize(
    ("usage", "per", "good", "used"),
    [("25", "10", 7, "17.5"), ("5", "100", 180, "9"), ("2.5", "1000", 180, "0.45"), ("7", "12", 30, "17.5")],
)
def test_usage_per_n_units(usage: str, per: str, good: int, used: str) -> None:
    assert target_of(line(basis=Basis.PER_N, usage=d(usage), usage_per=d(per)), good) == d(used)


@pytest.mark.parametrize(("good", "batches"), [(1, 1), (50, 1), (51, 2), (100, 2), (101, 3)])
def test_usage_per_batch_counts_whole_batches(good: int, batches: int) -> None:
    batch = line(basis=Basis.PER_BATCH, usage=d("3.5"), usage_per=d(50), loss_percent=d(10))
    assert target_of(batch, good) == d("3.85") * batches


def test_pieces_per_component_with_loss_before_the_whole() -> None:
    pipe = line(basis=Basis.PIECES, usage_per=d(4), loss_percent=d(5))
    assert target_of(pipe, 100) == d(27)


def test_pieces_per_component_are_whole_before_conversion() -> None:
    pipe = line(
        basis=Basis.PIECES, usage_per=d(4), loss_percent=d(5), factor_numerator=5, factor_denominator=1
    )
    assert target_of(pipe, 100) == d(135)


def test_per_order_is_the_fixed_quantity_alone() -> None:
    once = line(basis=Basis.PER_ORDER, usage=d(0), fixed_quantity=d(10), loss_percent=d(5))
    order = Shop(recipe_of(once))
    assert [order.complete(n).actual(1) for n in (1, 500, 3)] == [d(10), d(0), d(0)]


def test_per_order_takes_the_usage_where_no_fixed_quantity_is_given() -> None:
    assert target_of(line(basis=Basis.PER_ORDER, usage=d(4)), 100) == d(4)


@pytest.mark.parametrize("good", [95, 100, 105])
def test_per_ordered_quantity_is_due_once_whatever_was_made(good: int) -> None:
    fixed_to_order = line(basis=Basis.ORDER_QUANTITY, usage=d("0.1"))
    order = Shop(recipe_of(fixed_to_order), order_quantity=d(100))
    assert order.complete(good).actual(1) == d(10)
    assert order.complete(3).actual(1) == d(0)


def test_whole_lot_is_taken_once() -> None:
    roll = line(basis=Basis.WHOLE_LOT, usage=d(0))
    stock = StockPool([lot(1, 7, 300, "2.00"), lot(1, 8, 280, "2.00")])
    order = Shop(recipe_of(roll), stock=stock)
    first = order.complete(10).line(1)
    assert (first.standard_quantity, first.actual_quantity) == (d(300), d(300))
    assert [(pick.lot, pick.quantity) for pick in first.picks] == [(7, d(300))]
    assert order.complete(10).actual(1) == d(0)


def test_whole_lot_takes_the_lot_that_was_reported() -> None:
    roll = line(basis=Basis.WHOLE_LOT, usage=d(0))
    stock = StockPool([lot(1, 7, 300), lot(1, 8, 280)])
    part = Shop(recipe_of(roll), stock=stock).complete(10, reported=[ReportedUse(1, d(280), lot=8)])
    assert [(pick.lot, pick.quantity) for pick in part.line(1).picks] == [(8, d(280))]
    assert part.line(1).variance_minor == 0


def test_whole_lot_without_stock_expects_nothing() -> None:
    part = Shop(recipe_of(line(basis=Basis.WHOLE_LOT)), stock=StockPool()).complete(10)
    assert (part.line(1).actual_quantity, part.line(1).flags) == (d(0), (Flag.LOT_MISSING,))


def test_fixed_quantity_and_usage() -> None:
    assert target_of(line(usage=d("1.25"), fixed_quantity=d(10)), 100) == d(135)


def test_fixed_quantity_takes_no_loss_and_is_due_once() -> None:
    order = Shop(recipe_of(line(usage=d(1), fixed_quantity=d(10), loss_percent=d(10))))
    assert [order.complete(n).actual(1) for n in (10, 10)] == [d(21), d(11)]


def test_fixed_quantity_with_scrap_only_is_standard_and_never_scrap() -> None:
    part = Shop(recipe_of(line(usage=d(1), fixed_quantity=d(10)))).complete(0, 5)
    assert (part.line(1).standard_quantity, part.line(1).scrap_quantity) == (d(10), d(5))


@pytest.mark.parametrize(
    ("method", "used"), [(LossMethod.MULTIPLY, "52800"), (LossMethod.YIELD, "53333.333333")]
)
def test_loss_by_both_methods(method: LossMethod, used: str) -> None:
    assert target_of(line(usage=d(48_000), loss_percent=d(10), loss_method=method), 1) == d(used)


def test_yield_loss_that_divides_out_is_exact() -> None:
    exact = line(
        usage=d(392),
        loss_percent=d(2),
        loss_method=LossMethod.YIELD,
        rounding_step=d(1),
        rounding=Rounding.UP,
    )
    assert target_of(exact, 1) == d(400)


@pytest.mark.parametrize(
    ("direction", "used"),
    [(Rounding.UP, "0.484"), (Rounding.DOWN, "0.483"), (Rounding.NEAREST, "0.484"), (None, "0.484")],
)
def test_rounding_once_to_the_step(direction: Rounding | None, used: str) -> None:
    grams = line(
        usage=d("2.5"),
        factor_denominator=1000,
        loss_percent=d(4),
        rounding_step=d("0.001"),
        rounding=direction,
    )
    assert target_of(grams, 180, 6) == d(used)


def test_rounding_without_a_step_is_half_up_to_six_decimals() -> None:
    third = line(usage=d(1), usage_per=d(3), basis=Basis.PER_N)
    assert target_of(third, 2) == d("0.666667")
    half = line(usage=d("0.000001"), usage_per=d(2), basis=Basis.PER_N)
    assert target_of(half, 1) == d("0.000001")


def test_conversion_by_two_whole_numbers_is_exact() -> None:
    inches = line(usage=d("39.370079"), factor_numerator=127, factor_denominator=5000)
    assert target_of(inches, 1000) == d("1000.000007")  # 39370.079 × 127 ÷ 5000 = 1000.0000066


@pytest.mark.parametrize(("direction", "used"), [(None, "-3"), (Rounding.UP, "-4")])
def test_by_products_are_negative_and_rounded_by_magnitude(direction: Rounding | None, used: str) -> None:
    off_cut = line(usage=d("0.35"), line_type=LineType.BYPRODUCT, rounding_step=d(1), rounding=direction)
    assert target_of(off_cut, 10) == d(used)


def test_undeclared_negative_usage_is_refused() -> None:
    with pytest.raises(EngineError, match="declare a by-product"):
        target_of(line(usage=d(-1)), 1)


@pytest.mark.parametrize(
    "settings",
    [
        {"usage_per": d(0), "basis": Basis.PER_BATCH},
        {"loss_percent": d(100), "loss_method": LossMethod.YIELD},
        {"loss_percent": d(-1)},
        {"factor_denominator": 0},
        {"usage": Decimal("NaN")},
        {"usage": Decimal("Infinity")},
    ],
)
def test_recipes_without_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(EngineError):
        target_of(line(**settings), 1)


def test_planned_loss_multiplies_into_standard_and_not_into_expected() -> None:
    part = Shop(recipe_of(line(usage=d(2)), planned_loss_percent=d(5))).complete(100, 5)
    assert part.line(1).standard_quantity == d(210)
    assert part.line(1).expected_quantity == d(210)
    assert part.line(1).scrap_quantity == d(0)


def test_planned_loss_that_did_not_happen_is_favourable_scrap() -> None:
    part = Shop(recipe_of(line(usage=d(2)), planned_loss_percent=d(5))).complete(100)
    assert (part.line(1).scrap_quantity, part.line(1).scrap_minor) == (d(-10), -1000)


def test_planned_loss_drives_batches() -> None:
    batch = line(basis=Basis.PER_BATCH, usage=d(1), usage_per=d(100))
    part = Shop(recipe_of(batch, planned_loss_percent=d(5))).complete(100, 5)
    assert (part.line(1).standard_quantity, part.line(1).expected_quantity) == (d(2), d(2))


def test_lines_issued_by_hand_have_no_draft_line_until_use_is_reported() -> None:
    by_hand = line(usage=d(2), supply=Supply.HAND)
    order = Shop(recipe_of(by_hand))
    assert order.complete(10).computed.lines == ()
    reported = order.complete(10, reported=[ReportedUse(1, d(41))]).line(1)
    assert (reported.expected_quantity, reported.actual_quantity) == (d(40), d(41))


def test_more_than_six_decimals_are_refused() -> None:
    with pytest.raises(EngineError, match="six decimals"):
        Shop(recipe_of(line())).complete("0.0000001")


def test_unknown_items_are_refused() -> None:
    order = Shop(recipe_of(line()))
    order.items.clear()
    with pytest.raises(EngineError, match="Nothing is known of item 1"):
        order.complete(1)


def test_large_quantities_are_exact() -> None:
    costly = Shop(recipe_of(line(usage=d("1"))), items={1: facts(1, "5596.111506")})
    costly.stock = StockPool([lot(1, None, 999_999, "5596.111506")])
    part = costly.complete("999999")
    assert part.line(1).actual_cost_minor == 559_610_590_989  # 5,596,105,909.888494 rounded once
    assert part.line(1).variance_minor == 0
    assert part.line(1).picks[0].location == STORE
