"""Who signs what, in which order, and who may not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.actions.members import change_role
from accounts.books import prove
from accounts.errors import AppError
from accounts.models import Membership, User
from accounts.rights import rights_of
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.signing import approve_backflush, approve_backflushes
from approvals.actions.submitting import submit_backflush
from approvals.actions.tiers import change_tier, remove_tier
from approvals.models import ApprovalDecision, ApprovalTier
from approvals.queries.permits import Permits, permits_of
from backflush.models import Backflush
from inventory.models import Item
from production.models import Completion, ReportedUse, WorkOrder
from tests import factories
from tests.backflush.shop import Shop, open_shop, simple_order

pytestmark = pytest.mark.django_db


def refusal(shop: Shop, backflush: Backflush, actor: User) -> str:
    with pytest.raises(AppError) as caught:
        approve_backflush(organization=shop.organization, backflush_id=backflush.pk, actor=actor)
    return caught.value.code


def sign(shop: Shop, backflush: Backflush, actor: User) -> str:
    approve_backflush(organization=shop.organization, backflush_id=backflush.pk, actor=actor)
    return shop.again(backflush.pk).status


def tier(shop: Shop, from_amount_minor: int, role: str) -> ApprovalTier:
    return change_tier(
        organization=shop.organization,
        tier=None,
        from_amount_minor=from_amount_minor,
        role=role,
        actor=shop.controller,
        reason="stricter",
    )


def permits(shop: Shop, backflush: Backflush, user: User) -> Permits:
    with bind(shop.organization):
        membership = Membership.objects.select_related("organization").get(user=user)
        return permits_of(
            backflush, user=user, membership=membership, rights=rights_of(user, shop.organization)
        )


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


@pytest.fixture
def finance(shop: Shop) -> User:
    return factories.make_member(shop.organization, "finance")


# Tiers


def test_value_below_the_threshold_needs_the_controller_alone(shop: Shop) -> None:
    """9,999.00 relieved."""
    dear_order(shop, good=10, usage="199.98")
    assert sign(shop, shop.submit(shop.draft()), shop.controller) == "POSTED"


def test_value_at_the_threshold_needs_finance_too(shop: Shop, finance: User) -> None:
    """The amount counts from itself on: 10,000.00 exactly."""
    dear_order(shop, good=10, usage=200)
    submitted = shop.submit(shop.draft())
    assert submitted.value_minor == 1_000_000
    assert sign(shop, submitted, shop.controller) == "SUBMITTED"
    assert shop.entries(submitted) == []
    assert sign(shop, submitted, finance) == "POSTED"


def test_weight_reaches_a_tier_that_the_net_variance_does_not(shop: Shop, finance: User) -> None:
    """+100.00 substitution against −100.00 usage is nothing net and 200.00 of weight."""
    tier(shop, 15_000, "finance")
    simple_order(shop)
    other = factories.make_item(shop.organization, "M2", cost=10)
    factories.set_stock(shop.organization, other, 1000, unit_cost=10)
    draft = shop.change(shop.draft(), "M", item_used_id=other.pk, actual_quantity=Decimal(10))
    assert (draft.substitution_minor, draft.usage_minor, draft.variance_minor) == (10_000, -10_000, 0)
    assert (draft.weight_minor, draft.value_minor) == (20_000, 10_000)
    submitted = shop.submit(draft)
    assert sign(shop, submitted, shop.controller) == "SUBMITTED"
    assert sign(shop, submitted, finance) == "POSTED"


def test_tiers_are_signed_in_order(shop: Shop, finance: User) -> None:
    dear_order(shop, good=10, usage=200)
    submitted = shop.submit(shop.draft())
    assert refusal(shop, submitted, finance) == "FORBIDDEN"
    sign(shop, submitted, shop.controller)
    assert sign(shop, submitted, finance) == "POSTED"
    with bind(shop.organization):
        signed = ApprovalDecision.objects.order_by("pk").values_list("role", "from_amount_minor")
        assert list(signed) == [("controller", 0), ("finance", 1_000_000)]


def test_two_tiers_of_one_role_need_two_people(shop: Shop) -> None:
    tier(shop, 5_000, "controller")
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    assert submitted.value_minor == 10_000
    assert sign(shop, submitted, shop.controller) == "SUBMITTED"
    assert refusal(shop, submitted, shop.controller) == "SAME_PERSON"
    assert sign(shop, submitted, shop.other_controller) == "POSTED"


def test_tier_made_stricter_meanwhile_applies(shop: Shop, finance: User) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    tier(shop, 5_000, "finance")
    assert sign(shop, submitted, shop.controller) == "SUBMITTED"
    assert sign(shop, submitted, finance) == "POSTED"


def test_tier_lowered_meanwhile_applies(shop: Shop, finance: User) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    with bind(shop.organization):
        dear = ApprovalTier.objects.get(role="finance")
    change_tier(
        organization=shop.organization,
        tier=dear,
        from_amount_minor=100,
        role="finance",
        actor=shop.controller,
        reason="stricter",
    )
    assert sign(shop, submitted, shop.controller) == "SUBMITTED"
    assert sign(shop, submitted, finance) == "POSTED"


def test_tier_eased_meanwhile_does_not_apply(shop: Shop, finance: User) -> None:
    dear = tier(shop, 5_000, "finance")
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    remove_tier(organization=shop.organization, tier=dear, actor=shop.controller, reason="eased")
    assert sign(shop, submitted, shop.controller) == "SUBMITTED"
    assert sign(shop, submitted, finance) == "POSTED"


def test_document_submitted_after_a_tier_was_eased_needs_it_no_more(shop: Shop, finance: User) -> None:
    dear = tier(shop, 5_000, "finance")
    remove_tier(organization=shop.organization, tier=dear, actor=shop.controller, reason="eased")
    simple_order(shop)
    assert sign(shop, shop.submit(shop.draft()), shop.controller) == "POSTED"


# Not one's own


def test_planner_has_no_right_to_sign(shop: Shop) -> None:
    simple_order(shop)
    assert refusal(shop, shop.submit(shop.draft()), shop.planner) == "FORBIDDEN"


def _becomes(shop: Shop, user: User, role: str) -> User:
    """The person changes role; asks for their rights anew, as the next request does."""
    with bind(shop.organization):
        membership = Membership.objects.get(user=user)
        change_role(membership=membership, role=role, actor=None, reason="moved")
    return User.objects.get(pk=user.pk)


def test_drafter_and_submitter_cannot_sign_after_a_change_of_role(shop: Shop) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    promoted = _becomes(shop, shop.planner, "controller")
    assert refusal(shop, submitted, promoted) == "SAME_PERSON"
    assert sign(shop, submitted, shop.controller) == "POSTED"


def test_editor_cannot_sign(shop: Shop) -> None:
    simple_order(shop)
    draft = shop.draft()
    editor = factories.make_member(shop.organization, "planner")
    other = Shop(shop.organization, editor, shop.controller, shop.other_controller)
    other.change(draft, "M", actual_quantity=Decimal(21))
    submitted = shop.submit(draft)
    assert refusal(shop, submitted, _becomes(shop, editor, "controller")) == "SAME_PERSON"


def test_submitter_cannot_sign(shop: Shop) -> None:
    simple_order(shop)
    draft = shop.draft()
    submitter = factories.make_member(shop.organization, "planner")
    submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=submitter)
    assert refusal(shop, draft, _becomes(shop, submitter, "controller")) == "SAME_PERSON"


@pytest.mark.parametrize(("import_id", "code"), [(None, "SAME_PERSON"), (7, None)])
def test_who_recorded_the_completion_by_hand_cannot_sign(
    shop: Shop, import_id: int | None, code: str | None
) -> None:
    """Who loaded it from a file can: the file is somebody else's word."""
    simple_order(shop)
    with bind(shop.organization):
        _set(Completion.objects.get(), recorded_by=shop.controller, import_id=import_id)
    submitted = shop.submit(shop.draft())
    if code:
        assert refusal(shop, submitted, shop.controller) == code
    assert sign(shop, submitted, shop.other_controller if code else shop.controller) == "POSTED"


