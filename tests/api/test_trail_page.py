"""The trail of calls under Settings."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from accounts.tenancy.binding import bind
from api import queries
from api.models import ApiCall
from tests import factories
from tests.api.calling import program_of

pytestmark = pytest.mark.django_db
PATH = "/o/acme/settings/calls/"


@pytest.fixture
def auditor(organization: Organization) -> Client:
    return factories.client_of(factories.make_member(organization, "auditor"))


def test_auditor_sees_who_called_what_and_how_it_ended(organization: Organization, auditor: Client) -> None:
    assert "No program has called" in auditor.get(PATH).content.decode()
    program = program_of(organization, "supervisor")
    program.get("/reason-codes")
    program.post("/work-orders", {"number": "WO-1", "item": "nothing"}, key="terminal-7")

    page = auditor.get(PATH).content.decode()
    assert page.index("/v1/work-orders") < page.index("/v1/reason-codes")
    assert "404 NOT_FOUND" in page
    assert "terminal-7" in page
    refused = auditor.get(PATH, {"ending": "refused"}).content.decode()
    assert "/v1/work-orders" in refused
    assert "/v1/reason-codes" not in refused
    assert "API calls" in auditor.get("/o/acme/settings/").content.decode()


def test_other_organizations_calls_are_not_there(
    organization: Organization, other_organization: Organization, auditor: Client
) -> None:
    program_of(other_organization, "auditor").get("/reason-codes")
    assert "No program has called" in auditor.get(PATH).content.decode()


def test_page_asks_as_often_for_one_call_as_for_three(organization: Organization, auditor: Client) -> None:
    counts = []
    for _ in (1, 3):
        program_of(organization, "auditor").get("/reason-codes")
        auditor.get(PATH)
        with CaptureQueriesContext(connection) as asked:
            auditor.get(PATH)
        counts.append(len(asked))
        program_of(organization, "auditor").get("/work-orders")
    assert counts[0] == counts[1]


def test_pages_of_the_trail_go_on_in_both_directions(
    organization: Organization, auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SIZE", 2)
    program = program_of(organization, "auditor")
    for _ in range(5):
        program.get("/reason-codes")
    with bind(organization):
        keys = list(ApiCall.objects.order_by("-pk").values_list("pk", flat=True))
        first = queries.trail_page()
        second = queries.trail_page(before=first.older)
        back = queries.trail_page(after=second.newer)
    assert [[call.pk for call in page.calls] for page in (first, second, back)] == [
        keys[:2],
        keys[2:4],
        keys[:2],
    ]
    assert (first.newer, back.newer) == (None, None)
