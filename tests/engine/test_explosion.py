"""Rules, section 1: phantoms."""

from __future__ import annotations

import pytest

from backflush.engine.enums import Basis, LineType, LossMethod, Supply
from backflush.engine.errors import EngineError
from backflush.engine.explosion import Bill, explode, find_cycle
from backflush.engine.types import Recipe, RecipeInput
from tests.engine.shop import Number, Shop, d

TOP, PH, PH2, SCREW, GLUE = 1, 2, 3, 4, 5


def line(item: int, usage: Number = 1, **settings: object) -> RecipeInput:
    return RecipeInput(key=item * 100, item=item, usage=d(usage), **settings)  # type: ignore[arg-type]


def recipe(bills: dict[int, Bill], **settings: object) -> Recipe:
    return Recipe(tuple(row.input for row in explode(TOP, bills)), **settings)  # type: ignore[arg-type]


def used(bills: dict[int, Bill], good: Number, item: int, scrap: Number = 0, **settings: object) -> object:
    part = Shop(recipe(bills, **settings)).complete(good, scrap)
    (found,) = [line for line in part.computed.lines if line.item == item]
    return found.actual_quantity


def test_phantoms_open_through_levels_with_losses_compounding() -> None:
    bills = {
        TOP: Bill((line(PH, 2, is_phantom=True, loss_percent=d(10)),)),
        PH: Bill((line(PH2, 3, is_phantom=True),)),
        PH2: Bill((line(SCREW, 4, loss_percent=d(20), loss_method=LossMethod.YIELD),)),
    }
    assert used(bills, 10, SCREW) == d(330)  # 10 × 2 × 1.1 × 3 × 4 ÷ 0.8


def test_a_phantoms_result_is_not_rounded() -> None:
    third = {"basis": Basis.PER_N, "usage_per": d(3)}
    bills = {
        TOP: Bill((line(PH, 1, is_phantom=True, rounding_step=d(1), **third),)),
        PH: Bill((line(SCREW, 3),)),
    }
    assert used(bills, 10, SCREW) == d(10)


def test_a_phantom_by_batch_drives_its_lines_in_whole_batches() -> None:
    bills = {
        TOP: Bill((line(PH, 5, is_phantom=True, basis=Basis.PER_BATCH, usage_per=d(4)),)),
        PH: Bill((line(SCREW, 2),)),
    }
    assert used(bills, 9, SCREW) == d(30)


def test_a_phantom_by_the_order_is_due_once() -> None:
    bills = {
        TOP: Bill((line(PH, 0, is_phantom=True, basis=Basis.PER_ORDER, fixed_quantity=d(3)),)),
        PH: Bill((line(SCREW, 2),)),
    }
    order = Shop(recipe(bills))
    key = order.recipe.inputs[1].key
    assert [order.complete(5).actual(key), order.complete(5).actual(key)] == [d(6), d(0)]


def test_per_ordered_quantity_under_a_phantom() -> None:
    bills = {
        TOP: Bill((line(PH, 2, is_phantom=True),)),
        PH: Bill((line(GLUE, "0.1", basis=Basis.ORDER_QUANTITY),)),
    }
    order = Shop(recipe(bills), order_quantity=d(100))
    assert order.complete(95).actual(2) == d(20)


def test_fixed_quantity_of_a_phantom_drives_its_lines_once() -> None:
    bills = {
        TOP: Bill((line(PH, 1, is_phantom=True, fixed_quantity=d(5)),)),
        PH: Bill((line(SCREW, 2, fixed_quantity=d(1)),)),
    }
    order = Shop(recipe(bills))
    assert [order.complete(10).actual(2), order.complete(10).actual(2)] == [d(31), d(20)]


def test_conversion_of_a_phantom_and_of_its_line() -> None:
    bills = {
        TOP: Bill((line(PH, 500, is_phantom=True, factor_denominator=1000),)),
        PH: Bill((line(GLUE, 3, factor_numerator=2),)),
    }
    assert used(bills, 10, GLUE) == d(30)


