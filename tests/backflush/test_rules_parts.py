"""Rules, sections 3, 4 and 7, from the files to the books: parts, corrections, reported use, guards."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from backflush.actions.drafting import draft_backflushes
from backflush.models import Backflush, BackflushLine
from inventory.models import JournalLine, StockBalance
from production.actions.orders import reopen_order
from production.models import Completion, WorkOrder
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.files import bring, issue, report, take_back, used
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db
ITEMS = """sku,unit,kind,standard_cost,rounding_step
M1,EA,material,5,
M2,EA,material,7,
M3,EA,material,6,1
STEP,EA,material,2,1
P,EA,sku,,
"""
STOCK = "sku,location,on_hand,unit_cost,counted_at\n" + "".join(
    f"{sku},MAIN,1000,{cost},2025-11-01T08:00\n"
    for sku, cost in (("M1", 5), ("M2", 7), ("M3", 6), ("STEP", 2))
)


@pytest.fixture
def shop(db: None) -> Shop:
    shop = open_shop()
    bring(shop, "items", ITEMS)
    bring(shop, "stock", STOCK)
    return shop


def bill(shop: Shop, *rows: str) -> None:
    """Lines of P: component, usage, substitutes."""
    bring(
        shop,
        "boms",
        "parent_sku,component_sku,usage,substitute_skus\n" + "".join(f"P,{row}\n" for row in rows),
    )


def test_three_parts_of_one_take_one_nothing_and_nothing(shop: Shop) -> None:
    """0.3 a unit in whole steps: 1, 0, 0. The first reversed, the books hold 0, and the next draft takes 1."""
    bill(shop, "STEP,0.3,")
    posted = []
    for part in "abc":
        report(shop, f"W-1,P,3,1,,,,{part},2025-11-19,")
        posted.append(shop.post(shop.draft()))
    with bind(shop.organization):
        taken = [p.lines.get().actual_quantity for p in posted]
    assert taken == [1, 0, 0]
    with bind(shop.organization):
        reopen_order(WorkOrder.objects.get(), actor=shop.controller, reason="The first was wrong")
    page = factories.client_of(shop.planner)
    url = f"/o/{shop.organization.slug}/orders/W-1/"
    assert "due. The next draft" not in page.get(url).content.decode()
    take_back(shop, posted[0])
    assert used(shop, "STEP") == 0
    assert "1 EA of STEP is due. The next draft of this order takes it." in page.get(url).content.decode()
    shop.post(shop.draft())
    assert used(shop, "STEP") == 1
    assert "due. The next draft" not in page.get(url).content.decode()
    assert breaches(shop.organization) == []


def test_correction_brings_back_what_two_units_took_and_the_goods_at_their_cost(shop: Shop) -> None:
    """6 made, 2 undone: two units' worth returns, finished goods go down at the cost they came in."""
    bill(shop, "M1,2,")
    report(shop, "W-1,P,10,6,,,,a,2025-11-18,")
    first = shop.post(shop.draft())
    assert shop.balance("P") == (Decimal(6), 6_000)
    bring(shop, "costs", "sku,unit_cost,effective_from\nM1,9,2025-11-19\n")
    report(shop, "W-1,P,10,-2,,,,undo,2025-11-19,")
    undo = shop.draft()
    assert shop.lines(undo)["M1"].actual_quantity == -4
    shop.post(undo)
    assert used(shop, "M1") == 8
    assert shop.balance("M1") == (Decimal(992), 496_000)
    assert shop.balance("P") == (Decimal(4), 4_000)
    with pytest.raises(AppError, match="correction"):
        take_back(shop, first)
    assert breaches(shop.organization) == []


