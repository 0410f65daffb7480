"""Rules, section 4, by a person's hand: what an edit of a draft changes, and what it leaves alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from backflush.actions.editing import LineChange, edit_backflush
from backflush.models import Backflush
from inventory.models import Item
from tests.backflush.crowd import breaches
from tests.backflush.files import bring, issue, report, take_back, used
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db
ITEMS = "sku,unit,kind,standard_cost\nM,EA,material,5\nALT,EA,material,3\nEXTRA,EA,material,2\nP,EA,sku,\n"
STOCK = "sku,location,on_hand,unit_cost,counted_at\n" + "".join(
    f"{sku},MAIN,1000,{cost},2025-11-01T08:00\n" for sku, cost in (("M", 5), ("ALT", 3), ("EXTRA", 2))
)


@pytest.fixture
def shop(db: None) -> Shop:
    """2 of M a unit, 2 of ALT stand for one; ten were made."""
    shop = open_shop()
    bring(shop, "items", ITEMS)
    bring(shop, "stock", STOCK)
    bring(shop, "boms", "parent_sku,component_sku,usage,substitute_skus\nP,M,2,ALT=2\n")
    return shop


def item(shop: Shop, sku: str) -> int:
    with bind(shop.organization):
        return Item.objects.get(sku=sku).pk


def change(shop: Shop, draft: Backflush, **values: object) -> Backflush:
    edit_backflush(
        organization=shop.organization,
        backflush_id=draft.pk,
        changes=[LineChange(**values)],  # type: ignore[arg-type]
        actor=shop.planner,
    )
    return shop.again(draft.pk)


def quantities(shop: Shop, draft: Backflush) -> dict[str, tuple[Decimal, Decimal]]:
    """Expected and actual, by item used."""
    return {sku: (line.expected_quantity, line.actual_quantity) for sku, line in shop.lines(draft).items()}


def test_alternative_of_the_bill_takes_its_factor_and_what_was_expected(shop: Shop) -> None:
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    draft = shop.change(shop.draft(), "M", item_used_id=item(shop, "ALT"))
    (line,) = shop.lines(draft).values()
    assert quantities(shop, draft) == {"ALT": (40, 40)}
    assert (line.factor, line.substitution_minor, line.usage_minor) == (2, 2_000, 0)


def test_any_other_item_takes_the_factor_that_is_given(shop: Shop) -> None:
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    draft = shop.change(shop.draft(), "M", item_used_id=item(shop, "EXTRA"), factor=Decimal("0.5"))
    assert quantities(shop, draft) == {"EXTRA": (10, 10)}


def test_reported_quantity_is_converted_when_another_item_takes_its_place(shop: Shop) -> None:
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,M,21,,,,")
    draft = shop.change(shop.draft(), "M", item_used_id=item(shop, "ALT"))
    assert quantities(shop, draft) == {"ALT": (40, 42)}


def test_substituted_line_can_be_changed_again_and_put_back(shop: Shop) -> None:
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    draft = shop.change(shop.draft(), "M", item_used_id=item(shop, "ALT"))
    draft = shop.change(draft, "ALT", actual_quantity=Decimal(44))
    assert quantities(shop, draft) == {"ALT": (40, 44)}
    draft = shop.change(draft, "ALT", item_used_id=item(shop, "M"), actual_quantity=Decimal(22))
    assert quantities(shop, draft) == {"M": (20, 22)}
    draft = shop.change(draft, "M", is_reset=True)
    assert quantities(shop, draft) == {"M": (20, 20)}


def test_item_that_stood_in_for_a_part_is_added_beside_the_line(shop: Shop) -> None:
    """12 of M and 16 of ALT (f = 2) are 20: shares 12 and 8."""
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    draft = shop.change(shop.draft(), "M", actual_quantity=Decimal(12))
    line = shop.lines(draft)["M"]
    draft = change(
        shop,
        draft,
        line_id=None,
        input_id=line.input_id,
        item_used_id=item(shop, "ALT"),
        actual_quantity=Decimal(16),
    )
    assert quantities(shop, draft) == {"M": (12, 12), "ALT": (16, 16)}
    shop.post(draft)
    assert (used(shop, "M"), used(shop, "ALT")) == (12, 16)
    assert breaches(shop.organization) == []


def test_component_that_is_not_on_the_bill_is_added_taken_out_and_reversed(shop: Shop) -> None:
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    draft = change(
        shop, shop.draft(), line_id=None, item_used_id=item(shop, "EXTRA"), actual_quantity=Decimal(3)
    )
    assert quantities(shop, draft) == {"M": (20, 20), "EXTRA": (0, 3)}
    dropped = shop.change(draft, "EXTRA", is_reset=True)
    assert quantities(shop, dropped) == {"M": (20, 20)}
    again = change(shop, dropped, line_id=None, item_used_id=item(shop, "EXTRA"), actual_quantity=Decimal(4))
    posted = shop.post(again)
    assert (used(shop, "EXTRA"), posted.usage_minor) == (4, 800)
    take_back(shop, posted)
    assert used(shop, "EXTRA") == 0
    assert breaches(shop.organization) == []


def test_edit_keeps_its_figure_when_the_completion_changes_under_it(shop: Shop) -> None:
    """A human's number is not computed anew: 1.23 stays 1.23, only what is expected moves."""
    report(shop, "W-1,P,20,10,,,,a,2025-11-19,")
    draft = shop.change(shop.draft(), "M", actual_quantity=Decimal("1.23"))
    report(shop, "W-1,P,20,12,,,,a,2025-11-19,")
    from approvals.actions.recomputing import recompute

    recompute(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    assert quantities(shop, shop.again(draft.pk)) == {"M": (24, Decimal("1.23"))}


@pytest.mark.parametrize("factor", ["0", "-1"])
def test_factor_that_is_not_above_zero_is_refused(shop: Shop, factor: str) -> None:
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    with pytest.raises(AppError) as caught:
        shop.change(shop.draft(), "M", item_used_id=item(shop, "ALT"), factor=Decimal(factor))
    assert caught.value.code == "INVALID"


def test_negative_use_of_a_component_is_refused(shop: Shop) -> None:
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    with pytest.raises(AppError) as caught:
        shop.change(shop.draft(), "M", actual_quantity=Decimal(-5))
    assert caught.value.code == "INVALID"


def test_negative_use_of_a_named_lot_is_refused_too(shop: Shop) -> None:
    from backflush.actions.editing import LotChoice
    from tests import factories

    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    with bind(shop.organization):
        material = Item.objects.get(sku="M")
    lot = factories.make_lot(shop.organization, material, "M1")
    factories.set_stock(shop.organization, material, 50, lot=lot, unit_cost=2)
    draft = shop.draft()
    with pytest.raises(AppError) as caught:
        shop.change(draft, "M", actual_quantity=Decimal(-5), lots=[LotChoice(lot.pk, None, None)])
    assert caught.value.code == "INVALID"


def test_chosen_lots_of_another_item_are_refused(shop: Shop) -> None:
    from backflush.actions.editing import LotChoice
    from tests import factories

    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    with bind(shop.organization):
        other = Item.objects.get(sku="EXTRA")
    lot = factories.make_lot(shop.organization, other, "X1")
    factories.set_stock(shop.organization, other, 50, lot=lot, unit_cost=2)
    draft = shop.draft()
    with pytest.raises(AppError) as caught:
        shop.change(draft, "M", lots=[LotChoice(lot.pk, None, Decimal(20))])
    assert caught.value.code in ("INVALID", "NOT_FOUND")


def test_quantity_with_more_than_six_decimals_is_refused(shop: Shop) -> None:
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    with pytest.raises(AppError) as caught:
        shop.change(shop.draft(), "M", actual_quantity=Decimal("1.0000001"))
    assert caught.value.code == "INVALID"
