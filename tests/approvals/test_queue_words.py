"""What Review says to those who never sign."""

from __future__ import annotations

import pytest

from accounts.models import Organization
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
