"""Questions on the way to a signature: returned, answered, discarded; and what must be there before submitting."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from approvals.actions.signing import approve_backflush, return_backflush
from approvals.actions.submitting import submit_backflush, submit_backflushes
from approvals.models import ApprovalDecision, ApprovalRequest
from backflush.actions.drafting import draft_backflushes
from backflush.actions.submitting import discard_backflush
from backflush.models import Backflush
from production.models import Completion
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop, simple_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


def send_back(shop: Shop, backflush: Backflush, **proposal: object) -> Backflush:
    return_backflush(
        organization=shop.organization,
        backflush_id=backflush.pk,
        actor=shop.controller,
        note="Was it not 22?",
        **proposal,  # type: ignore[arg-type]
    )
    return shop.again(backflush.pk)


def test_signer_proposes_a_figure_and_may_still_sign_once_the_planner_took_it(shop: Shop) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    line = shop.lines(submitted)["M"]
    returned = send_back(shop, submitted, line_id=line.pk, proposed_quantity=Decimal(22))
    assert returned.status == "RETURNED"
    assert shop.lines(returned)["M"].actual_quantity == 20
    with bind(shop.organization):
        decision = ApprovalDecision.objects.get()
        assert (decision.decision, decision.line_id, decision.proposed_quantity) == ("return", line.pk, 22)
    mended = shop.change(returned, "M", actual_quantity=Decimal(22))
    posted = shop.approve(shop.submit(mended))
    assert (posted.status, posted.posted_by_id, posted.usage_minor) == ("POSTED", shop.controller.pk, 1000)
    with bind(shop.organization):
        rounds = ApprovalRequest.objects.order_by("round").values_list("round", "status")
        assert list(rounds) == [(1, "returned"), (2, "approved")]


def test_planner_may_answer_a_question_about_a_line_with_another_item(shop: Shop) -> None:
    simple_order(shop)
    other = factories.make_item(shop.organization, "M2", cost=7)
    factories.set_stock(shop.organization, other, 100, unit_cost=7)
    submitted = shop.submit(shop.draft())
    asked = shop.lines(submitted)["M"]
    returned = send_back(shop, submitted, line_id=asked.pk, proposed_quantity=Decimal(22))

    mended = shop.change(returned, "M", item_used_id=other.pk)
    lines = shop.lines(mended)
    assert (lines["M2"].actual_quantity, lines["M2"].stands_in_for_id) == (20, asked.item_id)
    assert (lines["M"].pk, lines["M"].expected_quantity, lines["M"].actual_quantity) == (asked.pk, 0, 0)
    with pytest.raises(AppError) as caught:
        shop.change(mended, "M", actual_quantity=Decimal(8))
    assert caught.value.code == "INVALID"
    shop.give_reasons(mended)
    posted = shop.approve(shop.submit(shop.again(mended.pk)))
    assert (posted.status, posted.substitution_minor, posted.actual_cost_minor) == ("POSTED", 4000, 14000)
    assert shop.balance("M")[0] == 1000
    assert breaches(shop.organization) == []

    back = shop.lines(posted)["M"]
    assert (back.terms, back.flags, back.standard_cost_minor) == ({}, [], 0)


def test_return_voids_the_signatures_given_so_far(shop: Shop) -> None:
    finance = factories.make_member(shop.organization, "finance")
    simple_order(shop, good=10, usage=200)
    submitted = shop.approve(shop.submit(shop.draft()))
    return_backflush(
        organization=shop.organization, backflush_id=submitted.pk, actor=finance, note="So much?"
    )
    again = shop.submit(shop.again(submitted.pk))
    with pytest.raises(AppError) as caught:
        approve_backflush(organization=shop.organization, backflush_id=again.pk, actor=finance)
    assert caught.value.code == "FORBIDDEN"


def test_return_needs_a_question(shop: Shop) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    with pytest.raises(AppError) as caught:
        return_backflush(
            organization=shop.organization, backflush_id=submitted.pk, actor=shop.controller, note="  "
        )
    assert caught.value.code == "REASON_REQUIRED"
    assert shop.again(submitted.pk).status == "SUBMITTED"


def test_proposal_for_another_documents_line_is_not_found(shop: Shop) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    with pytest.raises(AppError) as caught:
        send_back(shop, submitted, line_id=999_999, proposed_quantity=Decimal(1))
    assert caught.value.code == "NOT_FOUND"


def test_planner_does_not_return_and_a_draft_is_not_returned(shop: Shop) -> None:
    simple_order(shop)
    draft = shop.draft()
    with pytest.raises(AppError) as caught:
        send_back(shop, draft)
    assert caught.value.code == "INVALID_STATE"
    with pytest.raises(AppError) as caught:
        return_backflush(
            organization=shop.organization, backflush_id=draft.pk, actor=shop.planner, note="Mine"
        )
    assert caught.value.code == "FORBIDDEN"


def test_submitted_document_is_not_edited_nor_discarded(shop: Shop) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    with pytest.raises(AppError) as caught:
        shop.change(submitted, "M", actual_quantity=Decimal(1))
    assert caught.value.code == "INVALID_STATE"
    with pytest.raises(AppError) as caught:
        discard_backflush(
            organization=shop.organization, backflush_id=submitted.pk, actor=shop.planner, reason="Wrong"
        )
    assert caught.value.code == "INVALID_STATE"


def test_returned_document_can_be_discarded_and_its_completion_waits_again(shop: Shop) -> None:
    simple_order(shop)
    returned = send_back(shop, shop.submit(shop.draft()))
    discard_backflush(
        organization=shop.organization, backflush_id=returned.pk, actor=shop.planner, reason="Wrong order"
    )
    with bind(shop.organization):
        assert Completion.objects.get().backflush_state == ""
    assert shop.post(shop.draft()).status == "POSTED"
    assert shop.again(returned.pk).status == "DISCARDED"


# Submitting


def _three_lines_beyond(shop: Shop) -> Backflush:
    org = shop.organization
    parts = [factories.make_item(org, sku, cost=5) for sku in ("A", "B", "C")]
    for part in parts:
        factories.set_stock(org, part, 1000, unit_cost=5)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(part, 2) for part in parts])
    factories.make_completion(org, factories.make_order(org, product, 10), 10)
    draft = shop.draft()
    for sku in ("A", "C"):
        draft = shop.change(draft, sku, actual_quantity=Decimal(25))
    return draft


def test_lines_beyond_tolerance_need_a_reason_and_are_named_all_at_once(shop: Shop) -> None:
    draft = _three_lines_beyond(shop)
    with pytest.raises(AppError) as caught:
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    assert caught.value.code == "REASON_REQUIRED"
    assert [line["item"] for line in caught.value.details["lines"]] == ["A", "C"]
    assert "A, C are beyond tolerance and need a reason" in caught.value.message
    shop.change(draft, "A", reason_id=shop.reason().pk)
    with pytest.raises(AppError, match=r": C is beyond tolerance and needs a reason") as caught:
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    shop.change(draft, "C", reason_id=shop.reason().pk)
    submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    assert shop.again(draft.pk).status == "SUBMITTED"


def test_reason_taken_away_again_is_missing() -> None:
    shop = open_shop()
    simple_order(shop)
    draft = shop.change(shop.draft(), "M", actual_quantity=Decimal(25), reason_id=shop.reason().pk)
    draft = shop.change(draft, "M", reason_id=0)
    with pytest.raises(AppError) as caught:
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    assert caught.value.code == "REASON_REQUIRED"


@pytest.mark.parametrize(("percent", "minor", "is_beyond"), [(10, 0, False), (9, 400, True), (9, 500, False)])
def test_tolerance_is_passed_only_when_percent_and_amount_are(
    percent: int, minor: int, is_beyond: bool
) -> None:
    """22 of 20 is 10 percent and 10.00 more; per document the tolerance is the organization's."""
    shop = open_shop(tolerance_percent=Decimal(percent), tolerance_minor=minor * 2)
    simple_order(shop)
    draft = shop.change(shop.draft(), "M", actual_quantity=Decimal(22))
    assert shop.lines(draft)["M"].is_beyond_tolerance == is_beyond


