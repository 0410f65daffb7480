"""How a shortage is settled with stock: one person proposes it, another signs it or sends it back."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.shortages import sign_settlement
from backflush.models import Backflush
from inventory.actions.settlements import decline_settlement
from inventory.choices import Resolution
from inventory.models import Lot, StockBalance, StockEntry, StockException
from tests import factories
from tests.approvals.shortages import (
    only,
    propose,
    settle,
    short_posting,
    sign,
    source,
    standing,
)
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


def test_stock_moves_only_with_the_signature_of_somebody_else(shop: Shop) -> None:
    """The planner has no right to sign; who made the document or the proposal has not either, whatever the role."""
    posted = short_posting(shop)
    annex = source(shop, "M", "ANNEX", "L9", 6)
    propose(shop, Resolution.PICKED, annex, by=shop.other_controller)
    with pytest.raises(AppError) as own:
        sign(shop, by=shop.other_controller)
    assert own.value.code == "SAME_PERSON"
    propose(shop, Resolution.PICKED, annex)
    with pytest.raises(AppError) as rightless:
        sign(shop, by=shop.planner)
    assert rightless.value.code == "FORBIDDEN"
    with bind(shop.organization):
        document = Backflush.objects.get(pk=posted.pk)
        document.involved_user_ids = [shop.controller.pk]
        save_row(document, actor=None, reason="drafted too", fields=["involved_user_ids"])
    with pytest.raises(AppError) as involved:
        sign(shop)
    assert involved.value.code == "SAME_PERSON"
    signed = sign(shop, by=shop.other_controller)
    assert (signed.resolution, signed.proposed_by, signed.resolved_by) == (
        "picked",
        shop.planner,
        shop.other_controller,
    )
    assert breaches(shop.organization) == []


def test_proposal_moves_nothing_and_stands_in_the_history(shop: Shop) -> None:
    short_posting(shop)
    before = standing(shop, "M")
    row = propose(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 6))
    assert (row.resolved_at, row.owner, row.proposed_by) == (None, shop.planner, shop.planner)
    assert standing(shop, "M") == before
    with bind(shop.organization):
        assert not StockEntry.objects.filter(source_kind="exception").exists()
        told = StockException.history.latest("history_id")
    assert (told.history_user, told.history_change_reason) == (shop.planner, "Proposed: Found on the floor")


def test_proposal_that_is_sent_back_says_why_and_cannot_be_signed(shop: Shop) -> None:
    short_posting(shop)
    propose(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 6))
    sent_back: dict[str, Any] = {
        "organization": shop.organization,
        "exception_id": only(shop).pk,
        "note": "Which pallet?",
    }
    with pytest.raises(AppError) as rightless:
        decline_settlement(**sent_back, actor=shop.planner)
    assert rightless.value.code == "FORBIDDEN"
    row = decline_settlement(**sent_back, actor=shop.controller)
    assert (row.proposal, row.proposed_by, row.note, row.resolved_at) == (None, None, "Which pallet?", None)
    with pytest.raises(AppError) as nothing:
        sign(shop)
    assert nothing.value.code == "INVALID_STATE"
    assert breaches(shop.organization) == []


def test_proposal_that_was_changed_since_it_was_read_is_not_signed(shop: Shop) -> None:
    short_posting(shop)
    annex = source(shop, "M", "ANNEX", "L9", 6)
    read = propose(shop, Resolution.PICKED, annex).proposed_at
    propose(shop, Resolution.MOVED, annex)
    with pytest.raises(AppError) as changed:
        sign_settlement(
            organization=shop.organization,
            exception_id=only(shop).pk,
            actor=shop.controller,
            proposed_at=read,
        )
    assert changed.value.code == "EDIT_CONFLICT"


def test_stock_that_is_gone_since_it_was_proposed_refuses_the_signature(shop: Shop) -> None:
    short_posting(shop)
    propose(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 6))
    with bind(shop.organization):
        lot = Lot.objects.select_related("item").get(code="L9")
    factories.set_stock(shop.organization, lot.item, -5, lot=lot, location="ANNEX", unit_cost="5.50")
    with pytest.raises(AppError) as gone:
        sign(shop)
    assert gone.value.code == "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"
    assert only(shop).resolved_at is None


def test_organization_of_one_person_signs_what_it_proposed() -> None:
    shop = open_shop(is_same_person_allowed=True)
    short_posting(shop)
    propose(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 6), by=shop.controller)
    assert sign(shop).resolution == "picked"
    assert breaches(shop.organization) == []


def test_books_find_a_settlement_signed_by_its_proposer(shop: Shop) -> None:
    short_posting(shop)
    row = settle(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 6))
    with bind(shop.organization):
        row.proposed_by = row.resolved_by
        save_row(row, actor=None, reason="Behind everybody's back", fields=["proposed_by"])
    assert any("signed by another than its proposer" in breach for breach in breaches(shop.organization))


def test_planner_proposes_on_the_page_and_a_signer_books_it(shop: Shop) -> None:
    short_posting(shop)
    slug, pk = shop.organization.slug, only(shop).pk
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
        stamp = only(shop).proposed_at
    assert stamp is not None
    assert signer.post(sign, {"proposed_at": "2020-01-01T00:00:00+00:00"}).status_code == 302
    assert only(shop).resolution == ""
    assert signer.post(sign, {"proposed_at": stamp.isoformat()}).status_code == 302
    assert only(shop).resolution == "picked"


def test_signer_sends_a_proposal_back_on_the_page(shop: Shop) -> None:
    short_posting(shop)
    propose(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 6))
    slug, pk = shop.organization.slug, only(shop).pk
    client = factories.client_of(shop.controller)
    url = f"/o/{slug}/stock/shortages/{pk}/send-back/"
    assert "proposed it. The shortage stays open" in client.get(url).content.decode()
    assert client.post(url, {"reason": "Which pallet?"}).status_code == 302
    assert "Which pallet?" in client.get(f"/o/{slug}/stock/shortages/").content.decode()
    assert client.get(f"/o/{slug}/stock/shortages/{pk}/sign/").status_code == 302


def test_list_offers_no_signature_to_who_proposed(shop: Shop) -> None:
    short_posting(shop)
    propose(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 6), by=shop.controller)
    listed = f"/o/{shop.organization.slug}/stock/shortages/"
    address = f"{listed}{only(shop).pk}/sign/"
    assert address not in factories.client_of(shop.controller).get(listed).content.decode()
    assert address in factories.client_of(shop.other_controller).get(listed).content.decode()