def test_correction_takes_the_costs_that_were_posted_last_first(shop: Shop) -> None:
    """8 at 5.00, then 4 at 9.00; five units undone are 4 at 9.00 and 6 at 5.00, one more undone 2 at 5.00."""
    bill(shop, "M1,2,")
    report(shop, "W-1,P,10,4,,,,a,2025-11-17,")
    shop.post(shop.draft())
    bring(shop, "costs", "sku,unit_cost,effective_from\nM1,9,2025-11-18\n")
    report(shop, "W-1,P,10,2,,,,b,2025-11-18,")
    shop.post(shop.draft())
    values = []
    for reference, undone in (("undo", -5), ("again", -1)):
        report(shop, f"W-1,P,10,{undone},,,,{reference},2025-11-19,")
        draft = shop.draft()
        with bind(shop.organization):
            rows = draft.lines.get().picks.order_by("pk").values_list("quantity", "unit_cost")
            values.append([(int(quantity), int(cost)) for quantity, cost in rows])
        shop.post(draft)
    assert values == [[(-4, 9), (-6, 5)], [(-2, 5)]]
    assert (used(shop, "M1"), shop.balance("P")) == (0, (Decimal(0), 0))
    assert breaches(shop.organization) == []


def test_correction_takes_goods_out_of_the_lots_they_came_into(shop: Shop) -> None:
    """6 into BATCH-1 and 2 into BATCH-2; 5 undone are 2 of BATCH-2 and 3 of BATCH-1, or 5 of the lot that is named."""
    bring(shop, "items", "sku,unit,kind,tracking\nP,EA,sku,lot\n")
    bill(shop, "M1,2,")
    header = "wo_number,sku,order_qty,completed_qty,reference,lot,completed_at\n"
    for row in ("6,a,BATCH-1,2025-11-17", "2,b,BATCH-2,2025-11-18"):
        bring(shop, "completions", header + f"W-1,P,20,{row}\n")
        shop.post(shop.draft())

    def standing() -> dict[str, tuple[Decimal, int]]:
        with bind(shop.organization):
            rows = StockBalance.objects.filter(item__sku="P").exclude(on_hand=0)
            return {lot: (q, v) for lot, q, v in rows.values_list("lot__code", "on_hand", "value_minor")}

    bring(shop, "completions", header + "W-1,P,20,-5,undo,,2025-11-19\n")
    undone = shop.post(shop.draft())
    assert standing() == {"BATCH-1": (3, 3_000)}
    take_back(shop, undone)
    assert standing() == {"BATCH-1": (6, 6_000), "BATCH-2": (2, 2_000)}
    with bind(shop.organization):
        wrong = Completion.objects.get(reference="undo")
        wrong.output_lot_code = "BATCH-1"
        save_row(wrong, actor=None, reason="the lot", fields=["output_lot_code"])
    shop.post(shop.draft())
    assert standing() == {"BATCH-1": (1, 1_000), "BATCH-2": (2, 2_000)}
    assert breaches(shop.organization) == []


def test_part_made_after_a_correction_is_reversed_freely_and_the_one_before_it_is_not(shop: Shop) -> None:
    """The correction stood before the part in the file; what counts is which was backflushed first."""
    bill(shop, "M1,2,")
    report(shop, "W-1,P,20,-1,,,,undo,2025-11-18,", "W-1,P,20,6,,,,a,2025-11-17,")
    ids = draft_backflushes(organization=shop.organization, actor=shop.planner).drafted
    first, undo = (shop.post(shop.again(pk)) for pk in ids)
    report(shop, "W-1,P,20,3,,,,b,2025-11-19,")
    later = shop.post(shop.draft())
    with pytest.raises(AppError, match=undo.number):
        take_back(shop, first)
    assert take_back(shop, later).status == "REVERSED"
    assert take_back(shop, undo).status == "REVERSED"
    assert take_back(shop, first).status == "REVERSED"
    assert breaches(shop.organization) == []


def test_correction_below_zero_is_refused(shop: Shop) -> None:
    bill(shop, "M1,2,")
    report(shop, "W-1,P,10,6,,,,a,2025-11-18,")
    with pytest.raises(AssertionError):
        report(shop, "W-1,P,10,-7,,,,undo,2025-11-19,")