def test_scrap_brings_its_own_reason(shop: Shop) -> None:
    org = shop.organization
    order = simple_order(shop, good=8)
    scrapped = factories.make_completion(org, order, 0, 2, reference="scrap", scrap_reason=shop.reason())
    result = draft_backflushes(organization=org, actor=shop.planner, completion_ids=[scrapped.pk])
    submit_backflush(organization=org, backflush_id=result.drafted[0], actor=shop.planner)
    assert shop.again(result.drafted[0]).status == "SUBMITTED"


def test_reported_scrap_without_a_reason_needs_one(shop: Shop) -> None:
    simple_order(shop, good=8, scrap=2)
    draft = shop.draft()
    with pytest.raises(AppError) as caught:
        submit_backflush(organization=shop.organization, backflush_id=draft.pk, actor=shop.planner)
    assert caught.value.code == "REASON_REQUIRED"


def test_organization_that_requires_costs_refuses_items_without_one() -> None:
    shop = open_shop(is_cost_required=True)
    org = shop.organization
    known, unknown = factories.make_item(org, "KNOWN", cost=5), factories.make_item(org, "UNKNOWN")
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(known, 1), (unknown, 1)])
    for item in (known, unknown):
        factories.set_stock(org, item, 100)
    factories.make_completion(org, factories.make_order(org, product, 10), 10)
    draft = shop.draft()
    shop.give_reasons(draft)
    with pytest.raises(AppError, match="UNKNOWN has no standard cost") as caught:
        submit_backflush(organization=org, backflush_id=draft.pk, actor=shop.planner)
    assert caught.value.code == "INVALID"


def test_bulk_submission_refuses_each_by_itself(shop: Shop) -> None:
    beyond = _three_lines_beyond(shop)
    org = shop.organization
    product = factories.make_product(org, "P2")
    part = factories.make_item(org, "D", cost=1)
    factories.set_stock(org, part, 10, unit_cost=1)
    factories.make_bom(org, product, [(part, 1)])
    factories.make_completion(org, factories.make_order(org, product, 1), 1)
    plain = shop.draft()
    result = submit_backflushes(
        organization=org, backflush_ids=[beyond.pk, plain.pk, 999_999], actor=shop.planner
    )
    assert result.submitted == [plain.pk]
    assert {pk: error.code for pk, error in result.refused} == {
        beyond.pk: "REASON_REQUIRED",
        999_999: "NOT_FOUND",
    }
