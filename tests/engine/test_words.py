"""The sum in words, made from the stored terms alone."""

from __future__ import annotations

import json

import pytest

from backflush.engine.enums import Basis, LineType, LossMethod, ScrapPolicy
from backflush.engine.types import Edit, Recipe, RecipeInput, ReportedUse
from backflush.engine.words import explain, explain_standard, question
from tests.engine.phantoms import Bill, opened
from tests.engine.shop import Part, Shop, d, facts, recipe_of


def stored(part: Part, key: int | None = 1, item: int | None = None) -> dict[str, object]:
    """The terms as they come back from the database."""
    terms: dict[str, object] = json.loads(json.dumps(part.line(key, item).terms))
    return terms


def words(good: int | str, scrap: int | str = 0, planned: str = "0", **settings: object) -> str:
    line = RecipeInput(1, 1, **settings)  # type: ignore[arg-type]
    return explain(stored(Shop(recipe_of(line, planned_loss_percent=d(planned))).complete(good, scrap)))


def grams(**settings: object) -> dict[str, object]:
    return {"usage": d("2.5"), "unit": "g", "stock_unit": "kg", "factor_denominator": 1000, **settings}


def test_the_sum_of_the_design() -> None:
    given = grams(loss_percent=d(4), rounding_step=d("0.001"))
    assert words(180, 6, **given) == (
        "(180 good + 6 scrap) × 2.5 g ÷ 1000 × 1.04 = 0.483600 kg → 0.484 kg (step 0.001 up)"
    )


def test_the_standard_in_words() -> None:
    line = RecipeInput(1, 1, usage=d(2), unit="EA")
    part = Shop(recipe_of(line, planned_loss_percent=d(5))).complete(100, 5)
    assert explain_standard(stored(part)) == "100 good × 1.05 × 2 EA = 210.000000 EA"
    assert explain(stored(part)) == "(100 good + 5 scrap) × 2 EA = 210.000000 EA"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"usage": d("1.25"), "fixed_quantity": d(10)}, "100 good × 1.25 + 10 fixed = 135.000000"),
        (grams(fixed_quantity=d(10)), "(100 good × 2.5 g + 10 g fixed) ÷ 1000 = 0.260000 kg"),
        ({"basis": Basis.PER_N, "usage": d(7), "usage_per": d(12)}, "100 good × 7 ÷ 12 = 58.333333"),
        ({"basis": Basis.PER_BATCH, "usage": d(3), "usage_per": d(40)}, "⌈100 good ÷ 40⌉ × 3 = 9.000000"),
        (
            {"basis": Basis.PIECES, "usage_per": d(4), "loss_percent": d(5)},
            "⌈100 good × 1.05 ÷ 4⌉ × 1 = 27.000000",
        ),
        ({"basis": Basis.PER_ORDER, "fixed_quantity": d(10)}, "10 once = 10.000000"),
        ({"basis": Basis.ORDER_QUANTITY, "usage": d("0.1")}, "100 ordered × 0.1 = 10.000000"),
        (
            {"usage": d(392), "loss_percent": d(2), "loss_method": LossMethod.YIELD},
            "100 good × 392 ÷ 0.98 = 40000.000000",
        ),
        ({"line_type": LineType.BYPRODUCT, "unit": "kg"}, "−(100 good × 1 kg) = −100.000000 kg"),
        (
            {"factor_numerator": 127, "factor_denominator": 5},
            "100 good × 1 × 127 ÷ 5 = 2540.000000",
        ),
    ],
)
def test_bases_in_words(settings: dict[str, object], told: str) -> None:
    assert words(100, **settings) == told


def test_parts_in_words() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1, usage=d("0.3"), rounding_step=d(1))))
    order.complete(1)
    assert explain(stored(order.complete(3))) == (
        "4 good × 0.3 = 1.200000 → 2 (step 1 up); 1 held by earlier parts, 1 due"
    )


def test_everything_undone_in_words() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1, unit="EA")))
    order.complete(3)
    assert explain(stored(order.complete(-3))) == "nothing reported = 0 EA; 3 held by earlier parts, −3 due"


def test_phantoms_in_words() -> None:
    bills = {
        1: Bill((RecipeInput(1, 2, usage=d(2), is_phantom=True, loss_percent=d(10)),)),
        2: Bill((RecipeInput(1, 3, usage=d(3), unit="EA"),), planned_loss_percent=d(4)),
    }
    part = Shop(Recipe(opened(1, bills))).complete(10)
    assert explain(stored(part, 2)) == "10 good × 2 × 1.1 × 3 EA = 66.000000 EA"
    assert explain_standard(stored(part, 2)) == "10 good × 2 × 1.1 × 1.04 × 3 EA = 68.640000 EA"


def test_the_whole_lot_in_words() -> None:
    assert words(10, basis=Basis.WHOLE_LOT, unit="m") == "the whole lot, once = 1000000 m"


def test_a_substitute_in_words() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1, usage=d(2))), items={2: facts(2)})
    rows = [ReportedUse(1, d(12)), ReportedUse(2, d(12), stands_in_for=1, factor=d("1.5"))]
    part = order.complete(10, reported=rows)
    assert explain(stored(part, 1, 1)) == "10 good × 2 = 20.000000; 12 of it by the item itself"
    assert explain(stored(part, 1, 2)) == "10 good × 2 = 20.000000; 8 of it by a substitute × 1.5 = 12"


def test_scrap_that_drives_nothing_is_not_in_the_words() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1), scrap_policy=ScrapPolicy.NONE))
    assert explain(stored(order.complete(10, 2))) == "10 good × 1 = 10.000000"


def test_an_extra_component_has_no_sum() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1)), items={9: facts(9)})
    assert explain(stored(order.complete(1, reported=[ReportedUse(9, d(1))]), None)) == ""
    assert explain_standard(stored(order.parts[-1], None)) == ""


def test_questions_in_words() -> None:
    order = Shop(recipe_of(RecipeInput(1, 1), RecipeInput(2, 2)))
    first = order.complete(50, reported=[ReportedUse(1, d(100))], edits=[Edit(2, 2, actual_quantity=d(0))])
    assert question(stored(first)) == ""
    part = order.complete(50)
    assert question(stored(part)) == "50 used beyond expected on earlier parts: is it this part's?"
    assert question(stored(part, 2)) == "50 of what earlier parts expected was not used: was it used here?"


def test_words_say_the_stored_target_for_every_basis() -> None:
    for basis in Basis:
        for line_type in LineType:
            line = RecipeInput(
                1,
                1,
                basis=basis,
                usage=d("1.7"),
                usage_per=d(3),
                fixed_quantity=d(2),
                loss_percent=d(3),
                line_type=line_type,
                factor_numerator=3,
                factor_denominator=7,
            )
            part = Shop(recipe_of(line, planned_loss_percent=d(2)), order_quantity=d(40)).complete(20, 3)
            if basis is Basis.WHOLE_LOT:
                continue
            found = part.line(1)
            assert f"= {found.expected_quantity:f}".replace("-", "−") in explain(stored(part))
            assert f"= {found.standard_quantity:f}".replace("-", "−") in explain_standard(stored(part))
