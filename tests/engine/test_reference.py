"""The engine and the slow reference agree on 10,000 generated orders."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from backflush.engine.enums import Basis, LineType, LossMethod, LotOrder, Rounding, ScrapPolicy, Supply
from backflush.engine.stock import StockPool, StockRow
from backflush.engine.types import ItemFacts, Policies, Recipe, RecipeInput, ReportedUse
from tests.engine.reference import SlowOrder, SlowPart
from tests.engine.shop import Part, Shop

ORDERS = 10_000
BATCHES = 20
FIRST_DAY = dt.date(2026, 1, 1)
ITEMS = range(1, 9)
PHANTOM = 50
BASES = (*(Basis.PER_UNIT,) * 6, *(basis for basis in Basis if basis is not Basis.WHOLE_LOT))


def some(random: Random, *choices: object) -> object:
    return random.choice(choices)


def amount(random: Random, most: int, decimals: int) -> Decimal:
    return Decimal(random.randint(0, most * 10**decimals)).scaleb(-decimals)


def generated_items(random: Random) -> dict[int, ItemFacts]:
    return {
        item: ItemFacts(
            item,
            standard_cost=None if random.random() < 0.08 else amount(random, 30, random.choice((0, 2, 6))),
            rounding_step=random.choice((None, None, None, Decimal(1), Decimal("0.25"), Decimal("0.001"))),
            rounding=random.choice((None, *Rounding)),
            supply_location=random.choice((None, None, 2)),
            is_stock_known=random.random() > 0.05,
            tolerance_percent=random.choice((None, None, Decimal(5))),
            tolerance_minor=random.choice((None, None, 300)),
        )
        for item in ITEMS
    }


def generated_recipe(random: Random, items: dict[int, ItemFacts]) -> Recipe:
    is_routed = random.random() < 0.4
    inputs: list[RecipeInput] = []
    has_phantom = random.random() < 0.25

    def line(key: int, item: int, parent: int | None, *, is_phantom: bool = False) -> RecipeInput:
        facts = items.get(item)
        basis = random.choice(BASES)
        return RecipeInput(
            key=key,
            item=item,
            basis=basis,
            usage=amount(random, 5, random.choice((0, 1, 3))),
            usage_per=Decimal(1) if basis is Basis.PER_UNIT else Decimal(random.choice((3, 7, 10, 100))),
            fixed_quantity=amount(random, 4, 1) if random.random() < 0.2 else Decimal(0),
            loss_percent=amount(random, 20, 1) if random.random() < 0.3 else Decimal(0),
            loss_method=random.choice(tuple(LossMethod)),
            factor_numerator=random.choice((1, 1, 1, 3, 127)),
            factor_denominator=random.choice((1, 1, 1, 7, 1000)),
            rounding_step=facts.rounding_step if facts else None,
            rounding=facts.rounding if facts else None,
            line_type=LineType.BYPRODUCT if random.random() < 0.12 and not is_phantom else LineType.COMPONENT,
            supply=Supply.HAND if random.random() < 0.08 else Supply.BACKFLUSH,
            supply_location=random.choice((None, None, None, 3)),
            operation=random.choice((None, 10, 20, 30)) if is_routed else None,
            parent=parent,
            is_phantom=is_phantom,
            planned_loss_percent=Decimal(random.choice((0, 3))) if is_phantom else Decimal(0),
        )

    if has_phantom:
        inputs.append(line(100, PHANTOM, None, is_phantom=True))
    for key in range(1, random.randint(2, 5)):
        parent = 100 if has_phantom and random.random() < 0.6 else None
        inputs.append(line(key, random.randint(1, 5), parent))
    return Recipe(
        tuple(inputs),
        planned_loss_percent=Decimal(random.choice((0, 0, 0, 5))),
        scrap_policy=random.choice((ScrapPolicy.FOUND,) * 3 + (ScrapPolicy.ALL, ScrapPolicy.NONE)),
        reporting_points=random.choice(((), (10,), (20,), (10, 20))) if is_routed else (),
        last_operation=random.choice((None, 30)) if is_routed else None,
    )


def generated_stock(random: Random, items: dict[int, ItemFacts]) -> list[StockRow]:
    rows = {}
    for item in (item for item in ITEMS if items[item].is_stock_known):
        for _ in range(random.randint(0, 4)):
            lot = random.choice((None, 1, 2, 3, 4))
            location = random.choice((1, 2, 3, 9))
            rows[item, location, lot] = StockRow(
                item,
                location,
                lot,
                amount(random, 60, 2) - 5,
                None if random.random() < 0.2 else amount(random, 30, random.choice((0, 2, 6))),
                f"L{lot}" if lot else "",
                random.choice((None, FIRST_DAY + dt.timedelta(days=random.randint(0, 5)))),
                random.choice((None, FIRST_DAY + dt.timedelta(days=random.randint(90, 95)))),
            )
    return list(rows.values())


def generated_reports(random: Random, recipe: Recipe, items: dict[int, ItemFacts]) -> list[ReportedUse]:
    """Use by item: of inputs, of substitutes for them (items that no input has), of extra items."""
    if random.random() < 0.55:
        return []
    known = {line.item for line in recipe.inputs if not line.is_phantom}
    others = [item for item in ITEMS if item not in known]
    rows = []
    for item in sorted(known):
        if random.random() < 0.4:
            rows.append(ReportedUse(item, amount(random, 60, 1), lot=random.choice((None, None, 2))))
        if random.random() < 0.35 and others:
            stand_in = random.choice(others)
            others.remove(stand_in)
            factor = Decimal(random.choice(("1", "2", "0.5", "1.2")))
            lot = random.choice((None, None, 1))
            rows.append(
                ReportedUse(stand_in, amount(random, 40, 1), stands_in_for=item, factor=factor, lot=lot)
            )
    if others and random.random() < 0.15:
        rows.append(ReportedUse(others[0], amount(random, 9, 1)))
    return rows


def assert_same(part: Part, slow: SlowPart, told: str) -> None:
    assert len(part.computed.lines) == len(slow.lines), told
    for line, other in zip(part.computed.lines, slow.lines, strict=True):
        assert (line.input_key, line.item) == (other.input_key, other.item), told
        quantities = (
            line.standard_quantity,
            line.scrap_quantity,
            line.actual_quantity,
            line.origin_standard_quantity,
            line.short_quantity,
        )
        expected = (other.standard, other.scrap, other.actual, other.origin_standard, other.short)
        assert tuple(map(Fraction, quantities)) == expected, told
        assert (line.standard_cost_minor, line.actual_cost_minor) == (
            other.standard_minor,
            other.actual_minor,
        ), told
        four = [line.substitution_minor, line.scrap_minor, line.usage_minor, line.price_minor]
        assert four == other.parts_minor, told
        picks = [(p.location, p.lot, Fraction(p.quantity), p.amount_minor, p.is_short) for p in line.picks]
        assert picks == other.picks, told
        assert line.is_beyond_tolerance == other.is_beyond, told


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_engine_agrees_with_the_reference(batch: int) -> None:
    for number in range(ORDERS // BATCHES):
        seed = batch * 1_000_000 + number
        random = Random(seed)
        items = generated_items(random)
        recipe = generated_recipe(random, items)
        stock = generated_stock(random, items)
        policies = Policies(
            currency_decimals=random.choice((0, 2, 3)),
            is_stock_at_standard=random.random() < 0.3,
            tolerance_percent=Decimal(random.choice((0, 2))),
            tolerance_minor=random.choice((0, 500)),
        )
        quantity = random.choice((None, Decimal(random.randint(1, 40))))
        lot_order = random.choice(tuple(LotOrder))
        order = Shop(recipe, items, StockPool(stock, lot_order), policies, order_quantity=quantity)
        slow = SlowOrder(recipe, items, stock, policies, [1, 2, 3], quantity, lot_order)
        has_substitute = False
        for at in range(random.choice((1, 1, 2, 3))):
            good, scrap = Decimal(random.randint(0, 15)), Decimal(random.choice((0, 0, 0, 1, 3)))
            operation = random.choice((None, 10, 15, 20, 30))
            reported = generated_reports(random, recipe, items)
            part = order.complete(good, scrap, operation, reported=reported)
            assert_same(part, slow.complete(good, scrap, operation, reported), f"seed {seed}, part {at}")
            has_substitute = has_substitute or any(row.stands_in_for for row in reported)
            if random.random() < 0.2 and not any(row.stands_in_for for row in reported):
                part.is_live = slow.parts[at].is_live = False
        good = [part for part in order.live() if part.good]
        if good and not has_substitute and random.random() < 0.4:
            made = random.choice(good)
            undone = -Decimal(random.randint(1, int(made.good)))
            for _ in range(random.choice((1, 2)) if made.good + 2 * undone >= 0 else 1):
                part = order.complete(undone, 0, made.operation)
                assert_same(
                    part, slow.complete(undone, Decimal(0), made.operation, []), f"seed {seed}, undone"
                )
