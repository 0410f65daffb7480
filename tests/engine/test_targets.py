"""Rules, section 3: cumulative targets, parts that add up, corrections."""

from __future__ import annotations

from decimal import Decimal

from backflush.engine.enums import Flag, Rounding
from backflush.engine.stock import StockPool
from backflush.engine.types import Policies, RecipeInput, ReportedUse
from tests.engine.shop import BACK, LINE_SIDE, STORE, Shop, d, facts, lot, recipe_of


def whole_pieces() -> RecipeInput:
    return RecipeInput(1, 1, usage=d("0.3"), rounding_step=d(1), rounding=Rounding.UP)


def test_three_parts_of_one_take_one_piece_once() -> None:
    order = Shop(recipe_of(whole_pieces()))
    assert [order.complete(1).actual(1) for _ in range(3)] == [d(1), d(0), d(0)]


def test_a_reversed_part_leaves_its_piece_to_the_next_draft() -> None:
    order = Shop(recipe_of(whole_pieces()))
    first = order.complete(1)
    order.complete(1)
    first.is_live = False
    assert order.complete(1).actual(1) == d(1)


def test_what_is_due_after_a_reversal_is_taken_by_a_draft_of_another_operation() -> None:
    order = Shop(
        recipe_of(
            RecipeInput(1, 1, usage=d("0.3"), rounding_step=d(1), operation=10),
            RecipeInput(2, 2, operation=20),
            reporting_points=(10,),
        )
    )
    first = order.complete(1, operation=10)
    order.complete(1, operation=10)
    first.is_live = False
    late = order.complete(1, operation=20)
    assert (late.actual(1), late.actual(2)) == (d(1), d(1))


def test_over_use_in_one_part_leaves_the_next_alone() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1, usage=d("0.2"))))
    assert order.complete(50, reported=[ReportedUse(1, d(14))]).actual(1) == d(14)
    second = order.complete(10).line(1)
    assert (second.expected_quantity, second.actual_quantity) == (d(2), d(2))


def test_targets_are_per_input_and_never_per_item() -> None:
    twice = Shop(
        recipe_of(
            RecipeInput(1, 5, usage=d("0.5"), rounding_step=d(1)),
            RecipeInput(2, 5, usage=d("0.5"), rounding_step=d(1)),
        )
    )
    first, second = twice.complete(1), twice.complete(1)
    assert [first.actual(1), first.actual(2), second.actual(1), second.actual(2)] == [d(1), d(1), d(0), d(0)]


def test_terms_keep_totals_and_held_before_and_after() -> None:
    order = Shop(recipe_of(whole_pieces()))
    order.complete(1)
    terms = order.complete(2, 1).line(1).terms
    assert terms["reports"] == {"good": "3", "scrap": "1", "good_before": "1"}
    assert (terms["target"], terms["held"]) == ("2", "1")


def test_a_correction_returns_what_the_units_took() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1, usage=d(2))))
    order.complete(6)
    line = order.complete(-2).line(1)
    assert (line.expected_quantity, line.actual_quantity, line.variance_minor) == (d(-4), d(-4), 0)
    assert Flag.RETURN in line.flags


def test_a_return_brings_back_what_was_posted_last() -> None:
    stock = StockPool([lot(1, 11, 5, "1.10"), lot(1, 12, 100, "1.30", location=LINE_SIDE)])
    order = Shop(recipe_of(RecipeInput(1, 1)), stock=stock)
    order.complete(5)
    order.complete(3)
    picks = order.complete(-4).line(1).picks
    assert [(p.location, p.lot, p.quantity, p.unit_cost, p.amount_minor) for p in picks] == [
        (LINE_SIDE, 12, d(-3), d("1.30"), -390),
        (STORE, 11, d(-1), d("1.10"), -110),
    ]
    picks = order.complete(-4).line(1).picks
    assert [(p.lot, p.quantity) for p in picks] == [(11, d(-4))]


def test_a_return_is_at_most_what_is_net_posted() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)))
    order.complete(6, reported=[ReportedUse(1, d(1))])
    line = order.complete(-4).line(1)
    assert (line.expected_quantity, line.actual_quantity, line.usage_minor) == (d(-4), d(-1), 300)


