"""What people change on a draft."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from backflush.actions.editing import LineChange, edit_backflush
from backflush.actions.submitting import discard_backflush
from backflush.models import BackflushLine
from tests import factories
from tests.backflush.shop import open_shop, simple_order

pytestmark = pytest.mark.django_db


def test_edit_keeps_expected_and_actual_apart() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.change(
        shop.draft(), "M", actual_quantity=Decimal("21.5"), reason_id=shop.reason().pk, note="spilt"
    )
    line = shop.lines(draft)["M"]
    assert (line.expected_quantity, line.actual_quantity, line.source) == (20, Decimal("21.5"), "edited")
    assert (line.usage_minor, draft.usage_minor, line.note) == (750, 750, "spilt")
    assert line.is_beyond_tolerance


def test_substitute_worked_example() -> None:
    """2 of M1 (5.00) per unit, 10 good, 21 of M2 (7.00) used instead: substitution 40.00 U, usage 7.00 U."""
    shop = open_shop()
    org = shop.organization
    m1, m2 = factories.make_item(org, "M1", cost=5), factories.make_item(org, "M2", cost=7)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(m1, 2)])
    factories.set_stock(org, m2, 100, unit_cost=7)
    order = factories.make_order(org, product, 10)
    factories.make_completion(org, order, 10)
    draft = shop.change(shop.draft(), "M1", item_used_id=m2.pk, actual_quantity=Decimal(21))
    line = shop.lines(draft)["M2"]
    assert line.stands_in_for == m1
    assert (line.substitution_minor, line.usage_minor, line.price_minor, line.variance_minor) == (
        4000,
        700,
        0,
        4700,
    )
    posted = shop.post(draft)
    assert shop.balance("M2")[0] == 79
    assert shop.balance("M1")[0] == 0
    assert posted.variance_minor == 4700


def test_component_that_is_not_on_the_bill_can_be_added() -> None:
    shop = open_shop()
    simple_order(shop)
    extra = factories.make_item(shop.organization, "X", cost=2)
    factories.set_stock(shop.organization, extra, 10, unit_cost=2)
    draft = shop.draft()
    change = LineChange(
        line_id=None, item_used_id=extra.pk, actual_quantity=Decimal(3), reason_id=shop.reason().pk
    )
    edit_backflush(
        organization=shop.organization, backflush_id=draft.pk, changes=[change], actor=shop.planner
    )
    line = shop.lines(draft)["X"]
    assert (line.standard_quantity, line.actual_quantity, line.usage_minor) == (0, 3, 600)
    assert "extra" in line.flags
    assert line.is_beyond_tolerance
    assert line.reason is not None


def test_reset_brings_the_computed_figure_back() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.change(shop.draft(), "M", actual_quantity=Decimal(25))
    draft = shop.change(draft, "M", is_reset=True)
    assert shop.lines(draft)["M"].actual_quantity == 20
    assert draft.edits == []


def test_edit_of_what_somebody_else_changed_is_a_conflict() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.draft()
    line = shop.lines(draft)["M"]
    shop.change(draft, "M", actual_quantity=Decimal(21))
    with pytest.raises(AppError) as caught:
        edit_backflush(
            organization=shop.organization,
            backflush_id=draft.pk,
            changes=[LineChange(line_id=line.pk, actual_quantity=Decimal(22))],
            actor=shop.planner,
            version=draft.version,
        )
    assert caught.value.code == "EDIT_CONFLICT"
    assert shop.lines(draft)["M"].actual_quantity == 21


def test_line_history_tells_old_and_new_actual() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.change(shop.draft(), "M", actual_quantity=Decimal(21), note="spilt")
    line = shop.lines(draft)["M"]
    with bind(shop.organization):
        told = list(
            BackflushLine.history.filter(id=line.pk)
            .order_by("history_id")
            .values_list("actual_quantity", "history_user_id")
        )
    assert told[0] == (20, shop.planner.pk)
    assert told[1] == (21, shop.planner.pk)


def test_posted_document_is_not_edited() -> None:
    shop = open_shop()
    simple_order(shop)
    posted = shop.post(shop.draft())
    with pytest.raises(AppError) as caught:
        shop.change(posted, "M", actual_quantity=Decimal(1))
    assert caught.value.code == "ALREADY_BACKFLUSHED"


def test_discard_frees_the_completion_and_its_picks() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.draft()
    discard_backflush(
        organization=shop.organization, backflush_id=draft.pk, actor=shop.planner, reason="Wrong order"
    )
    again = shop.draft()
    assert again.pk != draft.pk
    assert shop.again(draft.pk).status == "DISCARDED"


def test_part_after_one_that_used_a_substitute_can_be_edited() -> None:
    shop = open_shop()
    order = simple_order(shop, good=4)
    other = factories.make_item(shop.organization, "SUB", cost=6)
    factories.set_stock(shop.organization, other, 100, unit_cost=6)
    shop.change(shop.draft(), "M", item_used_id=other.pk)
    factories.make_completion(shop.organization, order, 3, reference="second")
    second = shop.change(shop.draft(), "M", actual_quantity=Decimal(7))
    assert shop.lines(second)["M"].actual_quantity == 7