def test_running_totals_are_posted_as_their_differences(shop: Shop) -> None:
    """30, 50, 50, 45: 30, 20, none, −5."""
    bill(shop, "M1,2,")
    for day, total in enumerate((30, 50, 50, 45), start=10):
        bring(
            shop,
            "completions",
            f"wo_number,sku,order_qty,completed_qty,completed_at\nW-1,P,100,{total},2025-11-{day}\n",
            mapping={"quantities": "running"},
        )
        drafted = draft_backflushes(organization=shop.organization, actor=shop.planner)
        assert drafted.refused == []
        for pk in drafted.drafted:
            shop.post(shop.again(pk))
    with bind(shop.organization):
        goods = Backflush.objects.order_by("pk").values_list("completion__good_quantity", flat=True)
        assert list(goods) == [30, 20, -5]
    assert used(shop, "M1") == 90
    assert shop.balance("P")[0] == 45
    assert breaches(shop.organization) == []


def test_overuse_in_one_part_leaves_the_next_alone_and_asks(shop: Shop) -> None:
    """10 expected and 60 used; the next part expects 10 and asks whether the 50 were its."""
    bill(shop, "M1,1,")
    report(shop, "W-1,P,55,10,,,,a,2025-11-18,")
    issue(shop, "W-1,M1,60,,,,a")
    shop.post(shop.draft())
    report(shop, "W-1,P,55,10,,,,b,2025-11-19,")
    line = shop.lines(shop.draft())["M1"]
    assert (line.expected_quantity, line.actual_quantity, line.flags) == (10, 10, ["asks_overuse"])
    assert line.terms["asked"] == {"over": "50"}


def test_use_skipped_earlier_is_asked_about_and_not_netted(shop: Shop) -> None:
    """u 1, order 55: 6 done with one component set to none, then 20 done: 20, not 22.449."""
    bill(shop, "M1,1,", "M2,1,")
    report(shop, "W-1,P,55,6,,,,a,2025-11-18,")
    shop.post(shop.change(shop.draft(), "M1", actual_quantity=Decimal(0)))
    report(shop, "W-1,P,55,20,,,,b,2025-11-19,")
    lines = shop.lines(shop.draft())
    assert {sku: line.actual_quantity for sku, line in lines.items()} == {"M1": 20, "M2": 20}
    assert (lines["M1"].flags, lines["M2"].flags) == (["asks_skipped"], [])


def test_use_with_a_reference_belongs_to_its_part_and_without_to_the_next_draft(shop: Shop) -> None:
    bill(shop, "M1,1,", "M2,1,")
    report(shop, "W-1,P,20,5,,,,a,2025-11-18,", "W-1,P,20,5,,,,b,2025-11-19,")
    issue(shop, "W-1,M1,7,,,,b", "W-1,M2,6,,,,")
    draft_backflushes(organization=shop.organization, actor=shop.planner)
    with bind(shop.organization):
        found = list(
            BackflushLine.objects.order_by("backflush_id", "position").values_list(
                "backflush__completion__reference", "item__sku", "actual_quantity"
            )
        )
    assert found == [("a", "M1", 5), ("a", "M2", 6), ("b", "M1", 7), ("b", "M2", 5)]


def test_report_of_zero_is_a_report(shop: Shop) -> None:
    bill(shop, "M1,1,", "M2,1,")
    report(shop, "W-1,P,5,5,,,,,2025-11-18,")
    issue(shop, "W-1,M1,0,,,,")
    lines = shop.lines(shop.draft())
    assert (lines["M1"].actual_quantity, lines["M1"].usage_minor, lines["M2"].actual_quantity) == (
        0,
        -2_500,
        5,
    )


def test_inputs_of_one_item_share_its_use_in_order(shop: Shop) -> None:
    """Lines of 10 and 20, 25 reported: 10 and 15."""
    bill(shop, "M1,1,", "M1,2,")
    report(shop, "W-1,P,10,10,,,,,2025-11-18,")
    issue(shop, "W-1,M1,25,,,,")
    with bind(shop.organization):
        pass
    draft = shop.draft()
    with bind(shop.organization):
        assert list(draft.lines.order_by("position").values_list("actual_quantity", flat=True)) == [10, 15]


