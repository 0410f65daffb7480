"""What Review says to those who never sign, and to those who do."""

from __future__ import annotations

import pytest

from accounts.models import Organization
from accounts.tenancy.binding import bind
from approvals.models import ApprovalTier
from tests.documents import make_submitted
from tests.factories import client_of, make_member

pytestmark = pytest.mark.django_db
UNDER_THE_HEADING = {
    "planner": "1 document waits for a signature. Controllers and finance sign what planners submit.",
    "auditor": "1 document waits for a signature. Your role reads here; controllers and finance sign.",
    "controller": "1 document waits for you",
}


@pytest.mark.parametrize("role", UNDER_THE_HEADING)
def test_review_says_whose_turn_it_is(organization: Organization, role: str) -> None:
    document = make_submitted(organization)
    shown = client_of(make_member(organization, role)).get("/o/acme/review/").content.decode()
    assert UNDER_THE_HEADING[role] in shown
    assert document.number in shown
    assert "Nothing waits for your signature" not in shown
    assert "Waiting for others" not in shown


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("planner", "What you submit waits here until it is signed."),
        ("auditor", "What planners submit waits here until it is signed."),
        ("controller", "Nothing waits for your signature"),
    ],
)
def test_empty_review_says_what_comes_here(organization: Organization, role: str, words: str) -> None:
    shown = client_of(make_member(organization, role)).get("/o/acme/review/").content.decode()
    assert words in shown


@pytest.mark.parametrize(("amount", "words"), [("10000", "Approve and post"), ("1", "Approve")])
def test_button_says_whether_this_signature_posts(
    organization: Organization, amount: str, words: str
) -> None:
    """The document relieves 75.00; the second tier, finance, begins at 10,000 or at 1."""
    signer = client_of(make_member(organization, "controller"))
    document = make_submitted(organization)
    with bind(organization):
        tier = ApprovalTier.objects.get(role="finance")
    signer.post(
        f"/o/acme/settings/signatures/{tier.pk}/",
        {"from_amount": amount, "role": "finance", "reason": "smaller"},
    )
    shown = signer.get(f"/o/acme/review/{document.number}/").content.decode()
    assert f'data-key-label="{words}">{words} ' in shown
