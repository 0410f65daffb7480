"""What postings tell: the very movements of the ledger, whoever signed, and their opposites."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from accounts.choices import EventName
from accounts.events import as_json, events_after
from accounts.tenancy.binding import bind
from approvals.actions.reversing import reverse
from approvals.actions.submitting import submit_backflush
from inventory.models import StockEntry
from tests import factories
from tests.backflush.shop import Shop, open_shop, simple_order

pytestmark = pytest.mark.django_db

RELIEVED, RECEIVED = EventName.INVENTORY_BACKFLUSHED.value, EventName.INVENTORY_FG_RECEIVED.value


def told(shop: Shop, *names: str) -> list[dict[str, Any]]:
    with bind(shop.organization):
        found = [as_json(event, shop.organization) for event in events_after(0, limit=1000)]
    return [event for event in found if not names or event["name"] in names]


def movements(shop: Shop) -> list[tuple[int, Decimal, int]]:
    """Entry, quantity and amount of everything that events tell to have moved."""
    found: list[dict[str, Any]] = []
    for event in told(shop, RELIEVED, RECEIVED, EventName.BACKFLUSH_REVERSED.value):
        found += event["data"].get("entries") or [event["data"]]
    return [(one["entry_id"], Decimal(one["quantity"]), one["amount_minor"]) for one in found]


def ledger(shop: Shop) -> list[tuple[int, Decimal, int]]:
    with bind(shop.organization):
        entries = StockEntry.objects.filter(source_kind="backflush").order_by("pk")
        return list(entries.values_list("pk", "quantity", "amount_minor"))


def test_events_tell_the_ledgers_entries_each_once() -> None:
    shop = open_shop()
    order = simple_order(shop, quantity=12, good=6, scrap=1)
    first = shop.post(shop.draft())
    factories.make_completion(shop.organization, order, -2, reference="correction")
    shop.post(shop.draft())
    assert sorted(movements(shop)) == ledger(shop)

    receipts = [(e["data"]["item"], e["data"]["quantity"]) for e in told(shop, RECEIVED)]
    assert receipts == [("P", "6"), ("P", "-2")]
    back = told(shop, RELIEVED)[1]["data"]
    assert (back["good_quantity"], [entry["quantity"] for entry in back["entries"]]) == ("-2", ["4"])
    assert {event["work_order"] for event in told(shop)} == {"WO-1"}
    assert told(shop, RELIEVED)[0]["subjects"]["backflush"] == first.number


def test_reversal_tells_the_opposite_of_all_that_was_posted() -> None:
    shop = open_shop()
    simple_order(shop)
    posted = shop.post(shop.draft())
    reverse(
        organization=shop.organization,
        backflush_id=posted.pk,
        actor=shop.other_controller,
        reason="Another order",
    )

    assert sorted(movements(shop)) == ledger(shop)
    assert sum(quantity for _, quantity, _ in movements(shop)) == 0
    assert sum(amount for _, _, amount in movements(shop)) == 0
    (reversed_,) = told(shop, EventName.BACKFLUSH_REVERSED.value)
    taken_back = {entry["reversal_of"] for entry in reversed_["data"]["entries"]}
    assert taken_back == {entry for entry, _, _ in movements(shop)[:2]}


def test_standard_run_tells_that_nobody_signed() -> None:
    shop = open_shop(is_standard_run_posted=True, standard_run_limit_minor=10**6)
    simple_order(shop)
    draft = shop.draft()
    submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)

    names = Counter(event["name"] for event in told(shop))
    assert names == Counter(["backflush.drafted", "backflush.submitted", RELIEVED, RECEIVED])
    (relieved,) = told(shop, RELIEVED)
    assert (relieved["by"], relieved["data"]["is_posted_by_policy"]) == (None, True)


def test_refused_posting_tells_nothing() -> None:
    shop = open_shop(negative_policy="block")
    simple_order(shop, quantity=600, good=600)
    draft = shop.draft()
    before = told(shop)

    with pytest.raises(Exception, match="needs 1200, has 1000"):
        shop.submit(draft)

    assert told(shop) == before
