"""Rules, section 4: reported use, questions, substitutes, edits."""

from __future__ import annotations

import pytest

from backflush.engine.enums import Flag, Rounding, Source
from backflush.engine.errors import EngineError
from backflush.engine.types import Edit, RecipeInput, ReportedUse, Substitute
from tests.engine.shop import Shop, d, facts, recipe_of

M1, M2, M3 = 1, 2, 3


def order_of_two_per_unit() -> Shop:
    """2 of M1 (5.00) for one unit; M2 costs 7.00, M3 3.00."""
    items = {M1: facts(M1, 5), M2: facts(M2, 7), M3: facts(M3, 3)}
    return Shop(recipe_of(RecipeInput(1, M1, usage=d(2))), items=items)


def test_reported_use_is_the_actual() -> None:
    line = order_of_two_per_unit().complete(10, reported=[ReportedUse(M1, d(23))]).line(1)
    assert (line.source, line.expected_quantity, line.actual_quantity) == (Source.REPORTED, d(20), d(23))


def test_a_report_of_zero_is_a_report() -> None:
    line = order_of_two_per_unit().complete(10, reported=[ReportedUse(M1, d(0))]).line(1)
    assert (line.expected_quantity, line.actual_quantity, line.usage_minor) == (d(20), d(0), -10_000)
    assert Flag.NONE_USED in line.flags


def test_rows_of_one_input_add_up() -> None:
    rows = [ReportedUse(M1, d(8)), ReportedUse(M1, d(13), input_key=1), ReportedUse(M1, d(-1))]
    assert order_of_two_per_unit().complete(10, reported=rows).actual(1) == d(20)


@pytest.mark.parametrize(("reported", "shares"), [(25, (10, 15)), (30, (10, 20)), (7, (7, 0)), (0, (0, 0))])
def test_inputs_of_one_item_share_in_order_and_the_last_takes_the_rest(
    reported: int, shares: tuple[int, int]
) -> None:
    order = Shop(recipe_of(RecipeInput(1, 9), RecipeInput(2, 9, usage=d(2))))
    part = order.complete(10, reported=[ReportedUse(9, d(reported))])
    assert (part.actual(1), part.actual(2)) == tuple(map(d, shares))


def test_rows_that_name_their_input_are_not_shared() -> None:
    order = Shop(recipe_of(RecipeInput(1, 9), RecipeInput(2, 9, usage=d(2))))
    part = order.complete(10, reported=[ReportedUse(9, d(21), input_key=2), ReportedUse(9, d(12))])
    assert (part.actual(1), part.actual(2)) == (d(10), d(23))


def test_a_row_for_an_input_that_is_not_there_is_refused() -> None:
    with pytest.raises(EngineError, match="input 7"):
        order_of_two_per_unit().complete(1, reported=[ReportedUse(M1, d(1), input_key=7)])


def test_reported_use_at_another_point_makes_a_line_without_expected() -> None:
    order = Shop(
        recipe_of(RecipeInput(1, 1, operation=10), RecipeInput(2, 2, operation=20), reporting_points=(10,))
    )
    line = order.complete(5, operation=20, reported=[ReportedUse(1, d(3))]).line(1)
    assert (line.expected_quantity, line.actual_quantity, line.is_beyond_tolerance) == (d(0), d(3), True)


def test_overuse_before_by_this_parts_need_asks_and_nets_nothing() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)))
    order.complete(50, reported=[ReportedUse(1, d(100))])
    line = order.complete(50).line(1)
    assert (line.actual_quantity, line.flags, line.terms["asked"]) == (
        d(50),
        (Flag.ASKS_OVERUSE,),
        {"over": "50"},
    )


def test_overuse_before_by_less_than_this_parts_need_does_not_ask() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)))
    order.complete(50, reported=[ReportedUse(1, d(99))])
    assert order.complete(50).line(1).flags == ()


def test_skipped_use_asks_and_nets_nothing() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1), RecipeInput(2, 2)), order_quantity=d(55))
    order.complete(6, edits=[Edit(1, 1, actual_quantity=d(0))])
    line = order.complete(20).line(1)
    assert (line.actual_quantity, line.flags, line.terms["asked"]) == (
        d(20),
        (Flag.ASKS_SKIPPED,),
        {"skipped": "6"},
    )
    assert order.parts[-1].line(2).flags == ()


def test_a_little_less_used_before_does_not_ask() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)))
    order.complete(50, reported=[ReportedUse(1, d(48))])
    assert order.complete(20).line(1).flags == ()


