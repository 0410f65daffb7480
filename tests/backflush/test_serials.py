"""Pieces with serial numbers: one each, named by people, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from approvals.actions.submitting import submit_backflush
from backflush.actions.editing import LotChoice
from inventory.models import Lot, StockBalance
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db


def _motors(shop: Shop) -> dict[str, Lot]:
    """Three motors on hand, two of them used."""
    org = shop.organization
    motor = factories.make_item(org, "MOTOR", cost=100, tracking="serial")
    lots = {code: factories.make_lot(org, motor, code) for code in ("S1", "S2", "S3")}
    for lot in lots.values():
        factories.set_stock(org, motor, 1, lot=lot, unit_cost=100)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(motor, 1)])
    factories.make_completion(org, factories.make_order(org, product, 2), 2)
    return lots


def test_document_without_its_serial_numbers_is_not_submitted() -> None:
    shop = open_shop()
    _motors(shop)
    draft = shop.draft()
    with pytest.raises(AppError, match="which serial numbers of MOTOR were used") as caught:
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    assert caught.value.code == "INVALID"


def test_chosen_serial_numbers_are_relieved_and_no_others() -> None:
    shop = open_shop()
    lots = _motors(shop)
    chosen = [LotChoice(lots[code].pk, None, Decimal(1)) for code in ("S1", "S3")]
    shop.post(shop.change(shop.draft(), "MOTOR", lots=chosen))
    with bind(shop.organization):
        left = dict(StockBalance.objects.filter(item__sku="MOTOR").values_list("lot__code", "on_hand"))
    assert left == {"S1": 0, "S2": 1, "S3": 0}
    assert breaches(shop.organization) == []
