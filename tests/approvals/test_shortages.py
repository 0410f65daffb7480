"""Shortages settled with stock: what each way books, who may sign it, and what a reversal takes back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import AppError
from accounts.models import User
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.reversing import reverse
from approvals.actions.shortages import sign_settlement
from backflush.models import Backflush
from exports.queries.due import entries_due
from inventory.actions.exceptions import expect_receipt, resolve_exception
from inventory.actions.settlements import decline_settlement, propose_settlement
from inventory.actions.shortage_moves import Settlement, Source
from inventory.choices import Resolution
from inventory.models import Item, JournalLine, Location, Lot, StockBalance, StockEntry, StockException
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


def _short(shop: Shop, **item: Any) -> Backflush:
    """10 of M (5.00) are used and 4 are there: posted 6 short. A lot at 5.50 stands in a locked annex."""
    org = shop.organization
    factories.make_location(org, "ANNEX", is_stocking=False)
    material = factories.make_item(org, "M", cost=5, **item)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1)])
    factories.set_stock(org, material, 4, unit_cost=5)
    lot = factories.make_lot(org, material, "L9", received_on=dt.date(2025, 1, 9), unit_cost=Decimal("5.50"))
    factories.set_stock(org, material, 8, lot=lot, location="ANNEX", unit_cost="5.50")
    factories.make_completion(org, factories.make_order(org, product, 10, "WO-1"), 10)
    return shop.post(shop.draft(order_numbers=["WO-1"]))


def _only(shop: Shop) -> StockException:
    with bind(shop.organization):
        return StockException.objects.select_related("entry").get()


def _source(shop: Shop, sku: str, place: str, lot: str | None, quantity: Any) -> Source:
    with bind(shop.organization):
        return Source(
            Location.objects.get(code=place).pk,
            Lot.objects.get(item__sku=sku, code=lot).pk if lot else None,
            Decimal(quantity),
        )


def _propose(
    shop: Shop, resolution: Resolution, *sources: Source, by: User | None = None, **values: Any
) -> StockException:
    return propose_settlement(
        organization=shop.organization,
        exception_id=_only(shop).pk,
        settlement=Settlement(resolution, sources, "Found on the floor", **values),
        actor=by or shop.planner,
    )


def _sign(shop: Shop, by: User | None = None) -> StockException:
    return sign_settlement(
        organization=shop.organization, exception_id=_only(shop).pk, actor=by or shop.controller
    )


def _settle(shop: Shop, resolution: Resolution, *sources: Source, **values: Any) -> StockException:
    _propose(shop, resolution, *sources, **values)
    return _sign(shop)


def _standing(shop: Shop, sku: str) -> dict[tuple[str, str], tuple[Decimal, int]]:
    with bind(shop.organization):
        rows = StockBalance.objects.filter(item__sku=sku).exclude(on_hand=0)
        return {
            (place, lot or ""): (on_hand, value)
            for place, lot, on_hand, value in rows.values_list(
                "location__code", "lot__code", "on_hand", "value_minor"
            )
        }


def _booked(shop: Shop) -> dict[str, int]:
    with bind(shop.organization):
        return dict(
            JournalLine.objects.filter(entry__source_kind="exception").values_list("role", "amount_minor")
        )


@pytest.mark.parametrize("resolution", [Resolution.PICKED, Resolution.MOVED])
def test_shortage_taken_from_another_lot_leaves_it_at_its_cost(shop: Shop, resolution: Resolution) -> None:
    """6 at 5.00 come back at MAIN, 6 of L9 leave the annex at 5.50: 3.00 are inventory adjustment."""
    _short(shop)
    assert _standing(shop, "M") == {("MAIN", ""): (-6, -3_000), ("ANNEX", "L9"): (8, 4_400)}

    settled = _settle(shop, resolution, _source(shop, "M", "ANNEX", "L9", 6))

    assert (settled.resolution, settled.resolved_by, settled.note) == (
        resolution.value,
        shop.controller,
        "Found on the floor",
    )
    assert _standing(shop, "M") == {("ANNEX", "L9"): (2, 1_100)}
    assert _booked(shop) == {"component_inventory": -300, "inventory_adjustment": 300}
    assert breaches(shop.organization) == []


def test_both_movements_are_due_for_the_erp(shop: Shop) -> None:
    _short(shop)
    _settle(shop, Resolution.PICKED, _source(shop, "M", "ANNEX", "L9", 6))
    with bind(shop.organization):
        due = entries_due().filter(source_kind="exception").order_by("pk")
        assert list(due.values_list("event", "location__code", "lot__code", "quantity")) == [
            ("ADJUST", "MAIN", None, 6),
            ("ADJUST", "ANNEX", "L9", -6),
        ]


def test_shortage_met_by_another_item_relieves_that_item(shop: Shop) -> None:
    """6 of M were 3 of ALT (12.00 each, f 0.5): 30.00 come back, 36.00 go, 6.00 are inventory adjustment."""
    _short(shop)
    other = factories.make_item(shop.organization, "ALT", cost=12, item_class="alternates")
    factories.set_stock(shop.organization, other, 10, unit_cost=12)

    _settle(
        shop,
        Resolution.SUBSTITUTED,
        _source(shop, "ALT", "MAIN", None, 3),
        item_used_id=other.pk,
        factor=Decimal("0.5"),
    )

    assert _standing(shop, "M") == {("ANNEX", "L9"): (8, 4_400)}
    assert _standing(shop, "ALT") == {("MAIN", ""): (7, 8_400)}
    with bind(shop.organization):
        lines = JournalLine.objects.filter(entry__source_kind="exception")
        assert sorted(lines.values_list("role", "amount_minor")) == [
            ("component_inventory", -3_600),
            ("component_inventory", 3_000),
            ("inventory_adjustment", 600),
        ]
    assert breaches(shop.organization) == []


def test_stock_at_standard_settles_without_a_difference() -> None:
    shop = open_shop(is_stock_at_standard=True)
    _short(shop)
    _settle(shop, Resolution.PICKED, _source(shop, "M", "ANNEX", "L9", 6))
    assert _booked(shop) == {}
    assert breaches(shop.organization) == []


def test_what_is_named_adds_up_and_is_there(shop: Shop) -> None:
    _short(shop)
    with pytest.raises(AppError, match="add up to 5 EA; 6 EA of M"):
        _settle(shop, Resolution.PICKED, _source(shop, "M", "ANNEX", "L9", 5))
    with pytest.raises(AppError) as same_place:
        _settle(shop, Resolution.PICKED, _source(shop, "M", "MAIN", None, 6))
    assert "the place that was short" in same_place.value.message
    with bind(shop.organization):
        material = Item.objects.get(sku="M")
    factories.set_stock(shop.organization, material, 2, location="RACK", unit_cost=5)
    with pytest.raises(AppError) as not_there:
        _settle(shop, Resolution.PICKED, _source(shop, "M", "RACK", None, 6))
    assert not_there.value.code == "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"
    assert not_there.value.details == [{"item": "M", "required": "6", "available": "2"}]
    with bind(shop.organization):
        assert not StockEntry.objects.filter(source_kind="exception").exists()


def test_stock_moves_only_with_the_signature_of_somebody_else(shop: Shop) -> None:
    """The planner has no right to sign; who made the document or the proposal has not either, whatever the role."""
    posted = _short(shop)
    source = _source(shop, "M", "ANNEX", "L9", 6)
    _propose(shop, Resolution.PICKED, source, by=shop.other_controller)
    with pytest.raises(AppError) as own:
        _sign(shop, by=shop.other_controller)
    assert own.value.code == "SAME_PERSON"
    _propose(shop, Resolution.PICKED, source)
    with pytest.raises(AppError) as rightless:
        _sign(shop, by=shop.planner)
    assert rightless.value.code == "FORBIDDEN"
    with bind(shop.organization):
        document = Backflush.objects.get(pk=posted.pk)
        document.involved_user_ids = [shop.controller.pk]
        save_row(document, actor=None, reason="drafted too", fields=["involved_user_ids"])
    with pytest.raises(AppError) as involved:
        _sign(shop)
    assert involved.value.code == "SAME_PERSON"
    signed = _sign(shop, by=shop.other_controller)
    assert (signed.resolution, signed.proposed_by, signed.resolved_by) == (
        "picked",
        shop.planner,
        shop.other_controller,
    )
    assert breaches(shop.organization) == []


def test_proposal_moves_nothing_and_stands_in_the_history(shop: Shop) -> None:
    _short(shop)
    before = _standing(shop, "M")
    row = _propose(shop, Resolution.PICKED, _source(shop, "M", "ANNEX", "L9", 6))
    assert (row.resolved_at, row.owner, row.proposed_by) == (None, shop.planner, shop.planner)
    assert _standing(shop, "M") == before
    with bind(shop.organization):
        assert not StockEntry.objects.filter(source_kind="exception").exists()
        told = StockException.history.latest("history_id")
    assert (told.history_user, told.history_change_reason) == (shop.planner, "Proposed: Found on the floor")


def test_proposal_that_is_sent_back_says_why_and_cannot_be_signed(shop: Shop) -> None:
    _short(shop)
    _propose(shop, Resolution.PICKED, _source(shop, "M", "ANNEX", "L9", 6))
    sent_back: dict[str, Any] = {
        "organization": shop.organization,
        "exception_id": _only(shop).pk,
        "note": "Which pallet?",
    }
    with pytest.raises(AppError) as rightless:
        decline_settlement(**sent_back, actor=shop.planner)
    assert rightless.value.code == "FORBIDDEN"
    row = decline_settlement(**sent_back, actor=shop.controller)
    assert (row.proposal, row.proposed_by, row.note, row.resolved_at) == (None, None, "Which pallet?", None)
    with pytest.raises(AppError) as nothing:
        _sign(shop)
    assert nothing.value.code == "INVALID_STATE"
    assert breaches(shop.organization) == []


def test_proposal_that_was_changed_since_it_was_read_is_not_signed(shop: Shop) -> None:
    _short(shop)
    source = _source(shop, "M", "ANNEX", "L9", 6)
    read = _propose(shop, Resolution.PICKED, source).proposed_at
    _propose(shop, Resolution.MOVED, source)
    with pytest.raises(AppError) as changed:
        sign_settlement(
            organization=shop.organization,
            exception_id=_only(shop).pk,
            actor=shop.controller,
            proposed_at=read,
        )
    assert changed.value.code == "EDIT_CONFLICT"


def test_stock_that_is_gone_since_it_was_proposed_refuses_the_signature(shop: Shop) -> None:
    _short(shop)
    _propose(shop, Resolution.PICKED, _source(shop, "M", "ANNEX", "L9", 6))
    with bind(shop.organization):
        lot = Lot.objects.select_related("item").get(code="L9")
    factories.set_stock(shop.organization, lot.item, -5, lot=lot, location="ANNEX", unit_cost="5.50")
    with pytest.raises(AppError) as gone:
        _sign(shop)
    assert gone.value.code == "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"
    assert _only(shop).resolved_at is None


def test_organization_of_one_person_signs_what_it_proposed() -> None:
    shop = open_shop(is_same_person_allowed=True)
    _short(shop)
    _propose(shop, Resolution.PICKED, _source(shop, "M", "ANNEX", "L9", 6), by=shop.controller)
    assert _sign(shop).resolution == "picked"
    assert breaches(shop.organization) == []


def test_books_find_a_settlement_signed_by_its_proposer(shop: Shop) -> None:
    _short(shop)
    row = _settle(shop, Resolution.PICKED, _source(shop, "M", "ANNEX", "L9", 6))
    with bind(shop.organization):
        row.proposed_by = row.resolved_by
        save_row(row, actor=None, reason="Behind everybody's back", fields=["proposed_by"])
    assert any("signed by another than its proposer" in breach for breach in breaches(shop.organization))


def test_finding_that_moves_stock_is_not_noted_without_it(shop: Shop) -> None:
    _short(shop)
    with pytest.raises(AppError, match="moves stock"):
        resolve_exception(
            organization=shop.organization,
            exception_id=_only(shop).pk,
            resolution=Resolution.PICKED,
            note="From the annex",
            actor=shop.planner,
        )


def test_reversal_takes_back_what_settled_the_shortage(shop: Shop) -> None:
    posted = _short(shop)
    _settle(shop, Resolution.PICKED, _source(shop, "M", "ANNEX", "L9", 6))
    reverse(
        organization=shop.organization,
        backflush_id=posted.pk,
        actor=shop.other_controller,
        reason="Wrong order",
    )
    assert _standing(shop, "M") == {("MAIN", ""): (4, 2_000), ("ANNEX", "L9"): (8, 4_400)}
    assert _only(shop).resolution == "picked"
    assert breaches(shop.organization) == []


def test_reversal_ends_a_shortage_that_is_open(shop: Shop) -> None:
    posted = _short(shop)
    reverse(
        organization=shop.organization,
        backflush_id=posted.pk,
        actor=shop.other_controller,
        reason="Wrong order",
    )
    ended = _only(shop)
    assert (ended.resolution, ended.resolved_by, ended.note) == (
        "reversed",
        shop.other_controller,
        "Wrong order",
    )


def test_consume_later_stays_open_until_its_receipt_makes_it_timing(shop: Shop) -> None:
    """6 short; 4 come in and are not enough, 2 more are: short in time only."""
    _short(shop)
    waiting = expect_receipt(
        organization=shop.organization,
        exception_id=_only(shop).pk,
        note="On the truck",
        actor=shop.planner,
    )
    assert (waiting.kind, waiting.owner, waiting.resolved_at) == ("later", shop.planner, None)
    with bind(shop.organization):
        material = Item.objects.get(sku="M")
        annex = StockBalance.objects.get(item=material, location__code="ANNEX")
    factories.set_stock(
        shop.organization, material, -8, location="ANNEX", lot=_lot(shop, annex), unit_cost="5.50"
    )
    factories.set_stock(shop.organization, material, 4, unit_cost=5)
    assert _only(shop).kind == "later"
    factories.set_stock(shop.organization, material, 2, unit_cost=5)
    assert _only(shop).kind == "timing"


def _lot(shop: Shop, balance: StockBalance) -> Lot:
    with bind(shop.organization):
        return Lot.objects.get(pk=balance.lot_id)


def test_oldest_of_several_shortages_is_covered_first(shop: Shop) -> None:
    org = shop.organization
    material = factories.make_item(org, "M", cost=5)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1)])
    factories.set_stock(org, material, 0, unit_cost=5)
    for number, good in (("WO-1", 3), ("WO-2", 4)):
        factories.make_completion(org, factories.make_order(org, product, good, number), good)
        shop.post(shop.draft(order_numbers=[number]))
    factories.set_stock(org, material, 5, unit_cost=5)
    with bind(org):
        kinds = StockException.objects.order_by("pk").values_list("quantity", "kind")
        assert list(kinds) == [(3, "timing"), (4, "short")]


def test_planner_proposes_on_the_page_and_a_signer_books_it(shop: Shop) -> None:
    _short(shop)
    slug, pk = shop.organization.slug, _only(shop).pk
    url = f"/o/{slug}/stock/shortages/{pk}/resolve/"
    client = factories.client_of(shop.planner)
    assert "L9" in client.get(url).content.decode()
    with bind(shop.organization):
        place = StockBalance.objects.get(location__code="ANNEX")
    key = f"take-{place.lot_id}-{place.location_id}"
    wrong = client.post(url, {"how": "picked", "note": "Annex", key: "2"})
    assert (wrong.status_code, "6 EA of M are to be settled" in wrong.content.decode()) == (422, True)
    assert client.post(url, {"how": "picked", "note": "In the annex", key: "6"}).status_code == 302
    assert "6 EA of M leave ANNEX, lot L9. In the annex" in client.get(url).content.decode()

    listed = f"/o/{slug}/stock/shortages/"
    sign, back = (f"{listed}{pk}/{name}/" for name in ("sign", "send-back"))
    assert "Waits for a signature" in client.get(listed).content.decode()
    assert sign not in client.get(listed).content.decode()
    assert client.get(sign).status_code == 403
    signer = factories.client_of(factories.make_member(shop.organization, "finance"))
    assert sign in signer.get(listed).content.decode()
    assert signer.post(back, {"reason": ""}).status_code == 422
    read = signer.get(sign).content.decode()
    assert "6 EA of M leave ANNEX, lot L9." in read
    assert "6 EA of M ($30.00) come back" in read
    with bind(shop.organization):
        stamp = _only(shop).proposed_at
    assert stamp is not None
    assert signer.post(sign, {"proposed_at": "2020-01-01T00:00:00+00:00"}).status_code == 302
    assert _only(shop).resolution == ""
    assert signer.post(sign, {"proposed_at": stamp.isoformat()}).status_code == 302
    assert _only(shop).resolution == "picked"


def test_signer_sends_a_proposal_back_on_the_page(shop: Shop) -> None:
    _short(shop)
    _propose(shop, Resolution.PICKED, _source(shop, "M", "ANNEX", "L9", 6))
    slug, pk = shop.organization.slug, _only(shop).pk
    client = factories.client_of(shop.controller)
    url = f"/o/{slug}/stock/shortages/{pk}/send-back/"
    assert "proposed it. The shortage stays open" in client.get(url).content.decode()
    assert client.post(url, {"reason": "Which pallet?"}).status_code == 302
    assert "Which pallet?" in client.get(f"/o/{slug}/stock/shortages/").content.decode()
    assert client.get(f"/o/{slug}/stock/shortages/{pk}/sign/").status_code == 302


def test_page_notes_a_finding_and_what_waits_for_its_receipt(shop: Shop) -> None:
    _short(shop)
    slug, pk = shop.organization.slug, _only(shop).pk
    url = f"/o/{slug}/stock/shortages/{pk}/resolve/"
    client = factories.client_of(shop.planner)
    assert client.post(url, {"finding": "later", "note": "On the truck"}).status_code == 302
    listed = client.get(f"/o/{slug}/stock/shortages/").content.decode()
    assert "Consume later" in listed
    assert "On the truck" in listed
    assert client.post(url, {"finding": "accepted", "note": "Nobody knows"}).status_code == 302
    assert _only(shop).resolution == "accepted"
