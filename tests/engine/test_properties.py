"""What must always hold, over generated bills, splits, orders of parts, edits, reversals and currencies."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from backflush.engine.compute import compute_completion
from backflush.engine.enums import (
    Basis,
    FinishedGoodsAt,
    LineType,
    LossMethod,
    NegativePolicy,
    Rounding,
    ScrapPolicy,
)
from backflush.engine.journal import build_journal
from backflush.engine.postings import JournalAmounts, JournalInputs, PostedReceipt
from backflush.engine.stock import StockPool, StockRow
from backflush.engine.types import (
    ChosenLot,
    Edit,
    ItemFacts,
    Policies,
    Recipe,
    RecipeInput,
    ReportedUse,
    UpstreamWip,
)
from tests.engine.booking import flipped_lines, flipped_picks, journal_amounts
from tests.engine.shop import STORE, Part, Shop, d

ITEMS = range(1, 7)
currencies = st.sampled_from((0, 2, 3))


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


steps = st.sampled_from((None, None, Decimal(1), Decimal("0.5"), Decimal("0.001")))
costs = st.one_of(st.none(), decimals("0", "40", 6), decimals("0", "40", 2))


@st.composite
def recipe_inputs(draw: st.DrawFn, key: int, operations: tuple[int | None, ...] = (None,)) -> RecipeInput:
    basis = draw(st.sampled_from([*Basis][:6]))
    return RecipeInput(
        key=key,
        item=draw(st.sampled_from(ITEMS)),
        basis=basis,
        usage=draw(decimals("0", "9", 3)),
        usage_per=Decimal(1) if basis is Basis.PER_UNIT else draw(st.sampled_from((d(3), d(10), d("2.5")))),
        fixed_quantity=draw(st.sampled_from((d(0), d(0), d(4)))),
        loss_percent=draw(st.sampled_from((d(0), d(2), d("12.5")))),
        loss_method=draw(st.sampled_from([*LossMethod])),
        factor_numerator=draw(st.sampled_from((1, 3, 127))),
        factor_denominator=draw(st.sampled_from((1, 7, 1000))),
        rounding_step=draw(steps),
        rounding=draw(st.sampled_from((None, *Rounding))),
        line_type=draw(st.sampled_from((LineType.COMPONENT,) * 4 + (LineType.BYPRODUCT,))),
        operation=draw(st.sampled_from(operations)),
    )


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    is_routed = draw(st.booleans())
    operations = (None, 10, 20, 30) if is_routed else (None,)
    return Recipe(
        tuple(draw(recipe_inputs(key, operations)) for key in range(1, draw(st.integers(2, 4)))),
        planned_loss_percent=draw(st.sampled_from((d(0), d(0), d(4)))),
        scrap_policy=draw(st.sampled_from([*ScrapPolicy])),
        reporting_points=draw(st.sampled_from(((), (10,), (10, 20)))) if is_routed else (),
        last_operation=30 if is_routed else None,
    )


@st.composite
def item_facts(draw: st.DrawFn, item: int) -> ItemFacts:
    return ItemFacts(item, standard_cost=draw(costs), rounding_step=draw(steps))


@st.composite
def stocks(draw: st.DrawFn, most: int = 80) -> list[StockRow]:
    return [
        StockRow(item, STORE, lot, draw(decimals("0", str(most), 2)), draw(costs), f"L{lot}")
        for item in ITEMS
        for lot in range(1, draw(st.integers(1, 4)))
    ]


@st.composite
def uses(draw: st.DrawFn) -> list[ReportedUse]:
    return [
        ReportedUse(
            item=draw(st.sampled_from(ITEMS)),
            quantity=draw(decimals("0", "50", 2)),
            stands_in_for=draw(st.sampled_from((None, None, *ITEMS))),
            factor=draw(st.sampled_from((None, d(2), d("0.3")))),
            lot=draw(st.sampled_from((None, 1, 2))),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]


@st.composite
def edits(draw: st.DrawFn, recipe: Recipe) -> list[Edit]:
    made = []
    for line in recipe.inputs:
        if draw(st.integers(0, 3)) == 0:
            used = draw(st.one_of(st.none(), decimals("0", "50", 2)))
            if used is not None and line.line_type is LineType.BYPRODUCT:
                used = -used
            made.append(
                Edit(
                    line.key,
                    line.item,
                    actual_quantity=used,
                    item_used=draw(st.sampled_from((None, None, *ITEMS))),
                    lots=draw(st.sampled_from((None, (ChosenLot(1),), (ChosenLot(2, STORE, d(3)),)))),
                )
            )
    return made


@st.composite
def orders(draw: st.DrawFn, most_stock: int = 80) -> Shop:
    return Shop(
        draw(recipes()),
        items={item: draw(item_facts(item)) for item in ITEMS},
        stock=StockPool(draw(stocks(most_stock))),
        policies=Policies(
            currency_decimals=draw(currencies),
            is_stock_at_standard=draw(st.booleans()),
            negative_policy=draw(st.sampled_from([*NegativePolicy])),
        ),
        order_quantity=draw(st.sampled_from((d(20), d(7)))),
    )


reports = st.tuples(st.integers(0, 12), st.sampled_from((0, 0, 1, 3)), st.sampled_from((None, 10, 20, 30)))


def complete_some(order: Shop, draw: st.DrawFn, most: int = 3) -> None:
    for _ in range(draw(st.integers(1, most))):
        good, scrap, operation = draw(reports)
        given_edits = draw(edits(order.recipe))
        order.complete(good, scrap, operation, reported=draw(uses()), edits=given_edits)


@st.composite
def lived_orders(draw: st.DrawFn, most_stock: int = 80) -> Shop:
    order = draw(orders(most_stock))
    complete_some(order, draw)
    return order


@settings(max_examples=50)
@given(order=lived_orders())
def test_four_variances_are_actual_less_standard_exactly(order: Shop) -> None:
    for part in order.parts:
        for line in part.computed.lines:
            four = line.substitution_minor + line.scrap_minor + line.usage_minor + line.price_minor
            assert four == line.variance_minor == line.actual_cost_minor - line.standard_cost_minor
        totals = part.computed.totals
        four = totals.substitution_minor + totals.scrap_minor + totals.usage_minor + totals.price_minor
        assert four == totals.variance_minor == totals.actual_cost_minor - totals.standard_cost_minor


@settings(max_examples=50)
@given(order=lived_orders())
def test_picks_are_the_lines_quantity_and_cost(order: Shop) -> None:
    for part in order.parts:
        for line in part.computed.lines:
            assert sum((pick.quantity for pick in line.picks), d(0)) == line.actual_quantity
            assert sum(pick.amount_minor for pick in line.picks) == line.actual_cost_minor
            assert line.standard_quantity + line.scrap_quantity == line.expected_quantity
            short = sum((pick.quantity for pick in line.picks if pick.is_short), d(0))
            assert short == line.short_quantity


@settings(max_examples=50)
@given(order=lived_orders(most_stock=30))
def test_lots_never_go_below_zero_and_block_refuses_what_is_short(order: Shop) -> None:
    on_hand: dict[tuple[int, int | None, int | None], Decimal] = defaultdict(Decimal)
    assert order.stock is not None
    for item in ITEMS:
        for row in order.stock.item(item).rows:
            on_hand[item, row.location, row.lot] += row.quantity
    for part in order.parts:
        for line in part.computed.lines:
            if line.line_type is LineType.BYPRODUCT:
                continue
            for pick in line.picks:
                if not pick.is_short and pick.quantity > 0:
                    on_hand[line.item, pick.location, pick.lot] -= pick.quantity
        is_short = any(line.short_quantity for line in part.computed.lines)
        blocks = order.policies.negative_policy is NegativePolicy.BLOCK
        assert part.computed.is_blocked == (is_short and blocks)
    assert min(on_hand.values(), default=0) >= 0


@settings(max_examples=50)
@given(order=lived_orders(), finished_goods_at=st.sampled_from([*FinishedGoodsAt]), is_abnormal=st.booleans())
def test_a_posting_and_its_reversal_are_zero(
    order: Shop, finished_goods_at: FinishedGoodsAt, is_abnormal: bool
) -> None:
    for part in order.parts:
        journal = build_journal(
            JournalInputs(
                journal_amounts(part.computed, {}),
                part.good,
                part.scrap,
                finished_goods_at,
                order.policies.currency_decimals,
                is_scrap_abnormal=is_abnormal,
                conversion_cost=d("1.37"),
                output_standard_cost=d("12.345678"),
            )
        )
        money: dict[object, int] = defaultdict(int)
        for line in (*journal.lines, *flipped_lines(journal.lines)):
            money[line.role, line.item_class, line.memo] += line.amount_minor
        assert not any(money.values())
        stock: dict[object, tuple[Decimal, int]] = defaultdict(lambda: (d(0), 0))
        for entry in part.computed.lines:
            for pick in (*entry.picks, *flipped_picks(entry.picks)):
                key = (entry.item, pick.location, pick.lot)
                stock[key] = (stock[key][0] + pick.quantity, stock[key][1] + pick.amount_minor)
        assert all(value == (0, 0) for value in stock.values())


amounts = st.builds(
    lambda standard, parts, klass, kind, gap: JournalAmounts(
        standard, standard + sum(parts), *parts, klass, kind, standard + sum(parts) + gap
    ),
    st.integers(-10_000, 10_000),
    st.tuples(*[st.integers(-500, 500)] * 4),
    st.sampled_from(("", "steel")),
    st.sampled_from([*LineType]),
    st.integers(-2, 2),
)
upstreams = st.lists(
    st.builds(
        UpstreamWip,
        st.sampled_from((10, 20)),
        st.integers(0, 99_999),
        decimals("0", "40", 2),
        st.integers(0, 9_999),
        decimals("0", "40", 2),
    ),
    max_size=2,
).map(tuple)


@given(
    lines=st.lists(amounts, max_size=4).map(tuple),
    good=st.integers(-5, 30),
    scrap=st.integers(0, 5),
    finished_goods_at=st.sampled_from([*FinishedGoodsAt]),
    decimals_of_currency=currencies,
    receives=st.booleans(),
    is_emptying=st.booleans(),
    is_abnormal=st.booleans(),
    own_cost=st.one_of(st.none(), decimals("0", "99", 6)),
    upstream=upstreams,
)
def test_debits_equal_credits_and_nothing_stays_in_wip(
    lines: tuple[JournalAmounts, ...],
    good: int,
    scrap: int,
    finished_goods_at: FinishedGoodsAt,
    decimals_of_currency: int,
    receives: bool,
    is_emptying: bool,
    is_abnormal: bool,
    own_cost: Decimal | None,
    upstream: tuple[UpstreamWip, ...],
) -> None:
    journal = build_journal(
        JournalInputs(
            lines,
            d(good),
            d(scrap),
            finished_goods_at,
            decimals_of_currency,
            receives,
            is_emptying,
            is_abnormal,
            d("2.345"),
            own_cost,
            "goods",
            30,
            upstream,
            (PostedReceipt(d(3), 1000), PostedReceipt(d(2), 999)),
        )
    )
    assert sum(line.amount_minor for line in journal.lines) == 0
    moved = sum(line.amount_minor for line in journal.lines if line.role == "wip")
    taken = sum(point.receipt_minor + point.scrap_minor for point in journal.upstream)
    assert moved == journal.wip_minor - taken
    if receives or is_emptying:
        assert journal.wip_minor == 0
    if is_emptying:
        assert taken == sum(point.left_minor for point in upstream)


@given(recipe=recipes(), data=st.data(), decimals_of_currency=currencies)
def test_parts_add_up_to_the_whole(recipe: Recipe, data: st.DataObject, decimals_of_currency: int) -> None:
    """Any split into parts, in any order of reports, corrections in between: the quantities of one report."""
    items = {
        item: ItemFacts(item, standard_cost=data.draw(decimals("0", "40", 6)), rounding_step=None)
        for item in ITEMS
    }
    rows = [StockRow(item, STORE, None, d(1_000_000)) for item in ITEMS]

    def fresh() -> Shop:
        policies = Policies(currency_decimals=decimals_of_currency)
        return Shop(recipe, items, StockPool(rows), policies, order_quantity=d(30))

    pieces = data.draw(st.lists(reports, min_size=1, max_size=5))
    whole: dict[int | None, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for good, scrap, operation in pieces:
        whole[operation] = (whole[operation][0] + good, whole[operation][1] + scrap)
    parts = fresh()
    for good, scrap, operation in data.draw(st.permutations(pieces)):
        if data.draw(st.booleans()):
            parts.complete(good + 2, scrap + 1, operation)
            parts.complete(-2, -1, operation)
        else:
            parts.complete(good, scrap, operation)
    once = fresh()
    for operation, (good, scrap) in whole.items():
        once.complete(good, scrap, operation)
    for name in ("standard_quantity", "expected_quantity", "actual_quantity"):
        assert summed(parts, name) == summed(once, name)
    minor = 10**decimals_of_currency
    for name in ("standard_cost_minor", "actual_cost_minor"):
        rounded = len(
            [line for order in (parts, once) for part in order.parts for line in part.computed.lines]
        )
        difference = abs(sum(summed(parts, name).values()) - sum(summed(once, name).values()))
        assert 2 * difference <= rounded
    exact = {}
    for key, quantity in summed(once, "standard_quantity").items():
        cost = items[item_of(recipe, key)].standard_cost
        assert cost is not None
        exact[key] = quantity * cost
    lines_of: dict[int, int] = defaultdict(int)
    for part in parts.parts:
        for line in part.computed.lines:
            lines_of[line.input_key or 0] += 1
    for key, booked in summed(parts, "standard_cost_minor").items():
        assert 2 * abs(Fraction(booked) - Fraction(exact[key]) * minor) <= lines_of[key]


def item_of(recipe: Recipe, key: int) -> int:
    return next(line.item for line in recipe.inputs if line.key == key)


def summed(order: Shop, name: str) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {line.key: d(0) for line in order.recipe.inputs}
    for part in order.live():
        for line in part.computed.lines:
            assert line.input_key is not None
            sums[line.input_key] += getattr(line, name)
    return sums


@given(recipe=recipes(), data=st.data())
def test_after_any_reversals_the_next_draft_makes_the_books_whole(
    recipe: Recipe, data: st.DataObject
) -> None:
    order = Shop(recipe, {item: ItemFacts(item, standard_cost=d(1)) for item in ITEMS}, order_quantity=d(30))
    for good, scrap, operation in data.draw(st.lists(reports, min_size=1, max_size=4)):
        order.complete(good, scrap, operation)
    for part in order.parts:
        part.is_live = data.draw(st.booleans())
    good, scrap, operation = data.draw(reports)
    order.complete(good, scrap, operation)
    once = Shop(recipe, order.items, order_quantity=d(30))
    once.parts = [Part(t.operation, t.good, t.scrap, None, EMPTY) for t in order.totals()]
    once.complete(0, 0)
    for name in ("standard_quantity", "expected_quantity"):
        assert summed(order, name) == summed(once, name)


EMPTY = Shop(Recipe(())).complete(0).computed


@given(usage=decimals("0.001", "9", 3), step=steps, factor=decimals("0.2", "4", 1), data=st.data())
def test_parts_made_with_a_substitute_add_up(
    usage: Decimal, step: Decimal | None, factor: Decimal, data: st.DataObject
) -> None:
    recipe = Recipe((RecipeInput(1, 1, usage=usage, rounding_step=data.draw(steps), loss_percent=d(3)),))
    items = {1: ItemFacts(1, standard_cost=d(2)), 2: ItemFacts(2, standard_cost=d(3), rounding_step=step)}
    pieces = data.draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=5))
    row = ReportedUse(2, d(1), stands_in_for=1, factor=factor)
    parts, once = Shop(recipe, items), Shop(recipe, items)
    for good, scrap in pieces:
        parts.complete(good, scrap, reported=[row])
    once.complete(sum(good for good, _ in pieces), sum(scrap for _, scrap in pieces), reported=[row])
    for name in ("standard_quantity", "expected_quantity", "origin_standard_quantity"):
        assert summed(parts, name) == summed(once, name)


def values(thing: object) -> Iterator[object]:
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from values(key)
            yield from values(value)
    elif isinstance(thing, tuple | list):
        for each in thing:
            yield from values(each)
    elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        for field in dataclasses.fields(thing):
            yield from values(getattr(thing, field.name))
    else:
        yield thing


@settings(max_examples=50)
@given(order=lived_orders())
def test_no_float_comes_out(order: Shop) -> None:
    for part in order.parts:
        assert not [value for value in values(part.computed) if isinstance(value, float)]


@given(order=orders(), data=st.data())
@settings(max_examples=50)
def test_the_same_inputs_give_the_same_answer(order: Shop, data: st.DataObject) -> None:
    good, scrap, operation = data.draw(reports)
    rows = data.draw(stocks())
    first, second = (
        compute_completion(order.inputs(good, scrap, operation, stock=StockPool(rows))) for _ in range(2)
    )
    assert first == second
