"""From which amount which role signs: the settings page and its rules."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from approvals.actions.tiers import change_tier, remove_tier
from approvals.models import ApprovalTier

pytestmark = pytest.mark.django_db


def url(name: str, *arguments: object) -> str:
    return reverse(f"approvals:{name}", args=["acme", *arguments])


def tiers(organization: Organization) -> list[tuple[int, str]]:
    with bind(organization):
        found = ApprovalTier.objects.order_by("from_amount_minor")
        return list(found.values_list("from_amount_minor", "role"))


def lowest(organization: Organization) -> ApprovalTier:
    with bind(organization):
        return ApprovalTier.objects.get(from_amount_minor=0)


def test_new_organization_starts_with_controller_and_finance(organization: Organization) -> None:
    assert tiers(organization) == [(0, "controller"), (1_000_000, "finance")]


def test_controller_adds_changes_and_removes_a_tier_on_the_page(
    organization: Organization, bob_client: Client
) -> None:
    values = {"from_amount": "500.00", "role": "controller", "reason": "Two pairs of eyes"}
    assert bob_client.post(url("new_tier"), values).url == url("tiers")  # type: ignore[attr-defined]
    assert tiers(organization) == [(0, "controller"), (50_000, "controller"), (1_000_000, "finance")]
    with bind(organization):
        made = ApprovalTier.objects.get(from_amount_minor=50_000)
    bob_client.post(url("tier", made.pk), {"from_amount": "750", "role": "finance", "reason": "Later"})
    assert tiers(organization)[1] == (75_000, "finance")
    page = bob_client.get(url("tiers")).content.decode()
    assert "$750.00" in page
    assert "Two pairs of eyes" in page
    bob_client.post(url("remove_tier", made.pk), {"reason": "Too much"})
    assert tiers(organization) == [(0, "controller"), (1_000_000, "finance")]
    with bind(organization):
        told = ApprovalTier.history.filter(id=made.pk).order_by("history_id")
        assert list(told.values_list("history_change_reason", flat=True)) == [
            "Two pairs of eyes",
            "Later",
            "Too much",
        ]


def test_removal_asks_for_its_reason(organization: Organization, bob_client: Client) -> None:
    with bind(organization):
        dear = ApprovalTier.objects.get(role="finance")
    bob_client.post(url("remove_tier", dear.pk), {"reason": ""})
    assert len(tiers(organization)) == 2


def test_tier_from_zero_stays(organization: Organization, bob: User) -> None:
    with pytest.raises(AppError, match="always a tier from 0"):
        remove_tier(organization=organization, tier=lowest(organization), actor=bob, reason="none")
    with pytest.raises(AppError, match="always a tier from 0"):
        change_tier(
            organization=organization,
            tier=lowest(organization),
            from_amount_minor=1,
            role="controller",
            actor=bob,
            reason="small ones pass",
        )
    assert tiers(organization)[0] == (0, "controller")


def test_two_tiers_from_one_amount_are_refused_on_the_page(
    organization: Organization, bob_client: Client
) -> None:
    answer = bob_client.post(url("new_tier"), {"from_amount": "0", "role": "finance", "reason": "Both"})
    assert answer.status_code == 422
    assert "There is a tier from this amount already" in answer.content.decode()
    assert len(tiers(organization)) == 2


@pytest.mark.parametrize("role", ["planner", "supervisor", "auditor", "admin", "nobody"])
def test_role_that_cannot_sign_gets_no_tier(
    organization: Organization, bob: User, bob_client: Client, role: str
) -> None:
    """Or documents would wait for somebody who is refused."""
    values = {"from_amount": "10", "role": role, "reason": "They know"}
    assert bob_client.post(url("new_tier"), values).status_code == 422
    with pytest.raises(AppError) as caught:
        change_tier(
            organization=organization,
            tier=None,
            from_amount_minor=10,
            role=role,
            actor=bob,
            reason="They know",
        )
    assert caught.value.code == "INVALID"
    assert len(tiers(organization)) == 2


def test_planner_reads_and_changes_nothing(
    organization: Organization, alice: User, alice_client: Client
) -> None:
    assert "Add a tier" not in alice_client.get(url("tiers")).content.decode()
    assert alice_client.get(url("new_tier")).status_code == 403
    with pytest.raises(AppError) as caught:
        change_tier(
            organization=organization,
            tier=None,
            from_amount_minor=10,
            role="finance",
            actor=alice,
            reason="Mine",
        )
    assert caught.value.code == "FORBIDDEN"


def test_other_organization_sees_no_tier(organization: Organization, charlie_client: Client) -> None:
    assert charlie_client.get(url("tiers")).status_code == 404
    assert charlie_client.get(url("tier", lowest(organization).pk)).status_code == 404
