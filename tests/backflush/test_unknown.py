"""Items whose stock nobody has told: never short, and what a receipt makes known meanwhile."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import AppError
from approvals.actions.submitting import submit_backflushes
from backflush.actions.drafting import draft_backflushes
from inventory.models import Item
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db


def _frame_and_bicycle(shop: Shop, **policy: Any) -> tuple[Item, Item]:
    """A bicycle takes one frame; frames are built here too, and no stock file has named them."""
    org = shop.organization
    factories.make_location(org)
    tube = factories.make_item(org, "TUBE", cost=3)
    factories.set_stock(org, tube, 100, unit_cost=3)
    frame = factories.make_item(org, "FRAME", cost=10, **policy)
    bicycle = factories.make_product(org, "BIKE")
    factories.make_bom(org, frame, [(tube, 2)])
    factories.make_bom(org, bicycle, [(frame, 1)])
    return frame, bicycle


def _both_submitted(shop: Shop, frame: Item, bicycle: Item) -> tuple[int, int]:
    """Two frames and five bicycles; the frames' document comes first."""
    org = shop.organization
    factories.make_completion(org, factories.make_order(org, frame, 2), 2)
    factories.make_completion(org, factories.make_order(org, bicycle, 5), 5)
    drafted = draft_backflushes(organization=org, actor=shop.planner).drafted
    submitted = submit_backflushes(organization=org, backflush_ids=drafted, actor=shop.planner)
    assert submitted.refused == []
    first, second = submitted.submitted
    return first, second


def test_document_drafted_while_stock_was_unknown_is_posted_after_a_receipt_made_it_known() -> None:
    shop = open_shop()
    frames, bicycles = _both_submitted(shop, *_frame_and_bicycle(shop))

    shop.approve(shop.again(frames))
    assert shop.balance("FRAME")[0] == 2
    shop.approve(shop.again(bicycles))

    assert shop.balance("FRAME")[0] == Decimal(-3)
    assert breaches(shop.organization) == []


def test_document_drafted_while_stock_was_unknown_is_looked_at_again_where_policy_blocks() -> None:
    shop = open_shop()
    frames, bicycles = _both_submitted(shop, *_frame_and_bicycle(shop, negative_policy="block"))

    shop.approve(shop.again(frames))
    with pytest.raises(AppError) as caught:
        shop.approve(shop.again(bicycles))

    assert caught.value.code == "STALE_DRAFT"
    assert shop.balance("FRAME")[0] == 2