def test_substitutes_share_what_the_item_left(shop: Shop) -> None:
    """20 expected; 12 of M1, 4 of M2 (f = 2) and 9 of M3 (f = 1): shares 12, 2, 6; 3 of M3 are usage."""
    bill(shop, "M1,2,M2=2; M3")
    report(shop, "W-1,P,10,10,,,,,2025-11-18,")
    issue(shop, "W-1,M1,12,,,,", "W-1,M2,4,,M1,2,", "W-1,M3,9,,M1,,")
    lines = shop.lines(shop.draft())
    assert {s: (i.standard_quantity, i.actual_quantity, i.usage_minor) for s, i in lines.items()} == {
        "M1": (12, 12, 0),
        "M2": (4, 4, 0),
        "M3": (6, 9, 1_800),
    }
    assert [lines[s].substitution_minor for s in ("M1", "M2", "M3")] == [0, 1_800, 600]
    posted = shop.post(shop.again(next(iter(lines.values())).backflush_id))
    assert posted.variance_minor == 4_200
    assert breaches(shop.organization) == []


@pytest.mark.parametrize("way", ["report", "edit"])
def test_worked_example_of_the_variances(shop: Shop, way: str) -> None:
    """2 of M1 a unit, 10 good, 21 of M2 used instead: substitution 40.00 U, usage 7.00 U, 47.00 U in all."""
    bill(shop, "M1,2,")
    report(shop, "W-1,P,10,10,,,,,2025-11-18,")
    if way == "report":
        issue(shop, "W-1,M2,21,,M1,1,")
        draft = shop.draft()
    else:
        with bind(shop.organization):
            from inventory.models import Item

            other = Item.objects.get(sku="M2")
        draft = shop.change(shop.draft(), "M1", item_used_id=other.pk, actual_quantity=Decimal(21))
    (line,) = shop.lines(draft).values()
    assert (line.item.sku, line.stands_in_for.sku) == ("M2", "M1")
    assert (line.substitution_minor, line.scrap_minor, line.usage_minor, line.price_minor) == (
        4_000,
        0,
        700,
        0,
    )
    assert line.variance_minor == 4_700
    shop.post(draft)
    assert (used(shop, "M1"), used(shop, "M2")) == (0, 21)


def test_substitute_is_rounded_once_over_the_parts(shop: Shop) -> None:
    """1 a unit, f 0.5, step 1 up: three parts of one take 1, 0 and 1 of it, as the whole would take 2."""
    bill(shop, "M1,1,M3=0.5")
    taken = []
    for part in "abc":
        report(shop, f"W-1,P,3,1,,,,{part},2025-11-19,")
        issue(shop, f"W-1,M3,1,,M1,0.5,{part}")
        draft = shop.draft()
        taken.append(shop.lines(draft)["M3"].standard_quantity)
        shop.post(draft)
    assert taken == [1, 0, 1]
    assert breaches(shop.organization) == []


def test_whole_order_without_quantity_and_reference_is_final(shop: Shop) -> None:
    """118 good and 2 lost of 120 is complete: posted, the order is closed."""
    bill(shop, "M1,1,")
    report(shop, "W-1,P,120,118,2,SETUP,,,2025-11-18,")
    shop.post(shop.draft())
    with bind(shop.organization):
        order = WorkOrder.objects.get()
    assert (order.is_closed, order.status) == (True, "COMPLETED")
    with pytest.raises(AssertionError, match="ALREADY_BACKFLUSHED"):
        report(shop, "W-1,P,120,1,,,,more,2025-11-19,")


