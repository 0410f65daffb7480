"""Standard runs post without a signature where a controller turned that on (rules, section 10)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.actions.organizations import change_policies
from accounts.errors import AppError
from accounts.models import Organization
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.reversing import reverse
from approvals.actions.submitting import submit_backflush, submit_backflushes
from approvals.models import ApprovalDecision, ApprovalRequest
from approvals.queries.outlook import outlook_of
from approvals.queries.overview import timeline_of
from backflush.actions.drafting import draft_backflushes
from backflush.models import Backflush
from inventory.actions.periods import close_period
from inventory.models import Item, Period, StockEntry
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop, simple_order

pytestmark = pytest.mark.django_db


def turned_on(shop: Shop, limit_minor: int = 10_000) -> Shop:
    """By a controller, on the settings page's action."""
    with bind(shop.organization):
        shop.organization = change_policies(
            organization=shop.organization,
            values={"is_standard_run_posted": True, "standard_run_limit_minor": limit_minor},
            reason="Small runs need nobody",
            actor=shop.controller,
        )
    return shop


def submitted(shop: Shop, **order: Any) -> Backflush:
    simple_order(shop, **order)
    draft = shop.draft()
    shop.give_reasons(draft)
    submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    return shop.again(draft.pk)


def test_off_by_default_a_person_signs() -> None:
    assert submitted(open_shop()).status == "SUBMITTED"


def test_standard_run_posts_when_it_is_submitted() -> None:
    shop = turned_on(open_shop())
    posted = submitted(shop)

    assert (posted.status, posted.is_posted_by_policy, posted.posted_by) == ("POSTED", True, None)
    assert shop.balance("M") == (980, 490_000)
    assert shop.balance("P") == (10, 10_000)
    with bind(shop.organization):
        assert ApprovalRequest.objects.get(backflush=posted).status == "approved"
        assert not ApprovalDecision.objects.exists()
    assert breaches(shop.organization) == []


def test_history_names_the_policy_as_the_signer() -> None:
    shop = turned_on(open_shop())
    posted = submitted(shop)
    words = "Signed by the policy “Post standard runs without a signature”: a standard run within $100.00"
    with bind(shop.organization):
        last = Backflush.history.filter(id=posted.pk).latest("history_id")
        assert (last.history_change_reason, last.history_user_id) == (words, None)
        reasons = {e.history_change_reason for e in StockEntry.history.filter(source_id=posted.pk)}
        assert reasons == {words}
        titles = [event.title for event in timeline_of(posted, None)]  # type: ignore[arg-type, attr-defined]
        assert words in titles


@pytest.mark.parametrize(
    "order",
    [{"scrap": 1}, {"good": 11}, {"cost": None}],
    ids=["scrap without a reason of its own", "value above the limit", "no cost"],
)
def test_what_is_no_standard_run_waits_for_a_person(order: dict[str, Any]) -> None:
    shop = turned_on(open_shop())
    if "cost" in order:
        material = factories.make_item(shop.organization, "N")
        factories.set_stock(shop.organization, material, 1000)
        product = factories.make_product(shop.organization, "Q")
        factories.make_bom(shop.organization, product, [(material, 1)])
        factories.make_completion(shop.organization, factories.make_order(shop.organization, product, 10), 10)
        draft = shop.draft()
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
        assert shop.again(draft.pk).status == "SUBMITTED"
    else:
        assert submitted(shop, **order).status == "SUBMITTED"


def test_run_at_the_limit_is_within_it_and_in_bulk_each_is_judged_by_itself() -> None:
    shop = turned_on(open_shop())
    simple_order(shop)
    with bind(shop.organization):
        product = Item.objects.get(sku="P")
    factories.make_completion(shop.organization, factories.make_order(shop.organization, product, 20), 11)
    drafted = draft_backflushes(organization=shop.organization, actor=shop.planner).drafted
    result = submit_backflushes(organization=shop.organization, backflush_ids=drafted, actor=shop.planner)

    assert sorted(result.submitted) == sorted(drafted)
    assert [shop.again(pk).value_minor for pk in result.posted] == [10_000]
    assert breaches(shop.organization) == []


def test_short_run_waits_for_a_person() -> None:
    shop = turned_on(open_shop(), limit_minor=10**9)
    assert submitted(shop, quantity=600, good=600).status == "SUBMITTED"


def test_closed_period_leaves_it_to_a_person() -> None:
    shop = turned_on(open_shop())
    with bind(shop.organization):
        period = save_row(
            Period(
                organization=shop.organization,
                starts_on=dt.date(2025, 11, 1),
                ends_on=dt.date(2025, 11, 30),
            ),
            actor=None,
            reason="made for a test",
        )
        close_period(period=period, actor=shop.controller, why="Books are closed")
    assert submitted(shop).status == "SUBMITTED"


def test_who_submitted_may_not_turn_it_on_nor_reverse_it() -> None:
    shop = turned_on(open_shop())
    posted = submitted(shop)
    with bind(shop.organization), pytest.raises(AppError) as refusal:
        change_policies(
            organization=shop.organization,
            values={"standard_run_limit_minor": 10**9},
            reason="More of it",
            actor=shop.planner,
        )
    assert refusal.value.code == "FORBIDDEN"

    reverse(
        organization=shop.organization, backflush_id=posted.pk, actor=shop.controller, reason="Wrong order"
    )
    assert shop.balance("M") == (1000, 500_000)
    assert breaches(shop.organization) == []


def test_draft_says_that_nobody_will_be_asked() -> None:
    shop = turned_on(open_shop())
    simple_order(shop)
    draft = shop.draft()
    with bind(shop.organization):
        assert outlook_of(draft, shop.organization).signers == ["nobody, as a standard run"]


def test_books_find_a_posting_by_a_policy_that_was_off(organization: Organization) -> None:
    shop = open_shop("side")
    simple_order(shop)
    posted = shop.post(shop.draft())
    with bind(shop.organization):
        posted.is_posted_by_policy = True
        save_row(posted, actor=None, reason="Behind everybody's back")
    assert any("by policy without being a standard run" in breach for breach in breaches(shop.organization))
