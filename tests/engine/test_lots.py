"""Rules, section 6: lots, locations, shortage."""

from __future__ import annotations

import datetime as dt

import pytest

from backflush.engine.compute import compute_completion
from backflush.engine.enums import Flag, LineType, LotOrder, NegativePolicy, Tracking
from backflush.engine.places import SupplyPlan
from backflush.engine.stock import StockPool, StockRow
from backflush.engine.types import ChosenLot, Edit, Policies, RecipeInput, ReportedUse
from tests.engine.shop import BACK, LINE_SIDE, STORE, Part, Shop, d, facts, lot, recipe_of

MAY, JUNE, JULY = (dt.date(2026, month, 1) for month in (5, 6, 7))
PART = 1


def order_with(*rows: StockRow, order: LotOrder = LotOrder.FIFO, **settings: object) -> Shop:
    items = {PART: facts(PART, 1, **settings)}
    return Shop(recipe_of(RecipeInput(1, PART)), items=items, stock=StockPool(rows, order))


def picked(part: Part, key: int | None = 1) -> list[tuple[int | None, int | None, str]]:
    return [(p.location, p.lot, f"{p.quantity.normalize():f}") for p in part.line(key).picks]


def test_fifo_takes_the_oldest_received_first_then_by_code() -> None:
    order = order_with(
        lot(PART, 1, 5, received_on=JULY, code="A"),
        lot(PART, 2, 5, received_on=MAY, code="C"),
        lot(PART, 3, 5, received_on=MAY, code="B"),
    )
    assert picked(order.complete(12)) == [(STORE, 3, "5"), (STORE, 2, "5"), (STORE, 1, "2")]


def test_stock_of_unknown_age_goes_first() -> None:
    order = order_with(lot(PART, 1, 5, received_on=MAY), lot(PART, None, 5))
    assert picked(order.complete(6)) == [(STORE, None, "5"), (STORE, 1, "1")]


def test_fefo_takes_the_first_to_expire() -> None:
    rows = [
        lot(PART, 1, 5, received_on=MAY, expires_on=None),
        lot(PART, 2, 5, received_on=JUNE, expires_on=JULY),
        lot(PART, 3, 5, received_on=JULY, expires_on=JUNE),
    ]
    assert picked(order_with(*rows, order=LotOrder.FEFO).complete(11)) == [
        (STORE, 3, "5"),
        (STORE, 2, "5"),
        (STORE, 1, "1"),
    ]


def test_locations_go_before_age() -> None:
    order = Shop(
        recipe_of(RecipeInput(1, PART, supply_location=LINE_SIDE)),
        items={PART: facts(PART, supply_location=BACK)},
        stock=StockPool(
            [
                lot(PART, 1, 5, location=4, received_on=MAY),
                lot(PART, 2, 5, location=STORE, received_on=MAY),
                lot(PART, 3, 5, location=BACK, received_on=JUNE),
                lot(PART, 4, 5, location=LINE_SIDE, received_on=JULY),
            ]
        ),
        places=SupplyPlan(site=STORE, stocking=(4, BACK, LINE_SIDE, STORE)),
    )
    assert picked(order.complete(20)) == [
        (LINE_SIDE, 4, "5"),
        (BACK, 3, "5"),
        (STORE, 2, "5"),
        (4, 1, "5"),
    ]


def test_a_place_includes_what_lies_in_it() -> None:
    site, store, shelf, elsewhere = 10, 11, 12, 20
    plan = SupplyPlan(site=site, stocking=(elsewhere, store, shelf), parents={store: site, shelf: store})
    order = order_with(
        lot(PART, 1, 5, location=elsewhere, received_on=MAY),
        lot(PART, 2, 5, location=store, received_on=JULY),
        lot(PART, 3, 5, location=shelf, received_on=JUNE),
    )
    order.places = plan
    assert picked(order.complete(13)) == [(shelf, 3, "5"), (store, 2, "5"), (elsewhere, 1, "3")]


