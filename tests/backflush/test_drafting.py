"""Drafts: what is computed, what is refused, what parts hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from approvals.actions.reversing import reverse
from backflush.actions.drafting import draft_backflushes
from backflush.models import Backflush, BackflushLine, LotPick
from inventory.models import Item
from tests import factories
from tests.backflush.shop import open_shop, simple_order

pytestmark = pytest.mark.django_db


def test_draft_takes_standard_and_scrap() -> None:
    shop = open_shop()
    simple_order(shop, good=8, scrap=2)
    line = shop.lines(shop.draft())["M"]
    assert (line.standard_quantity, line.scrap_quantity, line.actual_quantity) == (16, 4, 20)
    assert (line.standard_cost_minor, line.scrap_minor, line.variance_minor) == (8000, 2000, 2000)


def test_parts_hold_cumulative_targets_and_each_is_due_once() -> None:
    """Usage 0.3, step 1 up, three parts of one: 1, 0, 0. Reverse the first: the next draft takes 1."""
    shop = open_shop()
    org = shop.organization
    material = factories.make_item(org, "M", cost=5, rounding_step=Decimal(1), rounding_direction="up")
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, "0.3")])
    factories.set_stock(org, material, 100, unit_cost=5)
    order = factories.make_order(org, product, 10)
    documents = []
    for reference in ("A", "B", "C"):
        factories.make_completion(org, order, 1, reference=reference)
        documents.append(shop.post(shop.draft()))
    assert [shop.lines(d)["M"].actual_quantity for d in documents] == [1, 0, 0]
    reverse(
        organization=org, backflush_id=documents[0].pk, actor=shop.other_controller, reason="Counted twice"
    )
    assert shop.lines(shop.draft())["M"].actual_quantity == 1


def test_parts_drafted_together_add_up_to_the_whole() -> None:
    shop = open_shop()
    org = shop.organization
    material = factories.make_item(
        org, "M", cost="1.11", rounding_step=Decimal("0.1"), rounding_direction="up"
    )
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, "0.37")])
    factories.set_stock(org, material, 100, unit_cost="1.11")
    order = factories.make_order(org, product, 100)
    for part in range(7):
        factories.make_completion(org, order, 3 + part, reference=f"R{part}")
    result = draft_backflushes(organization=org, actor=shop.planner)
    assert len(result.drafted) == 7
    with bind(org):
        total = sum(BackflushLine.objects.values_list("actual_quantity", flat=True))
    assert total == Decimal("15.6")  # 42 × 0.37 = 15.54, up to 0.1


def test_use_beyond_expected_leaves_the_next_part_alone() -> None:
    """u 1, order 55: 6 done with the component set to none, then 20 done: 20."""
    shop = open_shop()
    order = simple_order(shop, quantity=55, good=6, usage=1)
    first = shop.change(shop.draft(), "M", actual_quantity=Decimal(0))
    shop.post(first)
    factories.make_completion(shop.organization, order, 20, reference="second")
    assert shop.lines(shop.draft())["M"].actual_quantity == 20


def test_picks_of_a_draft_are_not_offered_to_the_next() -> None:
    shop = open_shop()
    org = shop.organization
    material = factories.make_item(org, "M", cost=5, tracking="lot")
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1)])
    lots = []
    for n in (1, 2):
        lots.append(
            factories.make_lot(org, material, f"L{n}", received_on=factories.NOON.date().replace(day=n))
        )
        factories.set_stock(org, material, 10, lot=lots[-1], unit_cost=5)
    for number in ("WO-1", "WO-2"):
        order = factories.make_order(org, product, 8, number)
        factories.make_completion(org, order, 8)
    draft_backflushes(organization=org, actor=shop.planner)
    with bind(org):
        taken = list(
            LotPick.objects.order_by("line__backflush_id", "id").values_list(
                "line__backflush__completion__output__work_order__number", "lot__code", "quantity"
            )
        )
    assert taken == [("WO-1", "L1", 8), ("WO-2", "L1", 2), ("WO-2", "L2", 6)]


def test_completion_with_a_live_document_is_refused() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.draft()
    result = draft_backflushes(
        organization=shop.organization, actor=shop.planner, completion_ids=[draft.completion_id]
    )
    assert result.drafted == []


def test_second_live_document_is_refused_by_the_database() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.draft()
    second = Backflush(
        organization=shop.organization, completion_id=draft.completion_id, number="X", fingerprint="x"
    )
    refused = pytest.raises(IntegrityError, match="backflush_one_live_per_completion")
    with bind(shop.organization), refused, transaction.atomic():
        second.save()


@pytest.mark.parametrize("status", ["DRAFT", "ENTERED", "PLACED", "CANCELLED"])
def test_order_that_is_not_in_progress_is_refused_with_its_state(status: str) -> None:
    shop = open_shop()
    org = shop.organization
    material = factories.make_item(org, "M", cost=5)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1)])
    order = factories.make_order(org, product, 5, "WO-1", status=status)
    factories.make_completion(org, order, 5)
    assert draft_backflushes(organization=org, actor=shop.planner).drafted == []
    result = draft_backflushes(organization=org, actor=shop.planner, order_numbers=["WO-1"])
    assert [error.code for _, error in result.refused] == ["INVALID_WORK_ORDER_STATE"]


def test_product_without_a_bill_is_refused_by_name_and_others_go_on() -> None:
    shop = open_shop()
    simple_order(shop)
    bare = factories.make_product(shop.organization, "BARE")
    order = factories.make_order(shop.organization, bare, 5)
    factories.make_completion(shop.organization, order, 5)
    result = draft_backflushes(organization=shop.organization, actor=shop.planner)
    assert len(result.drafted) == 1
    [(_, error)] = result.refused
    assert error.code == "NO_BILL_OF_MATERIALS"
    assert "BARE" in error.message


@pytest.mark.parametrize(("good", "usage"), [("999999999999", 2), ("900000000000", 1)])
def test_completion_beyond_what_the_books_hold_is_refused_by_itself(good: str, usage: int) -> None:
    """Too many pieces, or too much money."""
    shop = open_shop()
    simple_order(shop)
    screw = factories.make_item(shop.organization, "SCREW", cost=50_000)
    crate = factories.make_product(shop.organization, "CRATE")
    factories.make_bom(shop.organization, crate, [(screw, usage)])
    order = factories.make_order(shop.organization, crate, 5, "WO-HUGE")
    factories.make_completion(shop.organization, order, good)
    result = draft_backflushes(organization=shop.organization, actor=shop.planner)
    assert len(result.drafted) == 1
    [(_, error)] = result.refused
    assert (error.code, error.details["work_order"]) == ("INVALID", "WO-HUGE")
    assert "more than the books hold" in error.message


def test_who_may_not_draft_is_refused() -> None:
    shop = open_shop()
    simple_order(shop)
    with pytest.raises(AppError) as caught:
        draft_backflushes(organization=shop.organization, actor=shop.controller)
    assert caught.value.code == "FORBIDDEN"


def test_drafting_costs_the_same_queries_for_one_order_and_for_many() -> None:
    shop = open_shop()
    org = shop.organization
    simple_order(shop)
    with CaptureQueriesContext(connection) as one:
        shop.draft()
    with bind(org):
        product = Item.objects.get(sku="P")
    for n in range(12):
        order = factories.make_order(org, product, 5, f"MANY-{n}")
        factories.make_completion(org, order, 5)
    with CaptureQueriesContext(connection) as many:
        draft_backflushes(organization=org, actor=shop.planner)
    assert len(many) <= len(one) + 2


def test_every_row_of_a_draft_has_history_with_its_author() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.draft()
    with bind(shop.organization):
        for model in (Backflush, BackflushLine, LotPick):
            rows = list(
                model.history.values_list("id", "history_type", "history_user_id", "history_change_reason")
            )
            authors = {(kind, user, reason) for _, kind, user, reason in rows}
            assert authors == {("+", shop.planner.pk, "Drafted")}
            assert {row[0] for row in rows} == set(model.objects.values_list("pk", flat=True))
    assert draft.involved_user_ids == [shop.planner.pk]


def test_named_order_of_which_nothing_waits_is_refused_in_words() -> None:
    shop = open_shop()
    org = shop.organization
    order = simple_order(shop, good=8)
    bare = factories.make_order(org, factories.make_product(org), number="WO-BARE")
    number = shop.draft().number
    again = draft_backflushes(
        organization=org, actor=shop.planner, order_numbers=[order.number, bare.number, "WO-NONE"]
    )
    assert again.drafted == []
    assert {error.message.split(",")[0]: error.code for error in again.problems} == {
        f"{order.number} is backflushed already": "ALREADY_BACKFLUSHED",
        "Nothing is reported as built on WO-BARE yet.": "INVALID",
        "There is no work order WO-NONE.": "NOT_FOUND",
    }
    assert number in next(error.message for error in again.problems if error.code == "ALREADY_BACKFLUSHED")