def test_planned_losses_of_a_phantoms_bill_are_standard_only() -> None:
    bills = {
        TOP: Bill((line(PH, 1, is_phantom=True),)),
        PH: Bill((line(SCREW, 2),), planned_loss_percent=d(10)),
    }
    part = Shop(recipe(bills, planned_loss_percent=d(5))).complete(100)
    (only,) = part.computed.lines
    assert (only.standard_quantity, only.expected_quantity) == (d(231), d(200))


def test_a_phantoms_line_takes_operation_place_and_supply() -> None:
    bills = {
        TOP: Bill((line(PH, is_phantom=True, operation=20, supply_location=7, supply=Supply.HAND),)),
        PH: Bill((line(SCREW), line(GLUE, operation=10, supply_location=8))),
    }
    _, screw, glue = (row.input for row in explode(TOP, bills))
    assert (screw.operation, screw.supply_location, screw.supply) == (20, 7, Supply.HAND)
    assert (glue.operation, glue.supply_location, glue.supply) == (10, 8, Supply.HAND)


def test_a_by_product_below_a_phantom_is_received() -> None:
    bills = {
        TOP: Bill((line(PH, 2, is_phantom=True),)),
        PH: Bill((line(SCREW), line(GLUE, "0.5", line_type=LineType.BYPRODUCT))),
    }
    assert used(bills, 10, GLUE) == d(-10)
    assert used(bills, 10, SCREW) == d(20)


def test_a_phantom_without_a_bill_is_a_component() -> None:
    assert used({TOP: Bill((line(PH, 2, is_phantom=True),))}, 3, PH) == d(6)


def test_rows_keep_the_bill_line_they_come_from() -> None:
    bills = {TOP: Bill((line(PH, is_phantom=True), line(GLUE))), PH: Bill((line(SCREW),))}
    rows = explode(TOP, bills)
    assert [(row.bill_line, row.input.key, row.input.parent) for row in rows] == [
        (PH * 100, 1, None),
        (SCREW * 100, 2, 1),
        (GLUE * 100, 3, None),
    ]


def test_cycles_are_refused_with_their_path() -> None:
    bills = {
        TOP: Bill((line(PH, is_phantom=True),)),
        PH: Bill((line(PH2, is_phantom=True),)),
        PH2: Bill((line(PH, is_phantom=True),)),
    }
    with pytest.raises(EngineError) as caught:
        explode(TOP, bills)
    assert (caught.value.code, caught.value.keys) == ("CYCLE", (TOP, PH, PH2, PH))


def test_an_item_that_is_its_own_phantom_is_refused() -> None:
    with pytest.raises(EngineError, match="contains itself"):
        explode(TOP, {TOP: Bill((line(TOP, is_phantom=True),))})


def test_cycles_among_phantom_inputs_are_refused() -> None:
    inputs = (
        RecipeInput(1, 1, parent=2, is_phantom=True),
        RecipeInput(2, 2, parent=1, is_phantom=True),
        RecipeInput(3, 3, parent=1),
    )
    with pytest.raises(EngineError) as caught:
        Shop(Recipe(inputs)).complete(1)
    assert caught.value.code == "CYCLE"


@pytest.mark.parametrize(
    ("pairs", "cycle"),
    [
        ([(1, 2), (2, 3), (1, 3)], None),
        ([(1, 2), (2, 3), (3, 2)], (2, 3, 2)),
        ([(1, 1)], (1, 1)),
        ([(5, 6), (1, 2), (2, 1)], (1, 2, 1)),
    ],
)
def test_find_cycle(pairs: list[tuple[int, int]], cycle: tuple[int, ...] | None) -> None:
    assert find_cycle(pairs) == cycle


def test_find_cycle_in_a_deep_bill() -> None:
    deep = [(n, n + 1) for n in range(50_000)]
    assert find_cycle(deep) is None
    found = find_cycle([*deep, (50_000, 0)])
    assert found is not None
    assert len(found) == 50_002
