"""One request, one transaction, one organization, around the view and its rendering."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actions.members import add_member, remove_member
from accounts.models import Membership, Organization, User
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from inventory.models import ReasonCode
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.tenancy.urls")]


def written(organization: Organization) -> bool:
    with bind(organization):
        return ReasonCode.objects.filter(code="WRITTEN").exists()


def test_view_commits_with_its_history(organization: Organization, alice: User, alice_client: Client) -> None:
    assert alice_client.get("/o/acme/test/kept/").status_code == 200
    with bind(organization):
        assert ReasonCode.history.get(code="WRITTEN").history_user == alice


def test_exception_undoes_what_the_view_wrote(organization: Organization, alice_client: Client) -> None:
    alice_client.raise_request_exception = False
    assert alice_client.get("/o/acme/test/broken/").status_code == 500
    assert not written(organization)


@pytest.mark.parametrize(
    ("status", "stays"), [(200, True), (302, True), (400, False), (422, False), (500, False)]
)
def test_refusing_answer_undoes_what_the_view_wrote(
    organization: Organization, alice_client: Client, status: int, stays: bool
) -> None:
    assert alice_client.get(f"/o/acme/test/answered/{status}/").status_code == status
    assert written(organization) is stays


@pytest.mark.parametrize(
    ("code", "status"), [("NOT_FOUND", 404), ("SAME_PERSON", 403), ("STALE_DRAFT", 409), ("INVALID", 422)]
)
def test_action_that_refuses_is_answered_in_words(
    organization: Organization, alice_client: Client, code: str, status: int
) -> None:
    answer = alice_client.get(f"/o/acme/test/refused/{code}/")
    assert answer.status_code == status
    assert not written(organization)
    if status not in {403, 404}:
        assert "Too little of B-117." in answer.content.decode()


def test_number_that_no_column_holds_is_answered_in_words(
    organization: Organization, alice_client: Client
) -> None:
    answer = alice_client.get("/o/acme/test/too-large/")
    assert answer.status_code == 422
    assert "larger than the books hold" in answer.content.decode()
    assert not written(organization)


def test_lazy_response_renders_inside_the_organization(
    organization: Organization, other_organization: Organization, alice_client: Client
) -> None:
    factories.make_reason(organization, "OURS")
    factories.make_reason(other_organization, "THEIRS")
    shown = alice_client.get("/o/acme/test/lazy/").content.decode().split()
    assert "OURS" in shown
    assert "THEIRS" not in shown


def test_messages_outlive_a_refused_request(organization: Organization, alice_client: Client) -> None:
    alice_client.get("/o/acme/test/said/")
    assert "Said." in alice_client.get("/o/acme/").content.decode()


def test_day_is_the_organizations(alice: User, organization: Organization, alice_client: Client) -> None:
    organization.time_zone = "Pacific/Auckland"
    save_row(organization, actor=None, reason="test", fields=["time_zone"])
    assert alice_client.get("/o/acme/test/kept/").content == b"Pacific/Auckland"


def test_stranger_is_sent_to_sign_in_and_back(organization: Organization) -> None:
    answer = Client().get("/o/acme/members/?q=1")
    assert answer["Location"] == "/account/login/?next=/o/acme/members/%3Fq%3D1"


def test_part_of_a_page_takes_the_page_to_sign_in(organization: Organization) -> None:
    answer = Client().get(
        "/o/acme/jobs/1/progress/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/o/acme/jobs/1/?q=1"},
    )
    assert answer["HX-Redirect"] == "/account/login/?next=/o/acme/jobs/1/%3Fq%3D1"


def test_unknown_organization_is_not_there(alice_client: Client) -> None:
    assert alice_client.get("/o/no-such/").status_code == 404


def test_member_of_another_organization_gets_the_same_answer_as_for_none(
    organization: Organization, charlie_client: Client
) -> None:
    ours, none = charlie_client.get("/o/acme/"), charlie_client.get("/o/no-such/")
    assert (ours.status_code, none.status_code) == (404, 404)
    assert ours.content == none.content


def test_removed_member_gets_404_at_once(
    organization: Organization, alice: User, alice_client: Client
) -> None:
    assert alice_client.get("/o/acme/").status_code == 200
    with bind(organization):
        membership = Membership.objects.select_related("organization").get(user=alice)
        remove_member(membership=membership, reason="left", actor=factories.admin_of(organization))
    assert alice_client.get("/o/acme/").status_code == 404


def test_right_that_is_missing_answers_403_and_names_it(alice_client: Client) -> None:
    answer = alice_client.get("/o/acme/members/invite/")
    assert answer.status_code == 403
    assert "invite, change and remove members" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_reused_connection_carries_no_organization_over() -> None:
    acme, other = factories.make_organization("acme"), factories.make_organization("other")
    alice = factories.client_of(factories.make_member(acme, "planner"))
    charlie = factories.client_of(factories.make_member(other, "planner"))
    for client, slug in ((alice, "acme"), (charlie, "other")):
        client.raise_request_exception = False
        for path in ("kept/", "broken/", "answered/422/", "refused/INVALID/"):
            client.get(f"/o/{slug}/test/{path}")
            assert client.get("/setting/").content == b""
    assert written(acme)
    assert written(other)


def test_page_of_two_organizations_offers_to_switch(
    organization: Organization, other_organization: Organization, alice: User, alice_client: Client
) -> None:
    assert "/o/other/" not in alice_client.get("/o/acme/").content.decode()
    with bind(other_organization):
        add_member(
            organization=other_organization, email=alice.email, role="auditor", actor=None, reason="test"
        )
    assert "/o/other/" in alice_client.get("/o/acme/").content.decode()