def test_a_substitute_takes_the_place_of_the_item() -> None:
    part = order_of_two_per_unit().complete(10, reported=[ReportedUse(M2, d(21), stands_in_for=M1)])
    (line,) = part.computed.lines
    assert (line.item, line.stands_in_for, line.standard_quantity, line.actual_quantity) == (
        M2,
        M1,
        d(20),
        d(21),
    )
    assert (line.substitution_minor, line.usage_minor, line.price_minor, line.variance_minor) == (
        4000,
        700,
        0,
        4700,
    )


def test_a_listed_substitute_needs_no_naming() -> None:
    items = {M1: facts(M1, 5), M2: facts(M2, 7)}
    listed = RecipeInput(1, M1, usage=d(2), substitutes=(Substitute(M2, d("1.5")),))
    (line,) = (
        Shop(recipe_of(listed), items=items).complete(10, reported=[ReportedUse(M2, d(30))]).computed.lines
    )
    assert (line.stands_in_for, line.factor, line.standard_quantity) == (M1, d("1.5"), d(30))


def test_the_item_keeps_its_use_and_substitutes_share_the_rest() -> None:
    rows = [
        ReportedUse(M1, d(12)),
        ReportedUse(M2, d(4), stands_in_for=M1, factor=d(2)),
        ReportedUse(M3, d(9), stands_in_for=M1),
    ]
    part = order_of_two_per_unit().complete(10, reported=rows)
    own, second, third = (part.line(1, item) for item in (M1, M2, M3))
    assert (own.standard_quantity, own.usage_minor) == (d(12), 0)
    assert (second.origin_standard_quantity, second.standard_quantity, second.usage_minor) == (d(2), d(4), 0)
    # What is left, 20 − 12 − 2 = 6, belongs to the last; its 3 beyond are usage.
    assert (third.origin_standard_quantity, third.standard_quantity, third.usage_minor) == (d(6), d(6), 900)
    assert part.computed.totals.standard_cost_minor == 10_000


def test_each_part_of_an_order_keeps_the_factor_its_substitute_was_used_at() -> None:
    shop = order_of_two_per_unit()
    factors = [(d(1), d(20)), (d(2), d(40)), (d("0.5"), d(10)), (d(2), d(40))]
    for factor, due in factors:
        row = ReportedUse(M2, due, stands_in_for=M1, factor=factor)
        line = shop.complete(10, reported=[row]).line(1, M2)
        assert (line.standard_quantity, line.expected_quantity, line.usage_minor) == (due, due, 0)


def test_use_of_the_item_beyond_expected_stays_usage_of_the_last_substitute() -> None:
    rows = [ReportedUse(M1, d(22)), ReportedUse(M2, d(1), stands_in_for=M1)]
    part = order_of_two_per_unit().complete(10, reported=rows)
    assert part.line(1, M1).standard_quantity == d(20)
    assert (part.line(1, M2).standard_quantity, part.line(1, M2).usage_minor) == (d(0), 700)


def test_scrap_is_shared_by_substitutes_as_standard_is() -> None:
    rows = [ReportedUse(M1, d(12)), ReportedUse(M2, d(12), stands_in_for=M1)]
    part = order_of_two_per_unit().complete(10, 2, reported=rows)
    for item in (M1, M2):
        assert (part.line(1, item).standard_quantity, part.line(1, item).scrap_quantity) == (d(10), d(2))


def test_a_substitute_is_rounded_once_to_its_own_step_over_the_parts() -> None:
    items = {M1: facts(M1, 5), M2: facts(M2, 7, rounding_step=d(1), rounding=Rounding.UP)}
    order = Shop(recipe_of(RecipeInput(1, M1, usage=d("0.3"))), items=items)
    row = ReportedUse(M2, d(1), stands_in_for=M1)
    standards = [order.complete(1, reported=[row]).line(1).standard_quantity for _ in range(4)]
    assert standards == [d(1), d(0), d(0), d(1)]  # 0.3, 0.6, 0.9, 1.2


def test_a_substitute_beside_the_item_is_rounded_once_over_the_parts_too() -> None:
    items = {M1: facts(M1, 5), M2: facts(M2, 7, rounding_step=d(1), rounding=Rounding.UP)}
    order = Shop(recipe_of(RecipeInput(1, M1, usage=d("0.3"), rounding_step=d(1))), items=items)
    order.complete(1)
    row = ReportedUse(M2, d(1), stands_in_for=M1)
    standards = [order.complete(1, reported=[row]).line(1).standard_quantity for _ in range(4)]
    assert standards == [d(1), d(0), d(0), d(1)]  # its own shares: 0.3, 0.6, 0.9, 1.2


