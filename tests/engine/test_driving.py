"""Rules, section 2: which reports drive an input, and what scrap consumes."""

from __future__ import annotations

import pytest

from backflush.engine.enums import ScrapPolicy
from backflush.engine.errors import EngineError
from backflush.engine.recipe import compile_recipe
from backflush.engine.types import Recipe, RecipeInput
from tests.engine.shop import Shop, d, recipe_of

EARLY, MIDDLE, LATE, ANY = 1, 2, 3, 4


def routed(policy: ScrapPolicy = ScrapPolicy.FOUND, points: tuple[int, ...] = ()) -> Recipe:
    """Operations 10, 20, 30; one unit of an item at each, and one of an item without operation."""
    return recipe_of(
        RecipeInput(EARLY, EARLY, operation=10),
        RecipeInput(MIDDLE, MIDDLE, operation=20),
        RecipeInput(LATE, LATE, operation=30),
        RecipeInput(ANY, ANY),
        scrap_policy=policy,
        reporting_points=points,
        last_operation=30,
    )


def used(order: Shop, good: int, scrap: int, operation: int | None, **given: object) -> list[str]:
    part = order.complete(good, scrap, operation, **given)
    return [f"{part.actual(key):f}".removesuffix(".000000") for key in (EARLY, MIDDLE, LATE, ANY)]


def test_inputs_belong_to_the_first_reporting_point_at_or_after_their_operation() -> None:
    recipe = compile_recipe(routed(points=(20,)))
    assert [recipe.point_of(operation) for operation in (10, 20, 21, 30, None)] == [20, 20, 30, 30, 30]


def test_good_at_a_point_drives_its_inputs_only() -> None:
    order = Shop(routed(points=(20,)))
    assert used(order, 100, 0, 20) == ["100", "100", "0", "0"]
    assert used(order, 60, 0, 30) == ["0", "0", "60", "60"]
    assert used(order, 40, 0, None) == ["0", "0", "40", "40"]


def test_good_at_an_operation_that_is_no_point_drives_nothing() -> None:
    order = Shop(routed(points=(20,)))
    part = order.complete(100, 0, 10)
    assert part.computed.lines == ()


def test_scrap_consumes_up_to_the_operation_where_it_was_found() -> None:
    order = Shop(routed())
    assert used(order, 0, 5, 10) == ["5", "0", "0", "5"]
    assert used(order, 0, 3, 20) == ["3", "3", "0", "3"]
    assert used(order, 100, 2, 30) == ["102", "102", "102", "102"]


def test_scrap_that_names_an_operation_of_its_own() -> None:
    assert used(Shop(routed()), 100, 4, 30, scrap_operation=10) == ["104", "100", "100", "104"]


def test_scrap_that_names_no_operation_was_found_at_the_point_that_reported_it() -> None:
    assert used(Shop(routed(points=(20,))), 50, 4, 20) == ["54", "54", "0", "4"]


def test_scrap_behind_a_point_was_good_there_and_is_not_counted_again() -> None:
    order = Shop(routed(points=(10,)))
    assert used(order, 100, 0, 10) == ["100", "0", "0", "0"]
    assert used(order, 90, 10, 30) == ["0", "100", "100", "100"]


def test_policy_all_lets_scrap_consume_every_component() -> None:
    assert used(Shop(routed(ScrapPolicy.ALL)), 100, 4, 30, scrap_operation=10) == ["104", "104", "104", "104"]


def test_policy_none_lets_scrap_drive_nothing() -> None:
    part = Shop(routed(ScrapPolicy.NONE)).complete(100, 4, 30)
    line = part.line(EARLY)
    assert (line.standard_quantity, line.scrap_quantity, line.expected_quantity) == (d(100), d(0), d(100))


def test_policy_none_keeps_the_planned_loss_in_expected() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1), planned_loss_percent=d(5), scrap_policy=ScrapPolicy.NONE))
    line = order.complete(100, 20).line(1)
    assert (line.standard_quantity, line.expected_quantity) == (d(105), d(105))


def test_without_a_route_there_is_one_point_and_all_scrap_counts() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)))
    assert order.complete(10, 2, operation=40).actual(1) == d(12)
    assert order.complete(10, 2).actual(1) == d(12)


def test_the_highest_operation_named_is_the_last_without_a_route() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1, operation=10), RecipeInput(2, 2, operation=20)))
    part = order.complete(10, 2, scrap_operation=10)
    assert (part.actual(1), part.actual(2)) == (d(12), d(10))


def test_only_the_last_operation_receives() -> None:
    recipe = compile_recipe(routed(points=(20,)))
    assert [recipe.receives(operation) for operation in (10, 20, 30, None)] == [False, False, True, True]


@pytest.mark.parametrize("scrap", [0, 1])
def test_corrections_below_zero_are_refused(scrap: int) -> None:
    order = Shop(routed())
    order.complete(5, scrap)
    with pytest.raises(EngineError, match="below zero"):
        order.complete(-6 if not scrap else -5, -2 * scrap)
