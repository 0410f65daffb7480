"""The feed of events: from a cursor on, in the form of the documentation."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import EventName
from accounts.events import as_json, events_after
from accounts.models import Organization
from accounts.tenancy.binding import bind
from tests import documents
from tests.api.calling import Program, program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(organization: Organization) -> Program:
    return program_of(organization, "auditor", is_read_only=True)


def test_events_are_read_on_from_the_last_one(organization: Organization, auditor: Program) -> None:
    documents.make_posted(organization)

    whole = auditor.get("/events").json()
    first = auditor.get("/events", limit=2).json()
    rest = auditor.get("/events", after=first["next"]).json()

    assert [event["id"] for event in whole["items"]] == [1, 2, 3, 4, 5, 6]
    assert (first["next"], rest["next"], whole["next"]) == ("2", None, None)
    assert first["items"] + rest["items"] == whole["items"]
    with bind(organization):
        assert whole["items"] == [as_json(event, organization) for event in events_after(0, limit=10)]
    assert auditor.get("/events", after="6").json() == {"items": [], "next": None}
    documents.make_draft(organization)
    (event,) = auditor.get("/events", after="6").json()["items"]
    assert (event["id"], event["name"]) == (7, EventName.BACKFLUSH_DRAFTED)


def test_events_of_another_organization_are_not_told(
    organization: Organization, other_organization: Organization, auditor: Program
) -> None:
    documents.make_draft(other_organization)

    assert auditor.get("/events").json() == {"items": [], "next": None}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"after": "-1"}, {"after": "x"}])
def test_page_that_cannot_be_is_refused(auditor: Program, query: dict[str, str]) -> None:
    answer = auditor.get("/events", **query)

    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")


def test_number_of_events_does_not_change_the_number_of_queries(
    organization: Organization, auditor: Program
) -> None:
    def queries() -> int:
        auditor.get("/events")
        with CaptureQueriesContext(connection) as captured:
            assert auditor.get("/events").status_code == 200
        return len(captured)

    documents.make_draft(organization)
    one = queries()
    documents.make_draft(organization)
    documents.make_draft(organization)

    assert queries() == one