def test_a_location_that_does_not_hold_stock_is_not_offered() -> None:
    order = order_with(lot(PART, 1, 5, location=99))
    part = order.complete(1)
    assert Flag.SHORT in part.line(1).flags


def test_reported_lots_go_first() -> None:
    order = order_with(lot(PART, 1, 50, received_on=MAY), lot(PART, 2, 50, received_on=JUNE))
    part = order.complete(10, reported=[ReportedUse(PART, d(6), lot=2), ReportedUse(PART, d(6))])
    assert picked(part) == [(STORE, 2, "6"), (STORE, 1, "6")]


def test_a_reported_lot_that_holds_less_says_so() -> None:
    order = order_with(lot(PART, 1, 50), lot(PART, 2, 4))
    part = order.complete(10, reported=[ReportedUse(PART, d(10), lot=2)])
    assert picked(part) == [(STORE, 2, "4"), (STORE, 1, "6")]
    assert Flag.LOT_SHORT in part.line(1).flags


def test_a_reported_location_is_taken_also_outside_the_plan() -> None:
    order = order_with(lot(PART, 1, 50), lot(PART, 2, 50, location=99))
    part = order.complete(10, reported=[ReportedUse(PART, d(10), location=99)])
    assert picked(part) == [(99, 2, "10")]


def test_chosen_lots_of_an_edit() -> None:
    order = order_with(lot(PART, 1, 50), lot(PART, 2, 50), lot(PART, 3, 50))
    edit = Edit(1, PART, lots=(ChosenLot(3, quantity=d(2)), ChosenLot(2, quantity=d(1))))
    assert picked(order.complete(10, edits=[edit])) == [(STORE, 3, "2"), (STORE, 2, "1"), (STORE, 1, "7")]


def test_picks_of_one_lot_are_one_pick() -> None:
    order = order_with(lot(PART, 1, 50))
    assert picked(order.complete(10, reported=[ReportedUse(PART, d(4), lot=1), ReportedUse(PART, d(6))])) == [
        (STORE, 1, "10")
    ]


def test_picks_of_a_draft_are_not_offered_to_a_later_one() -> None:
    order = order_with(lot(PART, 1, 5), lot(PART, 2, 5))
    assert picked(order.complete(4)) == [(STORE, 1, "4")]
    assert picked(order.complete(4)) == [(STORE, 1, "1"), (STORE, 2, "3")]


def test_serials_are_taken_one_each() -> None:
    order = order_with(*(lot(PART, n, 1) for n in (1, 2, 3)), tracking=Tracking.SERIAL)
    rows = [ReportedUse(PART, d(1), lot=3), ReportedUse(PART, d(1), lot=1)]
    part = order.complete(2, reported=rows)
    assert picked(part) == [(STORE, 3, "1"), (STORE, 1, "1")]
    assert part.line(1).flags == ()


def test_serials_are_never_guessed() -> None:
    part = order_with(lot(PART, 1, 1), tracking=Tracking.SERIAL).complete(1)
    assert picked(part) == [(STORE, None, "1")]
    assert part.line(1).flags == (Flag.SERIAL_MISSING,)
    assert part.line(1).picks[0].amount_minor == 100


@pytest.mark.parametrize("policy", [NegativePolicy.ALLOW, NegativePolicy.WARN])
def test_a_shortage_that_is_allowed_lands_on_the_first_supply_location(policy: NegativePolicy) -> None:
    part = order_with(lot(PART, 1, 10, location=BACK), negative_policy=policy).complete(100)
    assert picked(part) == [(BACK, 1, "10"), (STORE, None, "90")]
    assert [pick.is_short for pick in part.line(1).picks] == [False, True]
    assert part.line(1).short_quantity == d(90)
    assert part.line(1).actual_quantity == d(100)
    assert not part.computed.is_blocked