def test_who_reported_use_by_hand_cannot_sign(shop: Shop) -> None:
    simple_order(shop)
    with bind(shop.organization):
        use = ReportedUse(
            organization=shop.organization,
            work_order=WorkOrder.objects.get(),
            item_id=_item_id("M"),
            quantity=Decimal(20),
            recorded_by=shop.controller,
        )
        save_row(use, actor=None, reason="reported")
    submitted = shop.submit(shop.draft())
    assert refusal(shop, submitted, shop.controller) == "SAME_PERSON"
    assert sign(shop, submitted, shop.other_controller) == "POSTED"


def test_organization_of_one_person_can_allow_it_and_the_books_show_that() -> None:
    shop = open_shop(is_same_person_allowed=True)
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    alone = _becomes(shop, shop.planner, "controller")
    assert sign(shop, submitted, alone) == "POSTED"
    with bind(shop.organization):
        decision = ApprovalDecision.objects.get()
        assert decision.decided_by_id == shop.again(submitted.pk).submitted_by_id == alone.pk
        allowed = shop.organization.history.filter(is_same_person_allowed=True)
        assert allowed.exists()
        assert prove(shop.organization, lambda proof, found: None)


# What the page says


def test_page_says_who_can_sign(shop: Shop) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    told = permits(shop, submitted, shop.planner)
    assert not told.may_approve
    assert str(shop.controller) in told.waits_for
    assert str(shop.other_controller) in told.waits_for


