"""Rules, section 1: phantoms."""

from __future__ import annotations

import pytest

from backflush.engine.enums import Basis, LineType, LossMethod
from backflush.engine.errors import EngineError
from backflush.engine.types import Recipe, RecipeInput
from tests.engine.phantoms import Bill, opened
from tests.engine.shop import Number, Shop, d

TOP, PH, PH2, SCREW, GLUE = 1, 2, 3, 4, 5


def line(item: int, usage: Number = 1, **settings: object) -> RecipeInput:
    return RecipeInput(key=item * 100, item=item, usage=d(usage), **settings)  # type: ignore[arg-type]


def recipe(bills: dict[int, Bill], **settings: object) -> Recipe:
    return Recipe(opened(TOP, bills), **settings)  # type: ignore[arg-type]


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


def test_a_by_product_below_a_phantom_is_received() -> None:
    bills = {
        TOP: Bill((line(PH, 2, is_phantom=True),)),
        PH: Bill((line(SCREW), line(GLUE, "0.5", line_type=LineType.BYPRODUCT))),
    }
    assert used(bills, 10, GLUE) == d(-10)
    assert used(bills, 10, SCREW) == d(20)


def test_cycles_among_phantom_inputs_are_refused() -> None:
    inputs = (
        RecipeInput(1, 1, parent=2, is_phantom=True),
        RecipeInput(2, 2, parent=1, is_phantom=True),
        RecipeInput(3, 3, parent=1),
    )
    with pytest.raises(EngineError) as caught:
        Shop(Recipe(inputs)).complete(1)
    assert caught.value.code == "CYCLE"