def test_units_scrapped_downstream_carry_their_upstream_cost_in_the_journal(shop: Shop) -> None:
    """5.00 a unit upstream, 5 scrapped downstream: 25.00, and WIP ends at zero."""
    bring(shop, "operations", "sku,operation,backflush_point\nP,10,yes\nP,20,yes\n")
    bring(shop, "boms", "parent_sku,component_sku,usage,operation\nP,M1,1,10\nP,STEP,1,20\n")
    report(shop, "W-1,P,10,10,,,10,,2025-11-18,")
    shop.post(shop.draft())
    report(shop, "W-1,P,10,5,5,SETUP,20,,2025-11-19,yes")
    last = shop.draft()
    assert (last.upstream_scrap_minor, last.weight_minor) == (2_500, 1_000 + 2_500)
    shop.post(last)
    with bind(shop.organization):
        assert JournalLine.objects.filter(role="wip").aggregate(sum=Sum("amount_minor"))["sum"] == 0
    assert breaches(shop.organization) == []


def test_use_of_an_order_of_two_outputs_goes_to_the_one_whose_recipe_names_it(shop: Shop) -> None:
    """P of M1 and Q of M2, reported together: neither takes the other's use as an extra."""
    bring(shop, "items", "sku,unit,kind\nQ,EA,sku\n")
    bring(shop, "boms", "parent_sku,component_sku,usage\nP,M1,1\nQ,M2,1\n")
    orders = "wo_number,sku,quantity,status\nW-1,P,10,Released\nW-1,Q,10,Released\n"
    bring(shop, "work_orders", orders)
    report(shop, "W-1,P,10,10,,,,,2025-11-18,", "W-1,Q,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,M1,12,,,,", "W-1,M2,13,,,,", "W-1,M3,1,,,,")
    draft_backflushes(organization=shop.organization, actor=shop.planner)
    with bind(shop.organization):
        found = BackflushLine.objects.order_by("backflush_id", "position").values_list(
            "backflush__completion__output__item__sku", "item__sku", "actual_quantity", "expected_quantity"
        )
        assert list(found) == [("P", "M1", 12, 10), ("P", "M3", 1, 0), ("Q", "M2", 13, 10)]


def test_use_of_an_item_issued_by_hand_is_compared_with_what_became_due(shop: Shop) -> None:
    """No line without a report; the report of the second part meets what is due of both."""
    bring(shop, "boms", "parent_sku,component_sku,usage,supply\nP,M1,1,\nP,M2,2,hand\n")
    report(shop, "W-1,P,20,5,,,,a,2025-11-18,")
    first = shop.draft()
    assert set(shop.lines(first)) == {"M1"}
    shop.post(first)
    report(shop, "W-1,P,20,5,,,,b,2025-11-19,")
    issue(shop, "W-1,M2,21,,,,")
    line = shop.lines(shop.draft())["M2"]
    assert (line.expected_quantity, line.actual_quantity, line.usage_minor) == (20, 21, 700)


def test_component_that_is_not_on_the_bill_is_all_usage(shop: Shop) -> None:
    bill(shop, "M1,1,")
    report(shop, "W-1,P,5,5,,,,,2025-11-18,")
    issue(shop, "W-1,M1,5,,,,", "W-1,M2,3,,,,")
    line = shop.lines(shop.draft())["M2"]
    assert (line.expected_quantity, line.usage_minor, line.flags) == (0, 2_100, ["extra"])
    assert line.is_beyond_tolerance


def test_report_that_comes_after_the_draft_makes_it_stale_and_is_taken_by_recomputing(shop: Shop) -> None:
    from approvals.actions.recomputing import recompute

    bill(shop, "M1,1,")
    report(shop, "W-1,P,5,5,,,,a,2025-11-18,")
    submitted = shop.submit(shop.draft())
    issue(shop, "W-1,M1,7,,,,a")
    with pytest.raises(AppError) as caught:
        shop.approve(submitted)
    assert caught.value.code == "STALE_DRAFT"
    recompute(organization=shop.organization, backflush_id=submitted.pk, actor=shop.planner)
    again = shop.again(submitted.pk)
    assert (again.status, shop.lines(again)["M1"].actual_quantity) == ("RETURNED", 7)
    posted = shop.post(again)
    take_back(shop, posted)
    assert shop.lines(shop.draft())["M1"].actual_quantity == 7
