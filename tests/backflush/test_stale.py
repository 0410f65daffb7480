"""Whatever a document was computed from: when it changes, nobody signs the old figures."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.recomputing import recompute
from approvals.actions.reversing import reverse
from approvals.actions.signing import approve_backflush
from approvals.actions.submitting import submit_backflush
from approvals.models import ApprovalDecision, ApprovalRequest
from backflush.actions.rechecking import is_stale
from backflush.actions.submitting import discard_backflush
from backflush.models import Backflush
from inventory.models import Item, ItemCost
from production.models import Completion, ReportedUse, WorkOrder
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop, simple_order

pytestmark = pytest.mark.django_db
Change = Callable[[Shop], None]


def _set(row: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    save_row(row, actor=None, reason="changed", fields=list(values))


def _material(shop: Shop) -> Item:
    return Item.objects.get(sku="M")


def _cost(shop: Shop) -> None:
    _set(ItemCost.objects.get(item__sku="M"), standard_cost=Decimal("5.01"))


def _good(shop: Shop) -> None:
    _set(Completion.objects.get(), good_quantity=Decimal(11))


def _scrap(shop: Shop) -> None:
    _set(Completion.objects.get(), scrap_quantity=Decimal(1))


def _day(shop: Shop) -> None:
    completion = Completion.objects.get()
    _set(completion, completed_on=completion.completed_on.replace(day=1))


def _use(shop: Shop) -> None:
    completion = Completion.objects.get()
    save_row(
        ReportedUse(
            organization=shop.organization,
            work_order=WorkOrder.objects.get(),
            completion=completion,
            item=_material(shop),
            quantity=Decimal(21),
        ),
        actor=None,
        reason="reported late",
    )


def _tolerance(shop: Shop) -> None:
    _set(shop.organization, tolerance_percent=Decimal(5))


def _stock_at_standard(shop: Shop) -> None:
    _set(shop.organization, is_stock_at_standard=True)


def _costs_required(shop: Shop) -> None:
    _set(shop.organization, is_cost_required=True)


def _lot_order(shop: Shop) -> None:
    _set(shop.organization, lot_order="fefo")


def _policy_of_item(shop: Shop) -> None:
    _set(_material(shop), negative_policy="block")


def _tolerance_of_item(shop: Shop) -> None:
    _set(_material(shop), tolerance_percent=Decimal(3))


def _lot_emptied(shop: Shop) -> None:
    """A stock file says that only 15 are there; the draft takes 20."""
    factories.set_stock(shop.organization, _material(shop), -985, unit_cost=5)


CHANGES: dict[str, Change] = {
    "standard cost": _cost,
    "good quantity": _good,
    "scrap quantity": _scrap,
    "completion's day": _day,
    "use reported": _use,
    "organization's tolerance": _tolerance,
    "stock carried at standard": _stock_at_standard,
    "costs required": _costs_required,
    "order of lots": _lot_order,
    "item's shortage policy": _policy_of_item,
    "item's tolerance": _tolerance_of_item,
    "stock counted less": _lot_emptied,
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_under_a_document_keeps_it_from_being_signed_until_recomputed(name: str) -> None:
    shop = open_shop()
    simple_order(shop)
    submitted = shop.submit(shop.draft())

    with bind(shop.organization):
        assert not is_stale(shop.organization, submitted)
        CHANGES[name](shop)
        assert is_stale(shop.organization, submitted)
    with pytest.raises(AppError) as caught:
        shop.approve(submitted)

    assert caught.value.code == "STALE_DRAFT"
    assert shop.again(submitted.pk).status == "SUBMITTED"
    assert shop.entries(submitted) == []
    recompute(organization=shop.organization, backflush_id=submitted.pk, actor=shop.planner)
    again = shop.again(submitted.pk)
    assert again.status == "RETURNED"
    with bind(shop.organization):
        assert ApprovalRequest.objects.get().status == "void"
    assert shop.post(again).status == "POSTED"
    assert breaches(shop.organization) == []


def test_draft_that_is_stale_is_not_submitted() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.draft()
    with bind(shop.organization):
        _cost(shop)
    with pytest.raises(AppError) as caught:
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    assert caught.value.code == "STALE_DRAFT"


def test_draft_whose_lots_are_gone_is_not_submitted() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.draft()
    with bind(shop.organization):
        _lot_emptied(shop)
    with pytest.raises(AppError) as caught:
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    assert caught.value.code == "STALE_DRAFT"


def test_recomputing_keeps_what_people_changed() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.change(
        shop.draft(), "M", actual_quantity=Decimal(22), reason_id=shop.reason().pk, note="torn"
    )
    with bind(shop.organization):
        _cost(shop)
    recompute(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    line = shop.lines(draft)["M"]
    assert (line.actual_quantity, line.note, line.reason) == (22, "torn", shop.reason())
    assert (line.standard_unit_cost, line.usage_minor) == (Decimal("5.01"), 1002)


def test_unrelated_changes_leave_a_document_alone() -> None:
    """Another item's cost, more stock, the product's name and a later part are not what it was computed from."""
    shop = open_shop()
    order = simple_order(shop)
    submitted = shop.submit(shop.draft())
    other = factories.make_item(shop.organization, "OTHER", cost=1)
    with bind(shop.organization):
        _set(ItemCost.objects.get(item=other), standard_cost=Decimal(2))
        _set(Item.objects.get(sku="P"), description="Another name")
        factories.set_stock(shop.organization, _material(shop), 5, unit_cost=5)
    factories.make_completion(shop.organization, order, 3, reference="later")
    shop.draft()
    assert shop.approve(submitted).status == "POSTED"


def _two_parts(shop: Shop) -> tuple[Backflush, Backflush]:
    """0.3 of M a unit in whole steps, two parts of one: 1 and 0."""
    order = simple_order(shop, good=1, usage="0.3", rounding_step=Decimal(1))
    first = shop.draft()
    factories.make_completion(shop.organization, order, 1, reference="second")
    second = shop.draft()
    assert [shop.lines(part)["M"].actual_quantity for part in (first, second)] == [1, 0]
    return first, second


def test_earlier_part_discarded_makes_the_later_one_stale() -> None:
    """The books hold 0 then and 1 is due."""
    shop = open_shop()
    first, second = _two_parts(shop)
    second = shop.submit(second)
    discard_backflush(
        organization=shop.organization, backflush_id=first.pk, actor=shop.planner, reason="Wrong order"
    )
    with pytest.raises(AppError) as caught:
        shop.approve(second)
    assert caught.value.code == "STALE_DRAFT"
    recompute(organization=shop.organization, backflush_id=second.pk, actor=shop.planner)
    assert shop.lines(second)["M"].actual_quantity == 1
    assert shop.post(second).status == "POSTED"


def test_earlier_part_reversed_makes_the_later_one_stale() -> None:
    shop = open_shop()
    first, second = _two_parts(shop)
    first = shop.post(first)
    second = shop.submit(second)
    reverse(
        organization=shop.organization, backflush_id=first.pk, actor=shop.other_controller, reason="Wrong"
    )
    with pytest.raises(AppError) as caught:
        shop.approve(second)
    assert caught.value.code == "STALE_DRAFT"
    recompute(organization=shop.organization, backflush_id=second.pk, actor=shop.planner)
    assert shop.lines(second)["M"].actual_quantity == 1


def test_earlier_part_posted_leaves_the_later_one_as_it_is() -> None:
    shop = open_shop()
    first, second = _two_parts(shop)
    second = shop.submit(second)
    shop.post(first)
    assert shop.approve(second).status == "POSTED"


def test_earlier_part_edited_leaves_the_later_one_signable_when_its_due_is_the_same() -> None:
    """Over-use in one part leaves the next alone: actuals never enter."""
    shop = open_shop()
    order = simple_order(shop, quantity=20)
    first = shop.draft()
    factories.make_completion(shop.organization, order, 5, reference="second")
    second = shop.draft()
    assert shop.lines(second)["M"].actual_quantity == 10
    shop.change(first, "M", actual_quantity=Decimal(30))
    recompute(organization=shop.organization, backflush_id=second.pk, actor=shop.planner)
    assert shop.lines(second)["M"].actual_quantity == 10


def test_later_part_never_makes_an_earlier_one_stale() -> None:
    shop = open_shop()
    first, second = _two_parts(shop)
    first = shop.submit(first)
    second = shop.post(second)
    assert shop.approve(first).status == "POSTED"
    assert (shop.balance("M")[0], second.status) == (999, "POSTED")
    assert breaches(shop.organization) == []


def test_signatures_of_old_figures_are_void_after_a_recomputation() -> None:
    """A controller has signed the first of two tiers when a cost changes."""
    shop = open_shop()
    order = simple_order(shop, good=1000, quantity=1000, usage=3)
    finance = factories.make_member(shop.organization, "finance")
    factories.set_stock(shop.organization, _bound_material(shop), 9000, unit_cost=5)
    submitted = shop.approve(shop.submit(shop.draft()))
    assert submitted.status == "SUBMITTED"
    with bind(shop.organization):
        _cost(shop)
    with pytest.raises(AppError) as caught:
        approve_backflush(organization=shop.organization, backflush_id=submitted.pk, actor=finance)
    assert caught.value.code == "STALE_DRAFT"
    recompute(organization=shop.organization, backflush_id=submitted.pk, actor=shop.planner)
    again = shop.submit(shop.again(submitted.pk))
    with pytest.raises(AppError) as caught:
        approve_backflush(organization=shop.organization, backflush_id=again.pk, actor=finance)
    assert caught.value.code == "FORBIDDEN"
    shop.approve(again)
    approve_backflush(organization=shop.organization, backflush_id=again.pk, actor=finance)
    assert shop.again(again.pk).status == "POSTED"
    with bind(shop.organization):
        assert list(ApprovalRequest.objects.order_by("round").values_list("round", "status")) == [
            (1, "void"),
            (2, "approved"),
        ]
        assert ApprovalDecision.objects.count() == 3
        assert WorkOrder.objects.get().pk == order.pk


def _bound_material(shop: Shop) -> Item:
    with bind(shop.organization):
        return _material(shop)