def test_a_substitute_takes_what_a_reversal_left_open() -> None:
    order = order_of_two_per_unit()
    set_up = RecipeInput(1, M1, usage=d(2), fixed_quantity=d(5))
    order.recipe = recipe_of(set_up)
    first = order.complete(1)
    order.complete(1)
    first.is_live = False
    line = order.complete(1, reported=[ReportedUse(M2, d(7), stands_in_for=M1)]).line(1)
    assert (line.origin_standard_quantity, line.standard_quantity) == (d(7), d(7))


def test_parts_by_item_and_by_substitute_hold_apart() -> None:
    order = order_of_two_per_unit()
    order.complete(4)
    second = order.complete(6, reported=[ReportedUse(M2, d(12), stands_in_for=M1)]).line(1)
    assert (second.standard_quantity, second.origin_standard_quantity) == (d(12), d(12))
    third = order.complete(1).line(1)
    assert (third.item, third.standard_quantity) == (M1, d(2))


def test_an_extra_component_is_all_usage() -> None:
    part = order_of_two_per_unit().complete(10, reported=[ReportedUse(M3, d(2))])
    line = part.line(None)
    assert (line.item, line.expected_quantity, line.usage_minor) == (M3, d(0), 600)
    assert line.flags == (Flag.EXTRA,)
    assert line.is_beyond_tolerance


def test_a_missing_component_is_an_exception() -> None:
    part = order_of_two_per_unit().complete(10, edits=[Edit(1, M1, actual_quantity=d(0))])
    assert part.computed.is_nothing_used
    assert Flag.NONE_USED in part.line(1).flags


def test_an_edit_keeps_expected_and_actual_apart() -> None:
    line = order_of_two_per_unit().complete(10, edits=[Edit(1, M1, actual_quantity=d("20.5"))]).line(1)
    assert (line.source, line.expected_quantity, line.actual_quantity) == (Source.EDITED, d(20), d("20.5"))


def test_an_edit_lies_over_a_report() -> None:
    part = order_of_two_per_unit().complete(
        10, reported=[ReportedUse(M1, d(23))], edits=[Edit(1, M1, actual_quantity=d(22))]
    )
    assert (part.line(1).source, part.actual(1)) == (Source.EDITED, d(22))


def test_an_edit_puts_another_item_in_place_as_expected() -> None:
    edit = Edit(1, M1, item_used=M2, factor=d("1.5"))
    (line,) = order_of_two_per_unit().complete(10, edits=[edit]).computed.lines
    assert (line.item, line.standard_quantity, line.actual_quantity) == (M2, d(30), d(30))


def test_an_edit_converts_a_reported_quantity() -> None:
    edit = Edit(1, M1, item_used=M2, factor=d(2))
    (line,) = (
        order_of_two_per_unit().complete(10, reported=[ReportedUse(M1, d(21))], edits=[edit]).computed.lines
    )
    assert (line.item, line.standard_quantity, line.actual_quantity) == (M2, d(40), d(42))


def test_an_edit_adds_a_substitute_beside_the_item() -> None:
    edits = [Edit(1, M1, actual_quantity=d(15)), Edit(1, M2, actual_quantity=d(5))]
    part = order_of_two_per_unit().complete(10, edits=edits)
    assert (part.line(1, M1).standard_quantity, part.line(1, M2).standard_quantity) == (d(15), d(5))
    assert part.computed.totals.usage_minor == 0


def test_an_edit_adds_an_extra_line() -> None:
    part = order_of_two_per_unit().complete(10, edits=[Edit(None, M3, actual_quantity=d(1))])
    assert (part.line(None).item, part.line(None).actual_quantity) == (M3, d(1))


def test_an_edit_into_an_item_that_is_there_makes_one_line() -> None:
    rows = [ReportedUse(M1, d(12)), ReportedUse(M2, d(8), stands_in_for=M1)]
    (line,) = (
        order_of_two_per_unit().complete(10, reported=rows, edits=[Edit(1, M1, item_used=M2)]).computed.lines
    )
    assert (line.item, line.actual_quantity) == (M2, d(20))


def test_an_edit_of_a_return_changes_the_proposal() -> None:
    order = order_of_two_per_unit()
    order.complete(10, reported=[ReportedUse(M2, d(20), stands_in_for=M1)])
    edit = Edit(1, M2, actual_quantity=d(-3))
    (line,) = order.complete(-2, edits=[edit]).computed.lines
    assert (line.item, line.expected_quantity, line.actual_quantity) == (M2, d(-4), d(-3))


def test_a_factor_of_zero_is_refused() -> None:
    with pytest.raises(EngineError, match="more than zero"):
        order_of_two_per_unit().complete(1, reported=[ReportedUse(M2, d(1), stands_in_for=M1, factor=d(0))])
