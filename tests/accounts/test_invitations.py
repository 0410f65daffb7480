"""Invitations: mailed after the commit, accepted once, by the person they are for."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import mail_jobs
from accounts.actions.invitations import invite_member, send_invitation_again, withdraw_invitation
from accounts.errors import AppError
from accounts.models import Invitation, Job, JobStatus, Membership, Organization, User
from accounts.progress import Progress
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from tests import factories

pytestmark = pytest.mark.django_db
BASE = "https://backflush.example.com/"
CHOSEN = {"name": "Nora", "password": factories.PASSWORD, "password_again": factories.PASSWORD}


def invite(organization: Organization, admin: User, email: str = "nora@example.com") -> Invitation:
    with bind(organization):
        return invite_member(
            organization=organization, email=email, role="finance", base_url=BASE, actor=admin
        )


def mailed_path() -> str:
    """Send what waits, and read the link of the last mail."""
    factories.run_jobs()
    found = re.search(r"https://backflush\.example\.com(/invitations/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_invitation_is_mailed_by_a_job(organization: Organization, admin: User) -> None:
    invite(organization, admin, "Nora@Example.com")
    assert mail.outbox == []
    path = mailed_path()
    assert path.startswith("/invitations/acme/")
    sent = mail.outbox[0]
    assert (sent.to, sent.subject) == (["nora@example.com"], "Join Acme on Backflush")
    assert f"{admin} invites you to Acme as Finance." in sent.body


def test_invitation_that_is_rolled_back_is_not_mailed(organization: Organization, admin: User) -> None:
    before = transaction.savepoint()
    invite(organization, admin)
    transaction.savepoint_rollback(before)
    factories.run_jobs()
    assert mail.outbox == []


def test_mail_that_is_sent_again_is_known_to_the_provider(organization: Organization, admin: User) -> None:
    invite(organization, admin)
    mailed_path()
    with bind(organization):
        job = Job.objects.get(kind="mail_invitation")
    for _ in range(2):
        mail_jobs.mail_invitation(job, Progress(organization.pk, job.pk, is_stopping=lambda: False))
    assert {tuple(sent.extra_headers.items()) for sent in mail.outbox} == {
        (("Idempotency-Key", f"job-{job.pk}"),)
    }


def test_link_stands_nowhere_in_the_database(organization: Organization, admin: User) -> None:
    invite(organization, admin)
    token = mailed_path().split("/")[-2]
    with bind(organization):
        assert Invitation.objects.get().hashed_token != token
        assert all(token not in str(job.arguments) + str(job.result) for job in Job.objects.all())


def test_new_person_chooses_a_password_and_is_in(organization: Organization, admin: User) -> None:
    invite(organization, admin)
    path = mailed_path()
    client = Client()
    assert "Join Acme" in client.get(path).content.decode()
    answer = client.post(path, CHOSEN)
    assert (answer.status_code, answer["Location"]) == (302, "/o/acme/")
    assert client.get("/o/acme/").status_code == 200
    nora = User.objects.get(email="nora@example.com")
    assert (nora.name, nora.check_password(factories.PASSWORD)) == ("Nora", True)
    assert EmailAddress.objects.get(user=nora).verified
    with bind(organization):
        assert Membership.objects.get(user=nora).role == "finance"
        assert Membership.history.get(user=nora).history_change_reason == f"Invited by {admin}"
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"password_again": "other"}, {"password": "short", "password_again": "short"}]
)
def test_new_person_with_a_bad_password_is_asked_again(
    organization: Organization, admin: User, wrong: dict[str, str]
) -> None:
    invite(organization, admin)
    path = mailed_path()
    assert Client().post(path, {**CHOSEN, **wrong}).status_code == 422
    assert not User.objects.filter(email="nora@example.com").exists()
    assert Client().get(path).status_code == 200


def test_known_person_signs_in_first_and_joins_with_one_button(
    organization: Organization, admin: User, charlie: User
) -> None:
    invite(organization, admin, charlie.email)
    path = mailed_path()
    shown = Client().get(path).content.decode()
    assert f"/account/login/?next={path.replace('/', '%2F')}" in shown
    client = factories.client_of(charlie)
    assert client.post(path).status_code == 302
    assert client.get("/o/acme/").status_code == 200
    assert client.get("/o/other/").status_code == 200


def test_invitation_of_somebody_else_is_not_taken(
    organization: Organization, admin: User, charlie: User
) -> None:
    invite(organization, admin)
    path = mailed_path()
    client = factories.client_of(charlie)
    assert "You are signed in as charlie@example.com" in client.get(path).content.decode()
    assert client.post(path).status_code == 422
    with bind(organization):
        assert not Membership.objects.filter(user=charlie).exists()
        assert Invitation.objects.get().accepted_at is None


def test_invitation_of_another_organization_is_not_found_here(
    organization: Organization, other_organization: Organization, admin: User
) -> None:
    invite(organization, admin)
    path = mailed_path()
    assert Client().get(path.replace("/acme/", "/other/")).status_code == 404
    assert Client().get(path.replace("/acme/", "/no-such/")).status_code == 404


def test_withdrawn_and_expired_invitations_have_ended(organization: Organization, admin: User) -> None:
    invitation = invite(organization, admin)
    path = mailed_path()
    with bind(organization):
        invitation.expires_at = timezone.now() - timedelta(seconds=1)
        save_row(invitation, actor=None, reason="test", fields=["expires_at"])
    assert Client().get(path).status_code == 404
    with bind(organization):
        send_invitation_again(invitation=invitation, base_url=BASE, actor=admin)
    again = mailed_path()
    assert again != path
    assert Client().get(path).status_code == 404
    assert Client().get(again).status_code == 200
    with bind(organization):
        withdraw_invitation(invitation=invitation, actor=admin)
    assert Client().get(again).status_code == 404


def test_second_invitation_of_an_address_replaces_the_first(organization: Organization, admin: User) -> None:
    invite(organization, admin)
    first = mailed_path()
    invite(organization, admin)
    second = mailed_path()
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)


def test_mail_of_an_invitation_withdrawn_meanwhile_is_not_sent(
    organization: Organization, admin: User
) -> None:
    invitation = invite(organization, admin)
    with bind(organization):
        withdraw_invitation(invitation=invitation, actor=admin)
    factories.run_jobs()
    assert mail.outbox == []
    with bind(organization):
        assert Job.objects.get(kind="mail_invitation").status == JobStatus.DONE


def test_member_is_not_invited_again(organization: Organization, admin: User, alice: User) -> None:
    with pytest.raises(AppError, match="is a member already"):
        invite(organization, admin, "ALICE@example.com")


def test_planner_invites_nobody(organization: Organization, alice: User) -> None:
    with pytest.raises(AppError, match="Ask an admin"):
        invite(organization, alice)


def test_pages_invite_send_again_and_withdraw(organization: Organization, admin: User) -> None:
    client = factories.client_of(admin)
    answer = client.post("/o/acme/members/invite/", {"email": "nora@example.com", "role": "planner"})
    assert answer.status_code == 302
    assert "nora@example.com" in client.get("/o/acme/members/").content.decode()
    with bind(organization):
        pk = Invitation.objects.get().pk
    assert client.post(f"/o/acme/members/invitations/{pk}/send/").status_code == 302
    assert client.post(f"/o/acme/members/invitations/{pk}/withdraw/").status_code == 302
    assert client.post(f"/o/acme/members/invitations/{pk}/withdraw/").status_code == 422
    factories.run_jobs()
    assert mail.outbox == []
    answer = client.post("/o/acme/members/invite/", {"email": admin.email, "role": "planner"})
    assert (answer.status_code, "is a member already" in answer.content.decode()) == (422, True)
