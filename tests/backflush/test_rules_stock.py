"""Rules, sections 5, 6 and 8, from the files to the books: costs, tolerances, lots, places, shortages, receipts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.submitting import submit_backflush
from backflush.actions.editing import LotChoice
from backflush.actions.submitting import mark_submitted
from backflush.models import Backflush, LotPick
from backflush.queries.recall import made_from, made_of
from inventory.models import Item, JournalLine, Location, Lot, StockEntry, StockException
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.files import bring, issue, report, take_back, used
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db
AT = "2025-11-01T08:00"


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


def items(shop: Shop, *rows: str) -> None:
    """sku, tracking, negative policy, standard cost, supply location; P is what is made."""
    bring(
        shop,
        "items",
        "sku,unit,kind,tracking,negative_policy,standard_cost,location\n"
        + "".join("{},EA,material,{},{},{},{}\n".format(*row.split(",")) for row in rows)
        + "P,EA,sku,none,,,\n",
    )


def bill(shop: Shop, *rows: str) -> None:
    bring(shop, "boms", "parent_sku,component_sku,usage,line_type\n" + "".join(f"P,{r}\n" for r in rows))


def stock(shop: Shop, *rows: str) -> None:
    """sku, location, lot, on hand, unit cost, received, expires."""
    bring(
        shop,
        "stock",
        "sku,location,lot,on_hand,unit_cost,received_on,expires_on,counted_at\n"
        + "".join(f"{row},{AT}\n" for row in rows),
    )


def picks(shop: Shop, backflush: Backflush) -> list[tuple[str, str, Decimal]]:
    with bind(shop.organization):
        found = LotPick.objects.filter(line__backflush=backflush).order_by("pk")
        return [
            (place, lot or "", quantity)
            for place, lot, quantity in found.values_list("location__code", "lot__code", "quantity")
        ]


# Section 5: unknown costs, tolerance, minor units


def test_cost_of_zero_in_an_items_file_is_no_cost_and_in_a_costs_file_free(shop: Shop) -> None:
    items(shop, "A,none,,0,", "B,none,,,")
    bring(shop, "costs", "sku,unit_cost\nB,0\n")
    bill(shop, "A,1,", "B,1,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    draft = shop.draft()
    lines = shop.lines(draft)
    assert (lines["A"].standard_unit_cost, lines["B"].standard_unit_cost) == (None, 0)
    assert ("no_cost" in lines["A"].flags, "no_cost" in lines["B"].flags) == (True, False)
    assert draft.unknown_cost_count == 1


def test_missing_standard_takes_the_lots_cost_and_makes_no_variance(shop: Shop) -> None:
    items(shop, "A,lot,,,")
    bill(shop, "A,1,")
    stock(shop, "A,MAIN,L1,6,4.00,2025-10-01,", "A,MAIN,L2,20,4.50,2025-10-02,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    posted = shop.post(shop.draft())
    assert (posted.actual_cost_minor, posted.standard_cost_minor, posted.variance_minor) == (4_200, 4_200, 0)
    assert shop.balance("P") == (Decimal(10), 4_200)
    assert breaches(shop.organization) == []


def test_substitute_for_an_item_without_a_cost_makes_no_substitution_variance(shop: Shop) -> None:
    items(shop, "A,none,,,", "B,none,,7,")
    bill(shop, "A,2,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,B,21,,A,,")
    line = shop.lines(shop.draft())["B"]
    assert (line.substitution_minor, line.usage_minor, line.standard_cost_minor) == (0, 700, 14_000)


def test_item_without_any_cost_is_judged_on_percent_alone(shop: Shop) -> None:
    shop.organization.tolerance_percent = Decimal(5)
    shop.organization.tolerance_minor = 1_000_000
    save_row(shop.organization, actor=None, reason="rules", fields=["tolerance_percent", "tolerance_minor"])
    items(shop, "A,none,,,", "B,none,,5,")
    bill(shop, "A,1,", "B,1,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,A,11,,,,", "W-1,B,11,,,,")
    lines = shop.lines(shop.draft())
    assert (lines["A"].is_beyond_tolerance, lines["B"].is_beyond_tolerance) == (True, False)


def test_difference_below_one_step_needs_no_reason_but_counts(shop: Shop) -> None:
    items(shop, "A,none,,5,")
    with bind(shop.organization):
        item = Item.objects.get(sku="A")
        item.rounding_step = Decimal(1)
        save_row(item, actor=None, reason="rules", fields=["rounding_step"])
    bill(shop, "A,1,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,A,10.4,,,,")
    line = shop.lines(shop.draft())["A"]
    assert (line.is_beyond_tolerance, line.usage_minor) == (False, 200)


def test_picks_line_and_journal_are_one_number_to_the_cent(shop: Shop) -> None:
    """3 lots at 0.333333 cost 1.00, as 0.33, 0.33 and 0.34."""
    items(shop, "A,lot,,0.333333,")
    bill(shop, "A,3,")
    stock(shop, *(f"A,MAIN,L{n},1.5,0.333333,2025-10-0{n}," for n in (1, 2, 3)))
    with bind(shop.organization):
        assert StockEntry.objects.count() == 3
    report(shop, "W-1,P,1,1,,,,,2025-11-19,")
    draft = shop.draft()
    with bind(shop.organization):
        amounts = list(LotPick.objects.order_by("pk").values_list("quantity", "amount_minor"))
    assert amounts == [(Decimal("1.5"), 50), (Decimal("1.5"), 50)]
    posted = shop.post(draft)
    assert posted.actual_cost_minor == 100
    assert shop.journal(posted)["component_inventory"] == -100
    assert breaches(shop.organization) == []


# Section 6: lots and places


def test_oldest_lot_goes_first_and_expiry_where_the_organization_says_so() -> None:
    for order, first in (("fifo", "OLD"), ("fefo", "SOON")):
        shop = open_shop(order, lot_order=order)
        items(shop, "A,lot,,5,")
        bill(shop, "A,1,")
        stock(shop, "A,MAIN,OLD,5,5,2025-09-01,2026-12-31", "A,MAIN,SOON,5,5,2025-10-01,2026-01-31")
        report(shop, "W-1,P,10,4,,,,,2025-11-19,")
        assert picks(shop, shop.draft()) == [("MAIN", first, 4)]


def test_supply_location_goes_first_then_the_others_in_their_order(shop: Shop) -> None:
    items(shop, "A,none,,5,LINE")
    bill(shop, "A,1,")
    stock(shop, "A,LINE,,3,5,,", "A,BACK,,4,5,,", "A,ANNEX,,9,5,,")
    with bind(shop.organization):
        for code, order in (("BACK", 1), ("ANNEX", 2)):
            place = Location.objects.get(code=code)
            place.pick_order = order
            save_row(place, actor=None, reason="rules", fields=["pick_order"])
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    draft = shop.draft()
    assert picks(shop, draft) == [("LINE", "", 3), ("BACK", "", 4), ("ANNEX", "", 3)]
    shop.post(draft)
    assert used(shop, "A") == 10
    assert breaches(shop.organization) == []


def test_reported_lot_goes_first_and_the_rest_follows_the_usual_order(shop: Shop) -> None:
    items(shop, "A,lot,,5,")
    bill(shop, "A,1,")
    stock(shop, "A,MAIN,L1,9,5,2025-09-01,", "A,MAIN,L2,4,5,2025-10-01,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,A,10,L2,,,")
    draft = shop.draft()
    assert picks(shop, draft) == [("MAIN", "L2", 4), ("MAIN", "L1", 6)]
    assert "lot_short" in shop.lines(draft)["A"].flags


def test_chosen_lots_are_taken_as_chosen(shop: Shop) -> None:
    items(shop, "A,lot,,5,")
    bill(shop, "A,1,")
    stock(shop, "A,MAIN,L1,9,5,2025-09-01,", "A,MAIN,L2,9,5,2025-10-01,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    draft = shop.draft()
    with bind(shop.organization):
        lots = {lot.code: lot.pk for lot in Lot.objects.all()}
    shop.change(
        draft, "A", lots=[LotChoice(lots["L2"], None, Decimal(7)), LotChoice(lots["L1"], None, Decimal(3))]
    )
    assert picks(shop, draft) == [("MAIN", "L2", 7), ("MAIN", "L1", 3)]
    shop.post(shop.again(draft.pk))
    assert breaches(shop.organization) == []


def test_lot_gives_nothing_less_than_zero(shop: Shop) -> None:
    """10 of one and -5 of another add up to 5, and would have put 5 on the shelf."""
    items(shop, "A,lot,,5,")
    bill(shop, "A,1,")
    stock(shop, "A,MAIN,L1,20,5,2025-09-01,", "A,MAIN,L2,20,5,2025-10-01,")
    report(shop, "W-1,P,5,5,,,,,2025-11-19,")
    draft = shop.draft()
    with bind(shop.organization):
        lots = {lot.code: lot.pk for lot in Lot.objects.all()}
    chosen = [LotChoice(lots["L1"], None, Decimal(-5)), LotChoice(lots["L2"], None, Decimal(10))]
    with pytest.raises(AppError, match="nothing less than zero"):
        shop.change(draft, "A", lots=chosen)
    assert picks(shop, draft) == [("MAIN", "L1", 5)]


@pytest.mark.parametrize("quantity", [-2, 2])
def test_lot_chosen_for_what_comes_back_takes_it(shop: Shop, quantity: int) -> None:
    items(shop, "A,lot,,5,")
    bill(shop, "A,1,")
    stock(shop, "A,MAIN,L1,6,5,2025-09-01,", "A,MAIN,L2,9,5,2025-10-01,")
    report(shop, "W-1,P,20,10,,,,A,2025-11-19,")
    shop.post(shop.draft())
    report(shop, "W-1,P,20,-2,,,,B,2025-11-19,")
    draft = shop.draft()
    assert picks(shop, draft) == [("MAIN", "L2", -2)]
    with bind(shop.organization):
        first = Lot.objects.get(code="L1").pk
    shop.change(draft, "A", lots=[LotChoice(first, None, Decimal(quantity))])
    assert picks(shop, draft) == [("MAIN", "L1", -2)]
    shop.post(shop.again(draft.pk))
    assert breaches(shop.organization) == []


def test_serials_are_one_each_and_reported_ones_are_those_taken(shop: Shop) -> None:
    items(shop, "A,serial,,5,")
    bill(shop, "A,1,")
    stock(shop, *(f"A,MAIN,S{n},1,5,2025-09-01," for n in range(1, 5)))
    report(shop, "W-1,P,2,2,,,,,2025-11-19,")
    draft = shop.draft()
    assert "serial_missing" in shop.lines(draft)["A"].flags
    with pytest.raises(AppError, match="serial numbers"):
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    with bind(shop.organization):
        lots = {lot.code: lot.pk for lot in Lot.objects.all()}
    shop.change(
        draft, "A", lots=[LotChoice(lots["S2"], None, Decimal(1)), LotChoice(lots["S4"], None, Decimal(1))]
    )
    shop.post(shop.again(draft.pk))
    assert picks(shop, draft) == [("MAIN", "S2", 1), ("MAIN", "S4", 1)]


def test_block_refuses_the_submission_with_every_short_component(shop: Shop) -> None:
    items(shop, "A,none,block,5,", "B,lot,block,5,", "C,none,warn,5,")
    bill(shop, "A,1,", "B,2,", "C,1,")
    stock(shop, "A,MAIN,,4,5,,", "B,MAIN,L1,20,5,2025-09-01,", "C,MAIN,,1,5,,")
    report(shop, "W-1,P,15,15,,,,,2025-11-19,")
    draft = shop.draft()
    with pytest.raises(AppError) as caught:
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    assert caught.value.code == "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"
    assert caught.value.details == [
        {"item": "A", "required": "15", "available": "4"},
        {"item": "B", "required": "30", "available": "20"},
    ]


def test_blocked_draft_is_stale_once_stock_has_come(shop: Shop) -> None:
    """The remedy is then to compute it again; the old shortage is not repeated."""
    items(shop, "A,none,block,5,")
    bill(shop, "A,1,")
    stock(shop, "A,MAIN,,4,5,,")
    report(shop, "W-1,P,15,15,,,,,2025-11-19,")
    draft = shop.draft()
    stock(shop, "A,MAIN,,15,5,,")
    with pytest.raises(AppError) as caught:
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    assert caught.value.code == "STALE_DRAFT"
    assert shop.post(shop.again(draft.pk)).status == "POSTED"


def test_marking_drafts_submitted_tells_the_short_from_those_that_stock_has_eased(shop: Shop) -> None:
    items(shop, "A,none,block,5,", "B,none,block,5,")
    for sku, number in (("A", "W-1"), ("B", "W-2")):
        product = factories.make_product(shop.organization, f"P-{sku}")
        with bind(shop.organization):
            part = Item.objects.get(sku=sku)
        factories.make_bom(shop.organization, product, [(part, 1)])
        factories.set_stock(shop.organization, part, 4, unit_cost=5)
        factories.make_completion(
            shop.organization, factories.make_order(shop.organization, product, 15, number), 15
        )
    drafts = [shop.draft(order_numbers=[number]).pk for number in ("W-1", "W-2")]
    with bind(shop.organization):
        factories.set_stock(shop.organization, Item.objects.get(sku="A"), 11, unit_cost=5)
        result = mark_submitted(
            organization=shop.organization, backflush_ids=drafts, actor=shop.planner, note=""
        )
    assert [(pk, error.code) for pk, error in result.refused] == [
        (drafts[0], "STALE_DRAFT"),
        (drafts[1], "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"),
    ]
    assert (result.submitted, result.checked) == ([], [])


def test_warned_shortage_opens_an_exception_on_the_first_place_and_no_lot(shop: Shop) -> None:
    items(shop, "A,lot,warn,5,LINE")
    bill(shop, "A,1,")
    stock(shop, "A,MAIN,L1,4,5,2025-09-01,", "A,LINE,L2,1,5,2025-09-02,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    draft = shop.draft()
    assert picks(shop, draft) == [("LINE", "L2", 1), ("MAIN", "L1", 4), ("LINE", "", 5)]
    shop.post(draft)
    with bind(shop.organization):
        row = StockException.objects.get()
        assert (row.quantity, row.kind, row.entry.location.code, row.entry.lot) == (5, "short", "LINE", None)
    assert breaches(shop.organization) == []


def test_item_that_no_file_named_is_unknown_and_never_short(shop: Shop) -> None:
    items(shop, "A,none,block,5,", "B,none,block,5,")
    bill(shop, "A,1,", "B,1,")
    stock(shop, "B,MAIN,,50,5,,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    draft = shop.draft()
    assert shop.lines(draft)["A"].flags == ["stock_unknown"]
    assert shop.post(draft).status == "POSTED"


def test_output_lot_is_linked_to_the_lots_that_went_into_it(shop: Shop) -> None:
    """A recall walks from the lot of a component to the lots made of it, and back."""
    items(shop, "A,lot,,5,")
    bring(shop, "items", "sku,tracking\nP,lot\n")
    bill(shop, "A,1,")
    stock(shop, "A,MAIN,L1,12,5,2025-09-01,", "A,MAIN,L2,20,5,2025-10-01,")
    header = "wo_number,sku,order_qty,completed_qty,reference,lot,completed_at\n"
    for part, lot in (("a", "BATCH-1"), ("b", "BATCH-2")):
        bring(shop, "completions", header + f"W-1,P,20,10,{part},{lot},2025-11-19\n")
        shop.post(shop.draft())
    with bind(shop.organization):
        lots = {lot.code: lot for lot in Lot.objects.all()}
        assert [(row.lot, row.quantity) for row in made_of(lots["BATCH-1"])] == [("L1", 10)]
        assert [(row.lot, row.quantity) for row in made_of(lots["BATCH-2"])] == [("L1", 2), ("L2", 8)]
        assert [(row.lot, row.quantity) for row in made_from(lots["L1"])] == [("BATCH-1", 10), ("BATCH-2", 2)]
    page = factories.client_of(shop.planner).get(f"/o/{shop.organization.slug}/stock/lots/{lots['L1'].pk}/")
    assert "BATCH-2" in page.content.decode()
    with bind(shop.organization):
        second = Backflush.objects.latest("pk")
    take_back(shop, second)
    with bind(shop.organization):
        assert [row.lot for row in made_from(lots["L1"])] == ["BATCH-1"]
        assert made_of(lots["BATCH-2"]) == []


def test_recall_crosses_the_points_of_a_route(shop: Shop) -> None:
    """The blank was taken at operation 10, the goods came in at 20: its lot still leads to theirs."""
    items(shop, "A,lot,,5,", "B,none,,1,")
    bring(shop, "items", "sku,tracking\nP,lot\n")
    bring(shop, "operations", "sku,operation,backflush_point\nP,10,yes\nP,20,yes\n")
    bring(shop, "boms", "parent_sku,component_sku,usage,operation\nP,A,1,10\nP,B,1,20\n")
    stock(shop, "A,MAIN,L1,12,5,2025-09-01,", "B,MAIN,,50,1,,")
    header = "wo_number,sku,order_qty,completed_qty,operation,lot,completed_at\n"
    for operation, lot in ((10, ""), (20, "BATCH-1")):
        bring(shop, "completions", header + f"W-1,P,5,5,{operation},{lot},2025-11-19\n")
        shop.post(shop.draft())
    with bind(shop.organization):
        lots = {lot.code: lot for lot in Lot.objects.all()}
        assert [(row.sku, row.lot) for row in made_of(lots["BATCH-1"])] == [("A", "L1"), ("B", "")]
        assert [row.lot for row in made_from(lots["L1"])] == ["BATCH-1"]


# Section 8: receipts and the journal


def test_receipt_is_material_and_conversion_and_the_by_products_value_comes_out(shop: Shop) -> None:
    items(shop, "A,none,,5,", "D,none,,1,")
    bill(shop, "A,2,", "D,0.5,byproduct")
    stock(shop, "A,MAIN,,100,5.10,,")
    bring(
        shop,
        "work_orders",
        "wo_number,sku,quantity,status,conversion_cost\nW-1,P,8,Released,2.50\n",
    )
    report(shop, "W-1,P,8,8,,,,,2025-11-19,")
    posted = shop.post(shop.draft())
    assert shop.journal(posted) == {
        "component_inventory": -8_000,
        "byproduct_inventory": 400,
        "conversion_absorbed": -2_000,
        "wip_in": 9_600,
        "wip_out": -9_600,
        "finished_goods": 9_600,
    }
    assert shop.balance("P") == (Decimal(8), 9_600)
    assert shop.balance("D") == (Decimal(4), 400)
    assert breaches(shop.organization) == []


@pytest.mark.parametrize(("at", "value"), [("actual", 10_200), ("standard", 10_000)])
def test_finished_goods_come_in_at_actual_or_at_standard(at: str, value: int) -> None:
    shop = open_shop(finished_goods_at=at)
    items(shop, "A,lot,,5,")
    bill(shop, "A,2,")
    stock(shop, "A,MAIN,L1,100,5.10,2025-09-01,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    posted = shop.post(shop.draft())
    assert shop.balance("P") == (Decimal(10), value)
    with bind(shop.organization):
        assert JournalLine.objects.filter(role="wip").aggregate(sum=Sum("amount_minor"))["sum"] == 0
    take_back(shop, posted)
    assert (shop.balance("P"), shop.balance("A")) == ((Decimal(0), 0), (Decimal(100), 51_000))
    assert breaches(shop.organization) == []


def test_finished_goods_used_already_are_taken_back_by_their_items_policy(shop: Shop) -> None:
    items(shop, "A,none,,5,")
    bring(shop, "items", "sku,unit,kind,negative_policy\nQ,EA,sku,\n")
    with bind(shop.organization):
        item = Item.objects.get(sku="P")
        item.negative_policy = "block"
        save_row(item, actor=None, reason="rules", fields=["negative_policy"])
    bill(shop, "A,1,")
    bring(shop, "boms", "parent_sku,component_sku,usage\nQ,P,1\n")
    stock(shop, "A,MAIN,,100,5,,")
    report(shop, "W-1,P,10,10,,,,,2025-11-18,")
    first = shop.post(shop.draft())
    report(shop, "W-2,Q,4,4,,,,,2025-11-19,")
    shop.post(shop.draft())
    with pytest.raises(AppError) as caught:
        take_back(shop, first)
    assert caught.value.details == [{"item": "P", "required": "10", "available": "6"}]
