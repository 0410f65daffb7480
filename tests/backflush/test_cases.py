"""Mistakes that users reported against other systems, walked through the database: groups A to G.

What arithmetic alone can show is in tests/engine/test_cases.py; here are stock, money, orders and reversals.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.reversing import reverse
from approvals.actions.signing import approve_backflush
from backflush.actions.drafting import draft_backflushes
from backflush.models import Backflush
from inventory.models import Item, JournalLine, StockEntry, StockException
from production.actions.orders import reopen_order
from production.models import Completion, Operation, WorkOrder, WorkOrderOutput
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop, simple_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


def build(shop: Shop, order: WorkOrder, good: Any, reference: str, **values: Any) -> Backflush:
    """Report a part, draft it, sign it."""
    factories.make_completion(shop.organization, order, good, reference=reference, **values)
    return shop.post(shop.draft())


def used(shop: Shop, sku: str) -> Decimal:
    """Net of everything that was posted."""
    with bind(shop.organization):
        entries = StockEntry.objects.filter(item__sku=sku, source_kind="backflush")
        return -(entries.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0))


def take_back(shop: Shop, backflush: Backflush) -> Backflush:
    return reverse(
        organization=shop.organization,
        backflush_id=backflush.pk,
        actor=shop.other_controller,
        reason="Wrong order",
    )


# A. Partial completions


def test_a1_coincidence_of_numbers_posts_two_and_not_ten(shop: Shop) -> None:
    """Order 100 at 0.2: 50 done is 10 posted and 10 remain; ten more take 2."""
    order = simple_order(shop, quantity=100, good=50, usage="0.2")
    shop.post(shop.draft())
    assert used(shop, "M") == 10
    build(shop, order, 10, "second")
    assert used(shop, "M") == 12
    assert breaches(shop.organization) == []


def test_a3_last_ten_take_ten(shop: Shop) -> None:
    order = simple_order(shop, quantity=100, good=90, usage=1)
    shop.post(shop.draft())
    build(shop, order, 10, "last", is_final=True)
    assert used(shop, "M") == 100
    with bind(shop.organization):
        assert WorkOrder.objects.get().is_closed


def test_a8_balance_takes_its_own_and_the_order_is_done(shop: Shop) -> None:
    order = simple_order(shop, quantity=10, good=4)
    shop.post(shop.draft())
    build(shop, order, 6, "balance", is_final=True)
    assert used(shop, "M") == 20
    assert shop.balance("P") == (Decimal(10), 10_000)


def _two_operations(shop: Shop) -> WorkOrder:
    """Blanks at operation 10, screws at 20; both are reporting points."""
    org = shop.organization
    blank, screw = factories.make_item(org, "BLANK", cost=5), factories.make_item(org, "SCREW", cost=1)
    for item in (blank, screw):
        factories.set_stock(org, item, 1000, unit_cost=item_cost(item))
    product = factories.make_product(org, "P")
    with bind(org):
        for number in (10, 20):
            save_row(
                Operation(organization=org, item=product, number=number, is_backflush_point=True),
                actor=None,
                reason="route",
            )
    factories.make_bom(
        org, product, [(blank, 1, {"operation_number": 10}), (screw, 4, {"operation_number": 20})]
    )
    return factories.make_order(org, product, 10)


def item_cost(item: Item) -> int:
    return {"BLANK": 5, "SCREW": 1}[item.sku]


def test_a9_operation_done_for_all_is_not_consumed_again(shop: Shop) -> None:
    """Operation 10 for ten, operation 20 for four and then for six: blanks once, screws as they go."""
    order = _two_operations(shop)
    build(shop, order, 10, "", operation_number=10)
    assert (used(shop, "BLANK"), used(shop, "SCREW"), shop.balance("P")[0]) == (10, 0, 0)
    build(shop, order, 4, "a", operation_number=20)
    assert (used(shop, "BLANK"), used(shop, "SCREW"), shop.balance("P")[0]) == (10, 16, 4)
    build(shop, order, 6, "b", operation_number=20, is_final=True)
    assert (used(shop, "BLANK"), used(shop, "SCREW")) == (10, 40)
    assert shop.balance("P") == (Decimal(10), 9_000)
    with bind(shop.organization):
        wip = JournalLine.objects.filter(role="wip").aggregate(sum=Sum("amount_minor"))["sum"]
        assert (wip, WorkOrder.objects.get().is_closed) == (0, True)
    assert breaches(shop.organization) == []


def test_a11_zero_consumption_is_shown_and_does_not_grow_the_next_part(shop: Shop) -> None:
    order = simple_order(shop, quantity=4, good=1, usage=4)
    draft = shop.change(shop.draft(), "M", actual_quantity=Decimal(0))
    assert shop.lines(draft)["M"].usage_minor == -2_000
    shop.post(draft)
    factories.make_completion(shop.organization, order, 3, reference="rest")
    assert shop.lines(shop.draft())["M"].actual_quantity == 12


def test_a13_order_cut_after_the_first_part_takes_for_what_was_built(shop: Shop) -> None:
    order = simple_order(shop, quantity=2, good=1)
    with bind(shop.organization):
        output = WorkOrderOutput.objects.get(work_order=order)
        output.quantity = Decimal(1)
        save_row(output, actor=None, reason="cut", fields=["quantity"])
    shop.post(shop.draft())
    assert used(shop, "M") == 2


def test_a_parts_reversed_in_any_order_leave_what_the_rest_is_due(shop: Shop) -> None:
    """0.3 a unit in whole steps, three parts of one: 1, 0, 0. Without the first the books hold 0 and 1 is due."""
    order = simple_order(shop, quantity=3, good=1, usage="0.3", rounding_step=Decimal(1))
    first = shop.post(shop.draft())
    build(shop, order, 1, "second")
    build(shop, order, 1, "third")
    assert used(shop, "M") == 1
    take_back(shop, first)
    assert used(shop, "M") == 0
    shop.post(shop.draft())
    assert used(shop, "M") == 1
    assert breaches(shop.organization) == []


# B. Twice


def test_b1_second_backflush_of_a_completion_is_refused_until_reversed(shop: Shop) -> None:
    simple_order(shop)
    posted = shop.post(shop.draft())
    with bind(shop.organization):
        completion = Completion.objects.get().pk
    again = draft_backflushes(organization=shop.organization, actor=shop.planner, completion_ids=[completion])
    assert again.drafted == []
    take_back(shop, posted)
    assert shop.post(shop.draft()).status == "POSTED"
    assert used(shop, "M") == 20


def test_b10_order_reopened_and_finished_again_posts_only_what_is_new(shop: Shop) -> None:
    order = simple_order(shop, quantity=10, good=8)
    with bind(shop.organization):
        completion = Completion.objects.get()
        completion.is_final = True
        save_row(completion, actor=None, reason="final", fields=["is_final"])
    shop.post(shop.draft())
    with bind(shop.organization):
        reopen_order(WorkOrder.objects.get(pk=order.pk), actor=shop.controller, reason="Two were found")
    second = build(shop, order, 2, "found", is_final=True)
    assert shop.lines(second)["M"].actual_quantity == 4
    assert (used(shop, "M"), shop.balance("P")) == (20, (Decimal(10), 10_000))
    with bind(shop.organization):
        assert WorkOrder.objects.get().is_closed
    assert breaches(shop.organization) == []


def test_reversal_happens_once(shop: Shop) -> None:
    simple_order(shop)
    posted = shop.post(shop.draft())
    take_back(shop, posted)
    with pytest.raises(AppError) as caught:
        take_back(shop, posted)
    assert caught.value.code == "INVALID_STATE"
    assert shop.balance("M") == (Decimal(1000), 500_000)


# C. Lines and rounding


def test_c6_component_twice_keeps_two_lines_and_their_own_posted_quantity(shop: Shop) -> None:
    org = shop.organization
    bolt = factories.make_item(org, "BOLT", cost="0.10")
    factories.set_stock(org, bolt, 1000, unit_cost="0.10")
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(bolt, 2), (bolt, 3)])
    order = factories.make_order(org, product, 10)
    factories.make_completion(org, order, 4, reference="a")
    first = shop.post(shop.draft())
    with bind(org):
        lines = first.lines.order_by("position").values_list("actual_quantity", "input_id")
        assert [quantity for quantity, _ in lines] == [8, 12]
        assert len({line for _, line in lines}) == 2
    second = build(shop, order, 6, "b")
    with bind(org):
        assert list(second.lines.order_by("position").values_list("actual_quantity", flat=True)) == [12, 18]
    assert used(shop, "BOLT") == 50
    assert breaches(org) == []


def test_c10_fixed_quantity_is_posted_with_the_first_live_part_only(shop: Shop) -> None:
    """10 a run and 1 a unit; the part that carried it is reversed, so the next draft takes it."""
    org = shop.organization
    paint = factories.make_item(org, "PAINT", cost=1)
    factories.set_stock(org, paint, 1000, unit_cost=1)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(paint, 1, {"fixed_quantity": Decimal(10)})])
    order = factories.make_order(org, product, 10)
    factories.make_completion(org, order, 4, reference="a")
    first = shop.post(shop.draft())
    assert used(shop, "PAINT") == 14
    build(shop, order, 6, "b")
    assert used(shop, "PAINT") == 20
    take_back(shop, first)
    assert shop.lines(shop.draft())["PAINT"].actual_quantity == 14


# D. Scrap


def test_d5_scrap_at_two_operations_is_counted_where_it_was_found(shop: Shop) -> None:
    """Twelve blanks started, two lost at 10; ten go on, one is lost at 20."""
    order = _two_operations(shop)
    reason = shop.reason()
    build(shop, order, 10, "", operation_number=10, scrap=2, scrap_reason=reason)
    assert used(shop, "BLANK") == 12
    last = build(shop, order, 9, "", operation_number=20, scrap=1, scrap_reason=reason, is_final=True)
    assert (used(shop, "BLANK"), used(shop, "SCREW")) == (12, 40)
    assert shop.balance("P")[0] == 9
    assert last.upstream_scrap_minor > 0
    with bind(shop.organization):
        assert JournalLine.objects.filter(role="wip").aggregate(sum=Sum("amount_minor"))["sum"] == 0
    assert breaches(shop.organization) == []


def test_units_scrapped_downstream_carry_what_was_spent_upstream(shop: Shop) -> None:
    """5.00 a unit upstream, five scrapped downstream: 25.00."""
    order = _two_operations(shop)
    build(shop, order, 10, "", operation_number=10)
    last = build(
        shop,
        order,
        5,
        "",
        operation_number=20,
        scrap=5,
        scrap_reason=shop.reason(is_abnormal=True),
        is_final=True,
    )
    assert last.upstream_scrap_minor == 2_500
    assert last.weight_minor >= 2_500
    assert breaches(shop.organization) == []


# E. Negative stock


def test_e1_stock_goes_below_zero_and_a_later_receipt_fills_it(shop: Shop) -> None:
    """10 on hand, 100 used, 500 received: −90, then 410; a clamp at zero would say 500."""
    org = shop.organization
    material = factories.make_item(org, "M", cost=5)
    factories.set_stock(org, material, 10, unit_cost=5)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 10)])
    factories.make_completion(org, factories.make_order(org, product, 10), 10)
    shop.post(shop.draft())
    assert shop.balance("M") == (Decimal(-90), -45_000)
    with bind(org):
        assert list(StockException.objects.values_list("quantity", flat=True)) == [90]
    factories.set_stock(org, material, 500, unit_cost=5)
    assert shop.balance("M") == (Decimal(410), 205_000)
    assert breaches(org) == []


# F. Substitutes, lots, reversal


def test_f1_alternate_is_relieved_and_the_bills_item_is_not(shop: Shop) -> None:
    simple_order(shop)
    other = factories.make_item(shop.organization, "ALT", cost=6)
    factories.set_stock(shop.organization, other, 100, unit_cost=6)
    posted = shop.post(shop.change(shop.draft(), "M", item_used_id=other.pk))
    assert (shop.balance("M")[0], shop.balance("ALT")[0]) == (1000, 80)
    take_back(shop, posted)
    assert (shop.balance("M")[0], shop.balance("ALT")) == (1000, (Decimal(100), 60_000))
    assert breaches(shop.organization) == []


def test_f3_edited_parts_are_reversed_as_they_were_posted(shop: Shop) -> None:
    """3 + 7 with edits from two lots; the first is taken back, though costs and lots have changed since."""
    org = shop.organization
    material = factories.make_item(org, "M", cost=5, tracking="lot")
    for day, quantity in ((1, 10), (2, 100)):
        lot = factories.make_lot(
            org, material, f"L{day}", received_on=dt.date(2025, 1, day), unit_cost=Decimal("5.10")
        )
        factories.set_stock(org, material, quantity, lot=lot, unit_cost="5.10")
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 4)])
    order = factories.make_order(org, product, 10)
    factories.make_completion(org, order, 3, reference="a")
    first = shop.post(shop.change(shop.draft(), "M", actual_quantity=Decimal(13)))
    before = shop.balance("M"), shop.balance("P")
    factories.make_completion(org, order, 7, reference="b")
    second = shop.post(shop.change(shop.draft(), "M", actual_quantity=Decimal(30)))
    assert shop.balance("M") == (Decimal(67), 34_170)
    take_back(shop, second)
    assert (shop.balance("M"), shop.balance("P")) == before
    take_back(shop, first)
    assert shop.balance("M") == (Decimal(110), 56_100)
    with bind(org):
        flipped = StockEntry.objects.exclude(reversal_of=None)
        originals = StockEntry.objects.filter(source_kind="backflush", reversal_of=None)
        assert flipped.count() == originals.count()
        for entry in flipped.select_related("reversal_of"):
            was = entry.reversal_of
            assert (entry.item_id, entry.lot_id, entry.location_id) == (
                was.item_id,
                was.lot_id,
                was.location_id,
            )
            assert (entry.quantity, entry.amount_minor) == (-was.quantity, -was.amount_minor)
    assert breaches(org) == []


def test_f3_four_units_undone_return_the_edited_use_from_the_lots_it_came_from(shop: Shop) -> None:
    """7 units with 30 used instead of 28; 4 undone: 16 return, to the lot that was taken last, at its cost."""
    org = shop.organization
    material = factories.make_item(org, "M", cost=5, tracking="lot")
    for day, quantity, cost in ((1, 20, "5.10"), (2, 100, "5.40")):
        lot = factories.make_lot(
            org, material, f"L{day}", received_on=dt.date(2025, 1, day), unit_cost=Decimal(cost)
        )
        factories.set_stock(org, material, quantity, lot=lot, unit_cost=cost)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 4)])
    order = factories.make_order(org, product, 10)
    factories.make_completion(org, order, 7, reference="a")
    shop.post(shop.change(shop.draft(), "M", actual_quantity=Decimal(30)))
    factories.make_completion(org, order, -4, reference="undo")
    back = shop.draft()
    with bind(org):
        picks = back.lines.get().picks.order_by("pk").values_list("lot__code", "quantity", "unit_cost")
        assert list(picks) == [("L2", -10, Decimal("5.40")), ("L1", -6, Decimal("5.10"))]
    shop.post(back)
    assert used(shop, "M") == 14
    assert shop.balance("P")[0] == 3
    assert breaches(org) == []


# G. Money


def test_g1_costs_that_each_round_balance_to_the_cent(shop: Shop) -> None:
    org = shop.organization
    product = factories.make_product(org, "P")
    parts = [factories.make_item(org, f"M{n}", cost="0.333333") for n in range(3)]
    for part in parts:
        factories.set_stock(org, part, 100, unit_cost="0.34")
    factories.make_bom(org, product, [(part, "0.5") for part in parts])
    factories.make_completion(org, factories.make_order(org, product, 1), 1)
    posted = shop.post(shop.draft())
    assert posted.actual_cost_minor == 51
    assert shop.journal(posted) == {
        "component_inventory": -51,
        "wip_in": 51,
        "wip_out": -51,
        "finished_goods": 51,
    }
    assert breaches(org) == []


def test_g3_large_value_in_and_out_leaves_nothing(shop: Shop) -> None:
    """5,596,111,506.42 through stock, WIP and back."""
    org = shop.organization
    material = factories.make_item(org, "M", cost="5596111506.42")
    factories.set_stock(org, material, 1, unit_cost="5596111506.42")
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1)])
    factories.make_completion(org, factories.make_order(org, product, 1), 1)
    finance = factories.make_member(org, "finance")
    submitted = shop.approve(shop.submit(shop.draft()))
    approve_backflush(organization=org, backflush_id=submitted.pk, actor=finance)
    assert shop.balance("M") == (Decimal(0), 0)
    assert shop.balance("P") == (Decimal(1), 559_611_150_642)
    assert "rounding" not in shop.journal(submitted)
    take_back(shop, submitted)
    assert shop.balance("M") == (Decimal(1), 559_611_150_642)
    assert shop.balance("P") == (Decimal(0), 0)
    assert breaches(org) == []


@pytest.mark.parametrize(("code", "decimals", "minor"), [("JPY", 0, 3), ("USD", 2, 333), ("KWD", 3, 3333)])
def test_g_money_has_the_decimals_of_its_currency(code: str, decimals: int, minor: int) -> None:
    """Ten at 0.3333."""
    organization = factories.make_organization("acme", currency_code=code)
    assert organization.currency_decimals == decimals
    people = (factories.make_member(organization, role) for role in ("planner", "controller", "controller"))
    shop = Shop(organization, *people)
    material = factories.make_item(organization, "M", cost="0.3333")
    factories.set_stock(organization, material, 100, unit_cost="0.3333")
    product = factories.make_product(organization, "P")
    factories.make_bom(organization, product, [(material, 1)])
    factories.make_completion(organization, factories.make_order(organization, product, 10), 10)
    assert shop.post(shop.draft()).actual_cost_minor == minor
    assert breaches(organization) == []
