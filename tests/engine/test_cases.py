"""Mistakes that users reported against other systems, and what is right: groups A to G, as far as arithmetic goes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backflush.engine.enums import (
    Basis,
    FinishedGoodsAt,
    Flag,
    LineType,
    LossMethod,
    NegativePolicy,
    Rounding,
)
from backflush.engine.journal import build_journal
from backflush.engine.postings import JournalInputs, JournalLine
from backflush.engine.stock import StockPool
from backflush.engine.types import Edit, Policies, Recipe, RecipeInput, ReportedUse
from tests.engine.booking import flipped_lines, flipped_picks, journal_amounts
from tests.engine.phantoms import Bill, opened
from tests.engine.shop import Number, Part, Shop, d, facts, lot, recipe_of


def order_of(usage: Number = 1, quantity: int = 100, **settings: object) -> Shop:
    line = RecipeInput(1, 1, usage=d(usage), **settings)  # type: ignore[arg-type]
    return Shop(recipe_of(line), order_quantity=d(quantity))


def used(*parts: Part) -> list[Decimal]:
    return [part.actual(1) for part in parts]


# --- A: partial completions ---------------------------------------------------------------------------------


def test_a1_a_coincidence_of_numbers_consumes_nothing_more() -> None:
    order = order_of("0.2")
    assert used(order.complete(50), order.complete(10)) == [d(10), d(2)]


def test_a3_the_last_part_takes_its_own_use_and_not_what_is_left_on_the_floor() -> None:
    order = order_of()
    first = order.complete(90, reported=[ReportedUse(1, d(100))])
    assert used(first, order.complete(10)) == [d(100), d(10)]


def test_a4_reported_use_holds_on_a_partial() -> None:
    order = order_of(quantity=10)
    assert used(order.complete(5, reported=[ReportedUse(1, d(10))])) == [d(10)]


def test_a6_over_production_does_not_change_the_usage_per_unit() -> None:
    order = order_of()
    assert used(order.complete(60), order.complete(50)) == [d(60), d(50)]


def test_a7_part_of_the_order_takes_part_of_the_use() -> None:
    assert used(order_of(quantity=4).complete(2)) == [d(2)]


def test_a8_the_balance_is_not_the_whole_order() -> None:
    order = order_of(3)
    assert used(order.complete(70), order.complete(30)) == [d(210), d(90)]


def test_a9_an_operation_done_for_all_is_not_consumed_again() -> None:
    recipe = recipe_of(
        RecipeInput(1, 1, operation=10), RecipeInput(2, 2, operation=20), reporting_points=(10,)
    )
    order = Shop(recipe, order_quantity=d(10))
    first, second, third = (order.complete(n, operation=op) for n, op in ((10, 10), (4, 20), (6, 20)))
    assert used(first, second, third) == [d(10), d(0), d(0)]
    assert [part.actual(2) for part in (first, second, third)] == [d(0), d(4), d(6)]


def test_a11_output_without_consumption_is_an_exception_and_does_not_grow_the_next_part() -> None:
    order = order_of(4, quantity=4)
    first = order.complete(1, edits=[Edit(1, 1, actual_quantity=d(0))])
    assert first.computed.is_nothing_used
    assert used(order.complete(3)) == [d(12)]


def test_a13_use_follows_what_was_built_and_not_what_was_allocated() -> None:
    order = order_of(quantity=2)
    order.order_quantity = d(1)
    assert used(order.complete(1)) == [d(1)]


def test_a14_known_use_on_a_part() -> None:
    order = order_of(2)
    part = order.complete(30, reported=[ReportedUse(1, d("61.5"))])
    assert (part.line(1).expected_quantity, part.line(1).actual_quantity) == (d(60), d("61.5"))


def test_a_running_totals() -> None:
    order = order_of()
    parts = [order.complete(n) for n in (30, 20, -5)]
    assert used(*parts) == [d(30), d(20), d(-5)]


# --- B: what is posted is not posted again -------------------------------------------------------------------


def test_b10_an_order_finished_again_consumes_only_what_is_new() -> None:
    order = order_of()
    order.complete(100)
    assert used(order.complete(5)) == [d(5)]


def test_b11_pegged_and_stock_supply_make_one_line() -> None:
    stock = StockPool([lot(1, 1, 60), lot(1, 2, 60)])
    part = Shop(recipe_of(RecipeInput(1, 1)), stock=stock).complete(100)
    assert len(part.computed.lines) == 1
    assert sum(pick.quantity for pick in part.line(1).picks) == d(100)


# --- C: rounding, units, fixed quantities --------------------------------------------------------------------


def test_c1_rounding_is_in_the_components_unit() -> None:
    assert used(order_of("0.2").complete(1)) == [d("0.2")]


def test_c2_a_persons_number_is_not_rounded_by_another_unit() -> None:
    order = order_of(1, rounding_step=d(1))
    assert used(order.complete(12, edits=[Edit(1, 1, actual_quantity=d("1.23"))])) == [d("1.23")]


def test_c3_whole_pipes() -> None:
    plain = order_of("0.24", rounding_step=d(1), rounding=Rounding.UP)
    assert used(plain.complete(100)) == [d(24)]
    by_pieces = order_of(1, basis=Basis.PIECES, usage_per=d(4))
    assert used(by_pieces.complete(100)) == [d(25)]


def test_c6_one_component_twice_keeps_two_lines() -> None:
    order = Shop(recipe_of(RecipeInput(1, 7), RecipeInput(2, 7, usage=d(2))))
    order.complete(3)
    part = order.complete(2)
    assert (part.actual(1), part.actual(2)) == (d(2), d(4))


def test_c7_exactly_enough_is_available() -> None:
    part = Shop(recipe_of(RecipeInput(1, 1, usage=d("5.6"))), stock=StockPool([lot(1, 1, "5.6")])).complete(1)
    assert part.computed.shortages == ()


def test_c9_no_hidden_rounding_up() -> None:
    order = order_of(quantity=5)
    first = order.complete("3.1", reported=[ReportedUse(1, d("3.09"))])
    assert used(first, order.complete("1.9")) == [d("3.09"), d("1.9")]


def test_c10_a_fixed_quantity_is_used_once_per_order() -> None:
    order = order_of(0, fixed_quantity=d(10))
    assert used(order.complete(3), order.complete(7)) == [d(10), d(0)]


def test_c11_scrap_percent_is_ignored_on_a_fixed_quantity() -> None:
    assert used(order_of(1, fixed_quantity=d(10), loss_percent=d(5)).complete(100)) == [d(115)]


def test_c13_a_line_of_zero_keeps_the_others() -> None:
    inputs = (RecipeInput(1, 1), RecipeInput(2, 2, usage=d(0)), RecipeInput(3, 3))
    part = Shop(Recipe(inputs)).complete(4)
    assert [part.actual(key) for key in (1, 2, 3)] == [d(4), d(0), d(4)]


def test_c14_the_first_output_takes_the_whole_roll() -> None:
    stock = StockPool([lot(1, 1, 300)])
    order = Shop(recipe_of(RecipeInput(1, 1, basis=Basis.WHOLE_LOT)), stock=stock)
    assert used(order.complete(1), order.complete(9)) == [d(300), d(0)]


@pytest.mark.parametrize("finished", [95, 105])
def test_c15_material_fixed_to_the_order(finished: int) -> None:
    assert used(order_of("0.1", basis=Basis.ORDER_QUANTITY).complete(finished)) == [d(10)]


# --- D: scrap, loss, by-products -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "expected"), [(LossMethod.MULTIPLY, d(52_800)), (LossMethod.YIELD, d("53333.333333"))]
)
def test_d1_ten_percent_loss(method: LossMethod, expected: Decimal) -> None:
    assert used(order_of(48_000, loss_percent=d(10), loss_method=method).complete(1)) == [expected]


def test_d4_the_standard_does_not_overwrite_the_actual() -> None:
    part = order_of(1, loss_percent=d(10)).complete(100, edits=[Edit(1, 1, actual_quantity=d(104))])
    assert (part.line(1).standard_quantity, part.line(1).actual_quantity) == (d(110), d(104))


def test_d5_scrap_at_two_operations_is_counted_once() -> None:
    recipe = recipe_of(
        RecipeInput(1, 1, operation=10), RecipeInput(2, 2, operation=20), reporting_points=(10,)
    )
    order = Shop(recipe, order_quantity=d(100))
    first = order.complete(97, 3, operation=10)
    second = order.complete(95, 2, operation=20)
    assert used(first, second) == [d(100), d(0)]
    assert (first.actual(2), second.actual(2)) == (d(0), d(97))


def test_d8_a_by_products_value_comes_out_of_the_main_output() -> None:
    order = Shop(
        recipe_of(RecipeInput(1, 1), RecipeInput(2, 2, usage=d("0.5"), line_type=LineType.BYPRODUCT)),
        items={1: facts(1, 10), 2: facts(2, 4)},
    )
    part = order.complete(10)
    journal = build_journal(
        JournalInputs(journal_amounts(part.computed, {}), part.good, part.scrap, FinishedGoodsAt.ACTUAL, 2)
    )
    assert journal.receipt_minor == 8000
    assert sum(line.amount_minor for line in journal.lines) == 0


# --- E: negative stock ---------------------------------------------------------------------------------------


def test_e1_use_is_never_clamped_to_what_is_on_hand() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)), stock=StockPool([lot(1, None, 10)]))
    part = order.complete(100)
    on_hand = d(10) - sum(pick.quantity for pick in part.line(1).picks)
    assert (on_hand, on_hand + 500) == (d(-90), d(410))


def test_e2_blocked_shortage_of_a_lot_item() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)), items={1: facts(1, negative_policy=NegativePolicy.BLOCK)})
    order.stock = StockPool()
    part = order.complete(5)
    assert part.computed.is_blocked
    assert [(s.required, s.available) for s in part.computed.shortages] == [(d(5), d(0))]


def test_e3_output_without_a_component_is_a_named_exception() -> None:
    part = Shop(Recipe(())).complete(10)
    assert part.computed.is_nothing_used
    one_missing = Shop(recipe_of(RecipeInput(1, 1), RecipeInput(2, 2)))
    line = one_missing.complete(10, edits=[Edit(2, 2, actual_quantity=d(0))]).line(2)
    assert Flag.NONE_USED in line.flags


def test_e4_parts_that_nobody_received_yet_post_and_are_listed() -> None:
    part = Shop(recipe_of(RecipeInput(1, 1)), stock=StockPool()).complete(5)
    assert [(s.item, s.required, s.policy) for s in part.computed.shortages] == [
        (1, d(5), NegativePolicy.WARN)
    ]
    assert not part.computed.is_blocked


def test_e5_the_policy_is_per_item() -> None:
    items = {
        1: facts(1, negative_policy=NegativePolicy.ALLOW),
        2: facts(2, negative_policy=NegativePolicy.BLOCK),
    }
    order = Shop(recipe_of(RecipeInput(1, 1), RecipeInput(2, 2)), items=items, stock=StockPool())
    part = order.complete(1)
    assert Flag.BLOCKED not in part.line(1).flags
    assert Flag.BLOCKED in part.line(2).flags


# --- F: substitution, lots, reversal -------------------------------------------------------------------------


def test_f1_the_alternate_is_decremented_and_the_bills_item_is_not() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)), items={2: facts(2)})
    part = order.complete(5, reported=[ReportedUse(2, d(5), stands_in_for=1)])
    assert [line.item for line in part.computed.lines] == [2]


def test_f3_a_reversal_flips_what_was_posted_edits_included() -> None:
    order = order_of()
    order.complete(3, edits=[Edit(1, 1, actual_quantity=d(5))])
    second = order.complete(7)
    flipped = [pick for line in order.parts[0].computed.lines for pick in flipped_picks(line.picks)]
    assert [pick.quantity for pick in flipped] == [d(-5)]
    order.parts[0].is_live = False
    assert used(second) == [d(7)]
    assert used(order.complete(3)) == [d(3)]


def test_f3_units_undone_return_from_what_was_posted() -> None:
    order = order_of()
    order.complete(3, reported=[ReportedUse(1, d(4))])
    order.complete(7)
    assert used(order.complete(-4)) == [d(-4)]


def test_f7_what_was_consumed_is_no_longer_available() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)), stock=StockPool([lot(1, 1, 6), lot(1, 2, 6)]))
    order.complete(8)
    assert order.stock is not None
    assert sum(order.stock.item(1).left) == 4_000_000


def test_f9_a_phantoms_lines_belong_to_the_parents_order() -> None:
    bills = {1: Bill((RecipeInput(1, 2, is_phantom=True),)), 2: Bill((RecipeInput(1, 3, usage=d(2)),))}
    order = Shop(Recipe(opened(1, bills)))
    assert [line.item for line in order.complete(4).computed.lines] == [3]
    assert order.complete(6).computed.lines[0].actual_quantity == d(12)


# --- G: money ------------------------------------------------------------------------------------------------


def test_g1_costs_that_each_round_balance_to_the_cent() -> None:
    order = Shop(
        recipe_of(*(RecipeInput(n, n) for n in (1, 2, 3))),
        items={n: facts(n, "0.335") for n in (1, 2, 3)},
    )
    part = order.complete(1)
    journal = build_journal(
        JournalInputs(journal_amounts(part.computed, {}), part.good, part.scrap, FinishedGoodsAt.STANDARD, 2)
    )
    assert sum(line.amount_minor for line in journal.lines) == 0
    assert journal.receipt_minor == 102


def test_g3_a_large_value_in_and_out_leaves_nothing() -> None:
    item = facts(1, "5596111506.42")
    order = Shop(
        recipe_of(RecipeInput(1, 1)), items={1: item}, stock=StockPool([lot(1, 1, 1, "5596111506.42")])
    )
    part = order.complete(1)
    assert (part.line(1).actual_cost_minor, part.line(1).variance_minor) == (559_611_150_642, 0)
    lines: tuple[JournalLine, ...] = build_journal(
        JournalInputs(journal_amounts(part.computed, {}), part.good, part.scrap, FinishedGoodsAt.ACTUAL, 2)
    ).lines
    assert all(a.amount_minor + b.amount_minor == 0 for a, b in zip(lines, flipped_lines(lines), strict=True))


def test_g_yen_and_dinars() -> None:
    for decimals, cost in ((0, 13), (3, 12_500)):
        order = order_of()
        order.items[1] = facts(1, "12.5")
        order.policies = Policies(currency_decimals=decimals)
        assert order.complete(1).line(1).actual_cost_minor == cost