def test_page_says_whom_to_ask_when_nobody_can_sign(shop: Shop) -> None:
    """Both controllers had a hand in it."""
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    people = [shop.planner.pk, shop.controller.pk, shop.other_controller.pk]
    with bind(shop.organization):
        _set(Backflush.objects.get(pk=submitted.pk), involved_user_ids=people)
    told = permits(shop, submitted, shop.controller)
    assert told.waits_for == (
        "nobody: no controller is left who may sign. Ask an admin for another controller"
    )
    assert told.why_not.startswith("You recorded, drafted, edited or submitted this yourself")


def test_page_says_that_the_next_signature_is_anothers(shop: Shop, finance: User) -> None:
    dear_order(shop, good=10, usage=200)
    submitted = shop.submit(shop.draft())
    assert permits(shop, submitted, finance).why_not == "A controller signs next."
    sign(shop, submitted, shop.controller)
    assert permits(shop, submitted, finance).may_approve
    assert permits(shop, submitted, shop.controller).why_not.startswith("You have signed it already")


# Many at once


def test_bulk_signing_refuses_each_by_itself(shop: Shop, finance: User) -> None:
    simple_order(shop)
    good = shop.submit(shop.draft())
    org = shop.organization
    _, product = _items(shop)
    factories.make_completion(org, factories.make_order(org, product, 4, "WO-2"), 4)
    draft = shop.draft()
    result = approve_backflushes(
        organization=org, backflush_ids=[good.pk, draft.pk, 999_999_999, good.pk], actor=shop.controller
    )
    assert (result.signed, result.posted) == ([good.pk], [good.pk])
    assert {pk: error.code for pk, error in result.refused} == {
        draft.pk: "INVALID_STATE",
        999_999_999: "NOT_FOUND",
    }
    assert shop.balance("M")[0] == 980


def test_other_organizations_document_is_not_found(shop: Shop) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    stranger = open_shop("other")
    with pytest.raises(AppError) as caught:
        approve_backflush(
            organization=stranger.organization, backflush_id=submitted.pk, actor=stranger.controller
        )
    assert caught.value.code == "NOT_FOUND"
    with pytest.raises(AppError) as caught:
        approve_backflush(
            organization=shop.organization, backflush_id=submitted.pk, actor=stranger.controller
        )
    assert caught.value.code == "FORBIDDEN"


def _set(row: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    save_row(row, actor=None, reason="changed", fields=list(values))


def _items(shop: Shop) -> tuple[Item, Item]:
    with bind(shop.organization):
        return Item.objects.get(sku="M"), Item.objects.get(sku="P")


def _item_id(sku: str) -> int:
    return Item.objects.get(sku=sku).pk


def dear_order(shop: Shop, *, good: int, usage: Any) -> None:
    """An order of M (5.00) with stock enough for it."""
    simple_order(shop, good=good, usage=usage)
    factories.set_stock(shop.organization, _items(shop)[0], 9_000, unit_cost=5)
