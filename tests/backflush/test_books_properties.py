"""Whatever is made in which parts, in which order, with which edits and reversals: the books hold, to the last unit."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db.models import Sum

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from approvals.actions.submitting import submit_backflush
from backflush.actions.submitting import discard_backflush
from backflush.models import Backflush, BackflushLine
from inventory.models import Item, JournalLine, StockBalance
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.files import take_back
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db
COMPONENTS = 4


def _bill(shop: Shop, random: Random, *, most: int, policy: str = "") -> Item:
    """A product of four components by different bases, each in lots at costs that round."""
    org = shop.organization
    product = factories.make_product(org, "P")
    lines: list[Any] = []
    for n in range(COMPONENTS):
        step = random.choice((None, Decimal(1), Decimal("0.5")))
        part = factories.make_item(
            org,
            f"C{n}",
            cost=Decimal(random.randint(1, 9_999_999)).scaleb(-6),
            tracking="lot",
            rounding_step=step,
            negative_policy=policy,
        )
        for lot in range(3):
            cost = Decimal(random.randint(1, 9_999_999)).scaleb(-6)
            row = factories.make_lot(
                org, part, f"L{lot}", received_on=dt.date(2025, 1, lot + 1), unit_cost=cost
            )
            factories.set_stock(org, part, random.randint(1, most), lot=row, unit_cost=cost)
        columns: dict[str, Any] = random.choice(
            (
                {},
                {"basis": "per_n", "usage_per": Decimal(3)},
                {"basis": "per_batch", "usage_per": Decimal(4), "loss_percent": Decimal(10)},
                {"fixed_quantity": Decimal(2), "loss_percent": Decimal(7), "loss_method": "yield"},
                {"basis": "pieces", "usage_per": Decimal(3), "loss_percent": Decimal(5)},
            )
        )
        lines.append((part, Decimal(random.randint(1, 2_500)).scaleb(-3), columns))
    factories.make_bom(org, product, lines)
    return product


def _split(random: Random, whole: int) -> list[int]:
    parts = []
    while whole:
        part = random.randint(1, whole)
        parts.append(part)
        whole -= part
    return parts


def _held(shop: Shop, order: str) -> dict[str, Decimal]:
    """What the live documents of an order expect, by component."""
    held: dict[str, Decimal] = defaultdict(Decimal)
    with bind(shop.organization):
        rows = BackflushLine.objects.filter(backflush__completion__output__work_order__number=order).exclude(
            backflush__status__in=["REVERSED", "DISCARDED"]
        )
        for sku, quantity in rows.values_list("item__sku", "expected_quantity"):
            held[sku] += quantity
    return dict(held)


def _standing(shop: Shop) -> dict[tuple[str, str | None], tuple[Decimal, int]]:
    with bind(shop.organization):
        rows = StockBalance.objects.values_list("item__sku", "lot__code", "on_hand", "value_minor")
        return {(sku, lot): (on_hand, value) for sku, lot, on_hand, value in rows if on_hand or value}


@pytest.mark.parametrize(("currency", "seed"), [("JPY", 1), ("USD", 2), ("KWD", 1)])
def test_parts_in_any_order_with_edits_and_reversals_are_the_whole(currency: str, seed: int) -> None:
    random = Random(f"{currency}{seed}")
    shop = open_shop(
        currency_code=currency,
        finished_goods_at=random.choice(("actual", "standard")),
        is_stock_at_standard=random.random() < 0.3,
    )
    org = shop.organization
    product = _bill(shop, random, most=400)
    opening = _standing(shop)
    whole = random.randint(6, 14)

    factories.make_completion(org, factories.make_order(org, product, whole, "WHOLE"), whole)
    once = shop.draft(order_numbers=["WHOLE"])
    target = _held(shop, "WHOLE")
    discard_backflush(organization=org, backflush_id=once.pk, actor=shop.planner, reason="only to compare")

    order = factories.make_order(org, product, whole, "PARTS")
    parts = [
        factories.make_completion(org, order, good, reference=str(n))
        for n, good in enumerate(_split(random, whole))
    ]
    waiting = random.sample(parts, len(parts))
    posted: list[Backflush] = []
    undone = 0
    while waiting:
        draft = shop.draft(completion_ids=[waiting.pop().pk])
        if random.random() < 0.4:
            sku = f"C{random.randrange(COMPONENTS)}"
            if sku in shop.lines(draft):
                more = Decimal(random.randint(0, 3_000)).scaleb(-2)
                draft = shop.change(draft, sku, actual_quantity=more)
        posted.append(shop.post(draft))
        if undone < 2 and random.random() < 0.4:
            undone += 1
            back = posted.pop(random.randrange(len(posted)))
            take_back(shop, back)
            with bind(org):
                waiting.append(Backflush.objects.select_related("completion").get(pk=back.pk).completion)
    assert _held(shop, "PARTS") == target
    assert shop.balance("P")[0] == whole
    assert breaches(org) == []

    for back in random.sample(posted, len(posted)):
        take_back(shop, back)
    assert _standing(shop) == opening
    with bind(org):
        left = JournalLine.objects.values("account_code").annotate(sum=Sum("amount_minor"))
        assert {row["account_code"]: row["sum"] for row in left if row["sum"]} == {}
    assert breaches(org) == []


def test_no_lot_goes_below_zero_where_policy_blocks() -> None:
    """Small stock, greedy edits: what is not there is refused, and what is posted was there."""
    random = Random(1)
    shop = open_shop(negative_policy="block")
    org = shop.organization
    product = _bill(shop, random, most=6)
    order = factories.make_order(org, product, None, "PARTS")
    refused: list[str] = []
    for n in range(4):
        made = factories.make_completion(org, order, random.randint(1, 3), reference=str(n))
        draft = shop.draft(completion_ids=[made.pk])
        if random.random() < 0.5:
            sku = next(iter(shop.lines(draft)))
            draft = shop.change(draft, sku, actual_quantity=Decimal(random.randint(1, 6)))
        shop.give_reasons(draft)
        try:
            submit_backflush(organization=org, backflush_id=draft.pk, actor=shop.planner)
        except AppError as error:
            refused.append(error.code)
            discard_backflush(organization=org, backflush_id=draft.pk, actor=shop.planner, reason="short")
        else:
            shop.approve(draft)
    assert set(refused) == {"INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"}
    with bind(org):
        assert not StockBalance.objects.filter(on_hand__lt=0).exists()
    assert breaches(org) == []
