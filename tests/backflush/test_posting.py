"""Posting and reversing: stock, money, orders, policies."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.books import prove
from accounts.errors import AppError
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.reversing import reverse
from inventory.models import AccountMapping, JournalEntry, Period, StockEntry, StockException
from production.models import Completion, Receipt, WorkOrder
from tests import factories
from tests.backflush.shop import open_shop, simple_order

pytestmark = pytest.mark.django_db


def test_posting_moves_stock_down_and_finished_goods_up() -> None:
    shop = open_shop()
    simple_order(shop)
    posted = shop.post(shop.draft())
    assert shop.balance("M") == (Decimal(980), 490_000)
    assert shop.balance("P") == (Decimal(10), 10_000)
    assert (posted.status, posted.posted_by_id) == ("POSTED", shop.controller.pk)
    with bind(shop.organization):
        order = WorkOrder.objects.get()
        assert (order.status, order.is_closed) == ("PARTIAL", False)
        assert Receipt.objects.get().work_order_id == order.pk


def test_final_completion_closes_the_order_and_a_second_backflush_is_refused() -> None:
    shop = open_shop()
    order = simple_order(shop)
    with bind(shop.organization):
        completion = Completion.objects.get()
        completion.is_final = True
        save_row(completion, actor=None, reason="final", fields=["is_final"])
    shop.post(shop.draft())
    with bind(shop.organization):
        again = WorkOrder.objects.get(pk=order.pk)
        assert (again.status, again.is_closed) == ("COMPLETED", True)
    factories.make_completion(shop.organization, order, 1, reference="late")
    from backflush.actions.drafting import draft_backflushes

    result = draft_backflushes(organization=shop.organization, actor=shop.planner, order_numbers=["WO-1"])
    assert [error.code for _, error in result.refused] == ["ALREADY_BACKFLUSHED"]


def test_posting_and_reversal_are_zero_in_stock_and_money() -> None:
    shop = open_shop()
    simple_order(shop, good=8, scrap=2)
    posted = shop.post(shop.draft())
    reverse(
        organization=shop.organization,
        backflush_id=posted.pk,
        actor=shop.other_controller,
        reason="Wrong order",
    )
    assert shop.balance("M") == (Decimal(1000), 500_000)
    assert shop.balance("P") == (Decimal(0), 0)
    with bind(shop.organization):
        sums: dict[str, int] = {}
        for entry in JournalEntry.objects.prefetch_related("lines"):
            for line in entry.lines.all():
                sums[line.account_code] = sums.get(line.account_code, 0) + line.amount_minor
        assert set(sums.values()) == {0}
        assert prove(shop.organization, lambda proof, found: None)
    again = shop.again(posted.pk)
    assert (again.status, again.reversal_reason, again.reversed_by_id) == (
        "REVERSED",
        "Wrong order",
        shop.other_controller.pk,
    )
    assert shop.lines(shop.draft())["M"].actual_quantity == 20


def test_who_approved_may_not_reverse() -> None:
    shop = open_shop()
    simple_order(shop)
    posted = shop.post(shop.draft())
    with pytest.raises(AppError) as caught:
        reverse(organization=shop.organization, backflush_id=posted.pk, actor=shop.controller, reason="Oops")
    assert caught.value.code == "SAME_PERSON"


def test_reversal_needs_a_reason() -> None:
    shop = open_shop()
    simple_order(shop)
    posted = shop.post(shop.draft())
    with pytest.raises(AppError) as caught:
        reverse(
            organization=shop.organization, backflush_id=posted.pk, actor=shop.other_controller, reason=" "
        )
    assert caught.value.code == "REASON_REQUIRED"


def test_closed_period_refuses_with_the_first_open_day_and_posts_there_when_asked() -> None:
    shop = open_shop()
    simple_order(shop)
    day = factories.NOON.date()
    with bind(shop.organization):
        save_row(
            Period(
                organization=shop.organization,
                starts_on=day.replace(day=1),
                ends_on=day.replace(day=30),
                status="closed",
            ),
            actor=None,
            reason="closed",
        )
    submitted = shop.submit(shop.draft())
    with pytest.raises(AppError) as caught:
        shop.approve(submitted)
    assert caught.value.code == "PERIOD_CLOSED"
    assert caught.value.details["first_open_date"] == "2025-12-01"
    posted = shop.approve(submitted, post_on=dt.date(2025, 12, 1))
    assert posted.posted_on == dt.date(2025, 12, 1)


def test_reversal_in_a_closed_period_is_dated_the_first_open_day() -> None:
    shop = open_shop()
    simple_order(shop)
    posted = shop.post(shop.draft())
    with bind(shop.organization):
        save_row(
            Period(
                organization=shop.organization,
                starts_on=dt.date(2025, 11, 1),
                ends_on=dt.date(2025, 11, 30),
                status="closed",
            ),
            actor=None,
            reason="closed",
        )
    reversed_ = reverse(
        organization=shop.organization, backflush_id=posted.pk, actor=shop.other_controller, reason="Wrong"
    )
    assert reversed_.reversed_on == dt.date(2025, 12, 1)


@pytest.mark.parametrize(("policy", "exceptions"), [("allow", 0), ("warn", 1)])
def test_shortage_is_posted_negative_and_warn_opens_an_exception(policy: str, exceptions: int) -> None:
    """On hand 10, use 100: −90, never clamped."""
    shop = open_shop(negative_policy=policy)
    org = shop.organization
    material = factories.make_item(org, "M", cost=5)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 10)])
    factories.set_stock(org, material, 10, unit_cost=5)
    factories.make_completion(org, factories.make_order(org, product, 10), 10)
    shop.post(shop.draft())
    assert shop.balance("M")[0] == -90
    with bind(org):
        assert list(StockException.objects.values_list("quantity", flat=True)) == [Decimal(90)] * exceptions


def test_block_refuses_and_lists_every_short_component() -> None:
    shop = open_shop(negative_policy="block")
    org = shop.organization
    parts = [factories.make_item(org, sku, cost=5) for sku in ("M1", "M2", "M3")]
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(part, 2) for part in parts])
    for part, stock in zip(parts, (5, 20, 1), strict=True):
        factories.set_stock(org, part, stock, unit_cost=5)
    factories.make_completion(org, factories.make_order(org, product, 10), 10)
    draft = shop.draft()
    with pytest.raises(AppError) as caught:
        shop.submit(draft)
    assert caught.value.code == "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"
    assert caught.value.details == [
        {"item": "M1", "required": "20", "available": "5"},
        {"item": "M3", "required": "20", "available": "1"},
    ]


def test_unknown_stock_is_never_short() -> None:
    shop = open_shop(negative_policy="block")
    org = shop.organization
    material = factories.make_item(org, "M", cost=5)
    factories.make_location(org)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1)])
    factories.make_completion(org, factories.make_order(org, product, 5), 5)
    posted = shop.post(shop.draft())
    assert (posted.short_count, shop.balance("M")[0]) == (0, -5)


def test_entry_that_empties_a_lot_takes_what_is_left_of_its_value() -> None:
    """Three thirds of 10.00: the last takes the cent, and the rounding account says so."""
    shop = open_shop()
    org = shop.organization
    material = factories.make_item(org, "M", cost="3.333333", tracking="lot")
    lot = factories.make_lot(org, material, unit_cost=Decimal("3.333333"), received_on=dt.date(2025, 1, 1))
    factories.set_stock(org, material, 3, lot=lot, unit_cost="3.334")
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1)])
    order = factories.make_order(org, product, 3)
    for part in "ABC":
        factories.make_completion(org, order, 1, reference=part)
        last = shop.post(shop.draft())
    assert shop.balance("M") == (Decimal(0), 0)
    assert shop.journal(last)["rounding"] == 1
    with bind(org):
        assert prove(org, lambda proof, found: None)


def test_missing_account_refuses_the_posting_by_name() -> None:
    shop = open_shop()
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    with bind(shop.organization):
        from accounts.tenancy.writes import delete_row

        delete_row(AccountMapping.objects.get(role="wip", item_class=""), actor=None, reason="test")
    with pytest.raises(AppError, match="Work in progress"):
        shop.approve(submitted)
    assert shop.again(submitted.pk).status == "SUBMITTED"
    assert shop.entries(submitted) == []


def test_ledger_and_journal_are_append_only_in_the_database() -> None:
    shop = open_shop()
    simple_order(shop)
    shop.post(shop.draft())
    with bind(shop.organization):
        for statement in (
            "UPDATE inventory_stockentry SET quantity = 0",
            "DELETE FROM inventory_stockentry",
            "UPDATE inventory_journalline SET amount_minor = 0",
            "DELETE FROM inventory_journalentry",
            "DELETE FROM approvals_approvaldecision",
            "UPDATE inventory_historicalstockentry SET quantity = 0",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_correction_downwards_returns_what_was_posted_last() -> None:
    """6 made, 2 undone: two units' worth returns, and finished goods go down at the cost they came in."""
    shop = open_shop()
    order = simple_order(shop, good=6)
    shop.post(shop.draft())
    factories.make_completion(shop.organization, order, -2, reference="correction")
    draft = shop.draft()
    line = shop.lines(draft)["M"]
    assert (line.actual_quantity, "return" in line.flags) == (-4, True)
    shop.post(draft)
    assert shop.balance("M") == (Decimal(992), 496_000)
    assert shop.balance("P") == (Decimal(4), 4_000)
    with bind(shop.organization):
        assert prove(shop.organization, lambda proof, found: None)


def test_completion_with_a_live_correction_is_not_reversed_before_it() -> None:
    shop = open_shop()
    order = simple_order(shop, good=6)
    first = shop.post(shop.draft())
    factories.make_completion(shop.organization, order, -2, reference="correction")
    shop.post(shop.draft())
    with pytest.raises(AppError, match="correction"):
        reverse(
            organization=shop.organization, backflush_id=first.pk, actor=shop.other_controller, reason="Wrong"
        )


def test_output_lot_is_made_and_received() -> None:
    shop = open_shop()
    simple_order(shop)
    with bind(shop.organization):
        completion = Completion.objects.get()
        completion.output_lot_code = "BATCH-7"
        save_row(completion, actor=None, reason="lot", fields=["output_lot_code"])
    shop.post(shop.draft())
    with bind(shop.organization):
        entry = StockEntry.objects.select_related("lot").get(event="RECEIVE")
        assert (entry.lot.code, entry.lot.unit_cost) == ("BATCH-7", Decimal(10))
