"""API keys: shown once, kept as a hash, ended by revoking, expiring and leaving."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actions.keys import NewKey, create_api_key, limit_api_key, revoke_api_key
from accounts.errors import AppError
from accounts.models import ApiKey, Membership, Organization, User
from accounts.tenancy.binding import bind
from tests import factories

pytestmark = pytest.mark.django_db


def make(organization: Organization, member: User, actor: User | None, **values: object) -> NewKey:
    with bind(organization):
        return create_api_key(
            organization=organization,
            member=member,
            name="MES",
            actor=actor,
            **values,  # type: ignore[arg-type]
        )


def test_key_acts_as_its_member(organization: Organization, alice: User, admin: User) -> None:
    made = make(organization, alice, admin)
    holder = factories.caller_with(f" {made.text}\n")
    assert holder is not None
    assert (holder.organization, holder.user, holder.key) == (organization, alice, made.key)


def test_secret_stands_nowhere_in_the_database(organization: Organization, alice: User, admin: User) -> None:
    secret = make(organization, alice, admin).text.rpartition("_")[2]
    with bind(organization), connection.cursor() as cursor:
        for table in ("accounts_apikey", "accounts_historicalapikey"):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
            assert secret not in cursor.fetchone()[0]


def test_key_of_an_organization_with_underscores_is_understood(db: None) -> None:
    organization = factories.make_organization("acme_north_2")
    admin = factories.admin_of(organization)
    holder = factories.caller_with(make(organization, admin, admin).text)
    assert holder is not None
    assert holder.organization == organization


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bf_",
        "bf_acme",
        "bf_acme_",
        "bf_acme_0",
        "bf_other_0",
        "bf__",
        "nonsense",
        "bf_acme_\x00",
        "bf_a/b_c",
    ],
)
def test_nonsense_is_nobody(organization: Organization, text: str) -> None:
    assert factories.caller_with(text) is None


def test_key_does_not_work_for_another_organization(
    organization: Organization, other_organization: Organization, alice: User, admin: User
) -> None:
    text = make(organization, alice, admin).text
    assert factories.caller_with(text.replace("bf_acme_", "bf_other_")) is None


def test_revoked_key_is_nobody(organization: Organization, alice: User, admin: User) -> None:
    made = make(organization, alice, admin)
    with bind(organization):
        revoke_api_key(key=made.key, actor=admin)
    assert factories.caller_with(made.text) is None


def test_expired_key_is_nobody(organization: Organization, alice: User, admin: User) -> None:
    now = timezone.now()
    assert (
        factories.caller_with(make(organization, alice, admin, expires_at=now - timedelta(seconds=1)).text)
        is None
    )
    assert (
        factories.caller_with(make(organization, alice, admin, expires_at=now + timedelta(hours=1)).text)
        is not None
    )


def test_key_of_an_inactive_person_is_nobody(organization: Organization, alice: User, admin: User) -> None:
    made = make(organization, alice, admin)
    alice.is_active = False
    alice.save()
    assert factories.caller_with(made.text) is None


def test_last_use_is_noted_without_history(organization: Organization, alice: User, admin: User) -> None:
    made = make(organization, alice, admin)
    factories.caller_with(made.text)
    with bind(organization):
        assert ApiKey.objects.get().last_used_at is not None
        assert ApiKey.history.count() == 1


def test_only_members_get_keys_and_only_admins_make_them(
    organization: Organization, alice: User, admin: User, charlie: User
) -> None:
    with pytest.raises(AppError, match="is no member"):
        make(organization, charlie, admin)
    with pytest.raises(AppError, match="Ask an admin"):
        make(organization, alice, alice)


def test_key_page_shows_the_key_once(organization: Organization, alice: User, admin: User) -> None:
    client = factories.client_of(admin)
    with bind(organization):
        member = Membership.objects.get(user=alice).pk
    answer = client.post(
        "/o/acme/settings/keys/new/", {"name": "MES", "member": member, "expires_on": "2999-01-31"}
    )
    assert answer["Cache-Control"] == "no-store"
    text = re.search(r"bf_acme_[0-9a-f]{48}", answer.content.decode())
    assert text is not None
    assert factories.caller_with(text[0]) is not None
    shown = client.get("/o/acme/settings/keys/").content.decode()
    assert text[0] not in shown
    assert text[0][:14] in shown
    with bind(organization):
        key = ApiKey.objects.get()
    assert str(key.expires_at) == "2999-02-01 00:00:00+00:00"
    assert client.post(f"/o/acme/settings/keys/{key.pk}/revoke/").status_code == 302
    assert factories.caller_with(text[0]) is None


def test_limit_of_a_key_is_a_positive_number_below_the_operators(
    organization: Organization, alice: User, admin: User
) -> None:
    made = make(organization, alice, admin, calls_per_minute=1200)
    for calls in (-1, 0, 1201, 2**40):
        with bind(organization), pytest.raises(AppError, match="give 1 to 1200, which the operator allows"):
            limit_api_key(key=made.key, calls_per_minute=calls, actor=admin)
        with pytest.raises(AppError, match="give 1 to 1200"):
            make(organization, alice, admin, calls_per_minute=calls)
    with (
        bind(organization),
        pytest.raises(IntegrityError, match="api_key_calls_positive"),
        transaction.atomic(),
    ):
        ApiKey.objects.update(calls_per_minute=0)


def test_limit_of_a_key_is_an_admins_and_ends_with_the_key(
    organization: Organization, alice: User, admin: User
) -> None:
    made = make(organization, alice, admin)
    with bind(organization):
        with pytest.raises(AppError, match="Ask an admin"):
            limit_api_key(key=made.key, calls_per_minute=5, actor=alice)
        revoke_api_key(key=made.key, actor=admin)
        with pytest.raises(AppError, match="is revoked"):
            limit_api_key(key=made.key, calls_per_minute=5, actor=admin)


def test_key_page_gives_a_limit_and_tells_who_changed_it(
    organization: Organization, alice: User, admin: User
) -> None:
    client = factories.client_of(admin)
    with bind(organization):
        member = Membership.objects.get(user=alice).pk
    new = {"name": "MES", "member": member, "expires_on": "2999-01-31"}
    refused = client.post("/o/acme/settings/keys/new/", {**new, "calls_per_minute": "1201"})
    assert (refused.status_code, "give 1 to 1200" in refused.content.decode()) == (422, True)
    client.post("/o/acme/settings/keys/new/", {**new, "calls_per_minute": "60"})
    shown = client.get("/o/acme/settings/keys/").content.decode()
    assert '<td class="n p2" data-label="Calls a minute">60</td>' in shown
    assert "31 Jan 2999" in shown

    with bind(organization):
        key = ApiKey.objects.get()
    page = f"/o/acme/settings/keys/{key.pk}/limit/"
    assert client.post(page, {"calls_per_minute": "0"}).status_code == 422
    assert client.post(page, {"calls_per_minute": "30"}).status_code == 302
    assert client.post(page, {"calls_per_minute": "30"}).status_code == 302
    with bind(organization):
        changes = ApiKey.history.filter(history_type="~").values_list("calls_per_minute", "history_user")
        assert list(changes) == [(30, admin.pk)]
    told = client.get(page).content.decode()
    assert "Limit changed" in told
    assert "Calls per minute 60 → 30" in told
    assert client.post(page, {"calls_per_minute": ""}).status_code == 302
    assert ">1,200</td>" in client.get("/o/acme/settings/keys/").content.decode()