def test_block_lists_every_short_component() -> None:
    order = Shop(
        recipe_of(RecipeInput(1, 1), RecipeInput(2, 2), RecipeInput(3, 3)),
        stock=StockPool([lot(1, 1, 4), lot(2, 2, 50)]),
        policies=Policies(negative_policy=NegativePolicy.BLOCK),
    )
    part = order.complete(10)
    assert part.computed.is_blocked
    assert [(s.item, s.required, s.available, s.policy) for s in part.computed.shortages] == [
        (1, d(10), d(4), NegativePolicy.BLOCK),
        (3, d(10), d(0), NegativePolicy.BLOCK),
    ]
    assert Flag.BLOCKED in part.line(1).flags


def test_the_items_policy_goes_before_the_organizations() -> None:
    order = order_with(negative_policy=NegativePolicy.BLOCK)
    assert order.complete(1).computed.is_blocked
    order.policies = Policies(negative_policy=NegativePolicy.BLOCK)
    order.items[PART] = facts(PART, negative_policy=NegativePolicy.ALLOW)
    assert not order.complete(1).computed.is_blocked


def test_an_item_of_unknown_stock_is_never_short() -> None:
    order = order_with(is_stock_known=False)
    order.policies = Policies(negative_policy=NegativePolicy.BLOCK)
    part = order.complete(5)
    assert picked(part) == [(STORE, None, "5")]
    assert part.line(1).flags == (Flag.STOCK_UNKNOWN,)
    assert part.line(1).short_quantity == 0
    assert part.computed.shortages == ()


def test_nothing_is_taken_from_a_negative_balance() -> None:
    order = order_with(lot(PART, None, -90), lot(PART, 1, 5, location=BACK))
    part = order.complete(8)
    assert picked(part) == [(BACK, 1, "5"), (STORE, None, "3")]


def test_exactly_enough_is_enough() -> None:
    order = order_with(lot(PART, 1, "5.6"))
    part = order.complete("5.6")
    assert part.line(1).flags == ()
    assert part.computed.shortages == ()


def test_a_shortage_costs_the_standard() -> None:
    order = order_with(lot(PART, 1, 1, "1.50"))
    line = order.complete(2).line(1)
    assert [(pick.unit_cost, pick.amount_minor) for pick in line.picks] == [(d("1.5"), 150), (d(1), 100)]


def test_a_by_product_is_received_at_the_first_supply_location() -> None:
    order = Shop(
        recipe_of(RecipeInput(1, PART, line_type=LineType.BYPRODUCT)), items={PART: facts(PART, "2")}
    )
    part = order.complete(3, reported=[ReportedUse(PART, d(4), lot=7)])
    assert picked(part) == [(STORE, 7, "-4")]
    assert (part.line(1).actual_quantity, part.line(1).actual_cost_minor) == (d(-4), -800)


@pytest.mark.parametrize(
    ("tracking", "flag"), [(Tracking.LOT, Flag.LOT_MISSING), (Tracking.SERIAL, Flag.SERIAL_MISSING)]
)
def test_a_tracked_by_product_without_its_number_says_so(tracking: Tracking, flag: Flag) -> None:
    order = Shop(
        recipe_of(RecipeInput(1, PART, line_type=LineType.BYPRODUCT)),
        items={PART: facts(PART, tracking=tracking)},
    )
    assert order.complete(1).line(1).flags == (flag,)
    assert order.complete(1, reported=[ReportedUse(PART, d(1), lot=5)]).line(1).flags == ()


def test_one_pool_serves_two_sites_in_their_own_order() -> None:
    pool = StockPool([lot(PART, 1, 5, location=STORE), lot(PART, 2, 5, location=BACK)])
    order = order_with()
    first, second = SupplyPlan(STORE, (STORE, BACK)), SupplyPlan(BACK, (STORE, BACK))
    order.places = second
    computed = compute_completion(order.inputs(3, stock=pool))
    assert [(p.lot, p.quantity) for p in computed.lines[0].picks] == [(2, d(3))]
    order.places = first
    computed = compute_completion(order.inputs(7, stock=pool))
    assert [(p.lot, p.quantity) for p in computed.lines[0].picks] == [(1, d(5)), (2, d(2))]
