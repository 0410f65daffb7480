"""Members: roles, rights and groups in step; the last admin stays; what was done is told."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.keys import create_api_key
from accounts.actions.members import add_member, change_role, remove_member
from accounts.errors import AppError
from accounts.models import Membership, Organization, User
from accounts.rights import rights_of
from accounts.roles import ROLE_RIGHTS, Role
from accounts.tenancy.binding import bind
from tests import factories

pytestmark = pytest.mark.django_db


def membership_of(user: User) -> Membership:
    return Membership.objects.select_related("organization", "user").get(user=user)


def groups_of(user: User) -> list[str]:
    return list(user.groups.order_by("name").values_list("name", flat=True))


def test_change_role_moves_rights_and_group(bound: Organization, alice: User, admin: User) -> None:
    change_role(membership=membership_of(alice), role="finance", reason="promoted", actor=admin)
    assert membership_of(alice).role == "finance"
    assert groups_of(alice) == ["acme:finance"]
    assert rights_of(User.objects.get(pk=alice.pk), bound) == ROLE_RIGHTS[Role.FINANCE]
    told = Membership.history.filter(user=alice).latest("history_id")
    assert (told.role, told.history_user, told.history_change_reason) == ("finance", admin, "promoted")


def test_change_role_needs_the_right(bound: Organization, alice: User, bob: User) -> None:
    with pytest.raises(AppError, match="invite, change and remove members") as refused:
        change_role(membership=membership_of(bob), role="admin", reason="x", actor=alice)
    assert refused.value.code == "FORBIDDEN"


def test_nobody_makes_themselves_admin(bound: Organization, alice: User) -> None:
    with pytest.raises(AppError):
        change_role(membership=membership_of(alice), role="admin", reason="x", actor=alice)
    assert membership_of(alice).role == "planner"


def test_last_admin_keeps_the_role(bound: Organization, admin: User) -> None:
    with pytest.raises(AppError, match="at least one admin"):
        change_role(membership=membership_of(admin), role="planner", reason="x", actor=admin)
    with pytest.raises(AppError, match="at least one admin"):
        remove_member(membership=membership_of(admin), reason="x", actor=admin)


def test_admin_steps_down_when_there_is_another(bound: Organization, alice: User, admin: User) -> None:
    change_role(membership=membership_of(alice), role="admin", reason="x", actor=admin)
    change_role(membership=membership_of(admin), role="auditor", reason="x", actor=admin)
    assert membership_of(admin).role == "auditor"


def test_removed_member_has_no_rights_and_no_keys(bound: Organization, alice: User, admin: User) -> None:
    key = create_api_key(organization=bound, member=alice, name="MES", actor=admin)
    remove_member(membership=membership_of(alice), reason="left the company", actor=admin)
    assert not Membership.objects.filter(user=alice).exists()
    assert groups_of(alice) == []
    assert rights_of(User.objects.get(pk=alice.pk), bound) == frozenset()
    assert factories.caller_with(key.text) is None
    told = Membership.history.filter(user=alice).latest("history_id")
    assert (told.history_type, told.history_change_reason) == ("-", "left the company")


def test_member_of_two_organizations_has_a_role_in_each(
    organization: Organization, other_organization: Organization, alice: User
) -> None:
    with bind(other_organization):
        add_member(organization=other_organization, email=alice.email, role="auditor", actor=None, reason="x")
    alice = User.objects.get(pk=alice.pk)
    assert groups_of(alice) == ["acme:planner", "other:auditor"]
    assert rights_of(alice, organization) == ROLE_RIGHTS[Role.PLANNER]
    assert rights_of(alice, other_organization) == ROLE_RIGHTS[Role.AUDITOR]


def test_members_page_changes_a_role(organization: Organization, alice: User, admin: User) -> None:
    with bind(organization):
        pk = membership_of(alice).pk
    client = factories.client_of(admin)
    answer = client.post(f"/o/acme/members/{pk}/", {"role": "controller", "reason": "covers for Bob"})
    assert answer.status_code == 302
    shown = client.get(f"/o/acme/members/{pk}/").content.decode()
    assert "covers for Bob" in shown
    assert "Role Planner → Controller" in shown


def test_members_page_says_why_the_last_admin_stays(organization: Organization, admin: User) -> None:
    with bind(organization):
        pk = membership_of(admin).pk
    client = factories.client_of(admin)
    answer = client.post(f"/o/acme/members/{pk}/", {"role": "planner", "reason": "x"})
    assert answer.status_code == 422
    assert "at least one admin" in answer.content.decode()
    answer = client.post(f"/o/acme/members/{pk}/remove/", {"reason": "x"})
    assert answer.status_code == 422


def test_members_page_removes_and_remembers(organization: Organization, alice: User, admin: User) -> None:
    with bind(organization):
        pk = membership_of(alice).pk
    client = factories.client_of(admin)
    assert client.post(f"/o/acme/members/{pk}/remove/", {"reason": "left"}).status_code == 302
    assert client.get(f"/o/acme/members/{pk}/").status_code == 404
    assert "left" in client.get("/o/acme/members/history/").content.decode()


def test_members_page_is_read_by_everybody_and_changed_by_admins(
    organization: Organization, alice: User, bob: User, alice_client: Client
) -> None:
    shown = alice_client.get("/o/acme/members/").content.decode()
    assert "bob@example.com" in shown
    assert "members/invite" not in shown
    with bind(organization):
        pk = membership_of(bob).pk
    assert alice_client.post(f"/o/acme/members/{pk}/", {"role": "admin", "reason": "x"}).status_code == 403


def test_profile_changes_own_name(alice: User, alice_client: Client) -> None:
    assert alice_client.post("/profile/", {"name": " Alice Moss "}).status_code == 302
    alice.refresh_from_db()
    assert alice.name == "Alice Moss"
    assert User.history.filter(id=alice.pk).latest("history_id").history_user == alice
    assert alice_client.post("/profile/", {"name": ""}).status_code == 422


def test_profile_asks_to_sign_in() -> None:
    assert Client().get("/profile/")["Location"] == "/account/login/?next=/profile/"


def test_home_leads_to_the_only_organization(alice_client: Client) -> None:
    assert alice_client.get("/")["Location"] == "/o/acme/"


def test_home_lets_choose_between_two(
    organization: Organization, other_organization: Organization, alice: User, alice_client: Client
) -> None:
    with bind(other_organization):
        add_member(organization=other_organization, email=alice.email, role="auditor", actor=None, reason="x")
    shown = alice_client.get("/").content.decode()
    assert "/o/acme/" in shown
    assert "/o/other/" in shown


def test_home_of_a_person_without_organization_says_whom_to_ask(db: None) -> None:
    user = User.objects.create_user("nobody@example.com")
    assert "invite nobody@example.com" in factories.client_of(user).get("/").content.decode()


def test_sign_in_by_email_and_password(alice: User) -> None:
    client = Client()
    answer = client.post("/account/login/", {"login": "Alice@Example.com", "password": factories.PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/o/acme/").status_code == 200


def test_nobody_signs_up_by_themselves(db: None) -> None:
    client = Client()
    answer = client.post(
        "/account/signup/",
        {"email": "new@example.com", "password1": factories.PASSWORD, "password2": factories.PASSWORD},
    )
    assert answer.status_code == 200
    assert not User.objects.filter(email="new@example.com").exists()


def test_members_page_asks_a_constant_number_of_queries(organization: Organization, admin: User) -> None:
    client = factories.client_of(admin)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/o/acme/members/")
        return len(queries)

    factories.make_member(organization, "planner")
    count()
    one = count()
    factories.make_member(organization, "planner")
    factories.make_member(organization, "auditor")
    assert count() == one