def test_a_return_of_a_substitute_comes_back_as_that_item() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)), items={2: facts(2, 3)})
    order.complete(6, reported=[ReportedUse(2, d(12), stands_in_for=1, factor=d(2))])
    line = order.complete(-2).line(1)
    assert (line.item, line.stands_in_for, line.actual_quantity) == (2, 1, d(-4))
    assert (line.standard_quantity, line.usage_minor) == (d(-4), 0)


def test_a_return_that_was_reported_goes_where_the_report_says() -> None:
    stock = StockPool([lot(1, 11, 5, "1.10"), lot(1, 12, 100, "1.30")])
    order = Shop(recipe_of(RecipeInput(1, 1)), stock=stock)
    order.complete(8)
    line = order.complete(-2, reported=[ReportedUse(1, d(-2), lot=11)]).line(1)
    assert [(pick.lot, pick.quantity, pick.unit_cost) for pick in line.picks] == [(11, d(-2), d("1.10"))]


def test_a_return_of_what_was_never_posted_says_so() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)))
    line = order.complete(1, reported=[ReportedUse(1, d(-2))]).line(1)
    assert Flag.RETURN_UNPOSTED in line.flags
    assert [(pick.location, pick.lot, pick.quantity) for pick in line.picks] == [(STORE, None, d(-2))]


def test_naming_a_lot_makes_no_return_of_what_was_never_posted() -> None:
    stock = StockPool([lot(1, 11, 50, "1.10"), lot(1, 12, 100, "1.30")])
    order = Shop(recipe_of(RecipeInput(1, 1)), stock=stock)
    line = order.complete(1, reported=[ReportedUse(1, d(-2), lot=12)]).line(1)
    assert line.flags == (Flag.RETURN, Flag.RETURN_UNPOSTED)

    order = Shop(recipe_of(RecipeInput(1, 1)), stock=stock)
    order.complete(8)
    line = order.complete(-2, reported=[ReportedUse(1, d(-2), lot=12)]).line(1)
    assert line.flags == (Flag.RETURN,)
    assert [(pick.lot, pick.quantity) for pick in line.picks] == [(12, d(-2))]


def test_everything_undone_returns_the_fixed_quantity_too() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1, fixed_quantity=d(10))))
    order.complete(5)
    assert order.complete(-5).actual(1) == d(-15)


def test_undone_scrap_returns() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)))
    order.complete(5, 3)
    line = order.complete(0, -2).line(1)
    assert (line.standard_quantity, line.scrap_quantity, line.actual_quantity) == (d(0), d(-2), d(-2))


def test_a_correction_takes_back_a_by_product() -> None:
    from backflush.engine.enums import LineType

    order = Shop(recipe_of(RecipeInput(1, 1, line_type=LineType.BYPRODUCT)))
    order.complete(6)
    line = order.complete(-2).line(1)
    assert (line.actual_quantity, line.picks[0].amount_minor) == (d(2), 200)


def test_returns_come_back_at_posted_cost_also_when_stock_is_at_standard() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)), policies=Policies(is_stock_at_standard=True))
    order.complete(6)
    order.items[1] = facts(1, 2)
    line = order.complete(-2).line(1)
    assert (line.picks[0].unit_cost, line.price_minor) == (d(1), 200)


def test_running_parts_of_many_equal_one_in_quantity() -> None:
    line = RecipeInput(1, 1, usage=d("1.7"), loss_percent=d(3), rounding_step=d("0.25"), fixed_quantity=d(2))
    once = Shop(recipe_of(line)).complete(40, 5).actual(1)
    parts = Shop(recipe_of(line))
    for good, scrap in ((1, 0), (0, 2), (30, 1), (-4, 0), (13, 2)):
        parts.complete(good, scrap)
    assert sum((part.actual(1) for part in parts.parts), Decimal(0)) == once


def test_shortage_in_an_earlier_part_does_not_change_the_next() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)), stock=StockPool([lot(1, None, 4, location=BACK)]))
    assert [order.complete(3).actual(1) for _ in range(3)] == [d(3), d(3), d(3)]
