"""Policies: each by its right, with a reason, in the organization's own money, and told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actions.organizations import change_policies
from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.policies import POLICIES
from accounts.tenancy.binding import bind
from tests import factories

pytestmark = pytest.mark.django_db

NOT_A_POLICY = {"id", "slug", "currency_code", "currency_decimals", "created_at"}


def filled(client: Client, path: str) -> dict[str, Any]:
    """The form of the page as a browser would send it back."""
    form = client.get(path).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in data.items() if value is not None and value is not False}


def test_every_column_is_a_policy_or_fixed() -> None:
    columns = {column.name for column in Organization._meta.concrete_fields}
    assert columns - NOT_A_POLICY == set(POLICIES)


def test_admin_changes_policies_with_a_reason(organization: Organization, admin: User) -> None:
    client = factories.client_of(admin)
    path = "/o/acme/settings/policies/"
    data = filled(client, path) | {
        "name": "Acme Pumps",
        "time_zone": "Europe/Berlin",
        "lot_order": "fefo",
        "negative_policy": "block",
        "over_completion_percent": "12.5",
        "is_cost_required": "on",
        "loading_delay_minutes": "15",
        "reason": "audit finding 7",
    }
    assert client.post(path, data).status_code == 302
    organization.refresh_from_db()
    assert (organization.name, organization.lot_order) == ("Acme Pumps", "fefo")
    assert (organization.over_completion_percent, organization.is_cost_required) == (Decimal("12.5"), True)
    told = Organization.history.filter(id=organization.pk).latest("history_id")
    assert (told.history_user, told.history_change_reason) == (admin, "audit finding 7")
    shown = client.get("/o/acme/settings/history/").content.decode()
    assert "audit finding 7" in shown
    assert "Order of lots Oldest received first → First to expire first" in shown


def test_tolerance_is_written_in_money(organization: Organization, bob: User, bob_client: Client) -> None:
    path = "/o/acme/settings/tolerance/"
    data = filled(bob_client, path) | {
        "tolerance_percent": "2.5",
        "tolerance_minor": "12.34",
        "is_standard_run_posted": "on",
        "standard_run_limit_minor": "500",
        "reason": "usual noise",
    }
    assert bob_client.post(path, data).status_code == 302
    organization.refresh_from_db()
    assert (organization.tolerance_percent, organization.tolerance_minor) == (Decimal("2.5"), 1234)
    assert (organization.is_standard_run_posted, organization.standard_run_limit_minor) == (True, 50000)
    assert 'value="12.34"' in bob_client.get(path).content.decode()


def test_percents_are_shown_without_the_zeros_of_their_column(
    organization: Organization, bob_client: Client
) -> None:
    assert filled(bob_client, "/o/acme/settings/tolerance/")["tolerance_percent"] in {"0", "2", "5"}


def test_currency_without_decimals_takes_none(db: None) -> None:
    organization = factories.make_organization("tokyo", currency_code="JPY")
    client = factories.client_of(factories.make_member(organization, "controller"))
    path = "/o/tokyo/settings/tolerance/"
    data = filled(client, path) | {"tolerance_minor": "100", "reason": "x"}
    assert client.post(path, data | {"tolerance_minor": "1.5"}).status_code == 422
    assert client.post(path, data).status_code == 302
    organization.refresh_from_db()
    assert organization.tolerance_minor == 100


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("policies", {"time_zone": "Mars/Olympus"}),
        ("policies", {"over_completion_percent": "-1"}),
        ("policies", {"name": ""}),
        ("policies", {"reason": ""}),
        ("tolerance", {"tolerance_percent": "-1"}),
        ("tolerance", {"tolerance_minor": "-0.01"}),
        ("tolerance", {"tolerance_minor": "many"}),
    ],
)
def test_wrong_values_are_refused(organization: Organization, path: str, wrong: dict[str, str]) -> None:
    role = "admin" if path == "policies" else "controller"
    client = factories.client_of(factories.make_member(organization, role))
    address = f"/o/acme/settings/{path}/"
    data = filled(client, address) | {"reason": "x"} | wrong
    assert client.post(address, data).status_code == 422
    assert Organization.history.filter(id=organization.pk).count() == 1


def test_policies_are_read_by_everybody(
    organization: Organization, alice: User, alice_client: Client
) -> None:
    shown = alice_client.get("/o/acme/settings/policies/").content.decode()
    assert "Your role reads these" in shown
    assert "disabled" in shown
    assert ">Save<" not in shown


@pytest.mark.parametrize(("path", "name"), [("policies", "name"), ("tolerance", "tolerance_percent")])
def test_policies_are_not_changed_without_the_right(
    organization: Organization, alice: User, alice_client: Client, path: str, name: str
) -> None:
    before = getattr(organization, name)
    answer = alice_client.post(f"/o/acme/settings/{path}/", {name: "5", "reason": "x"})
    assert answer.status_code == 403
    organization.refresh_from_db()
    assert getattr(organization, name) == before


def test_action_asks_for_the_right_of_each_policy(organization: Organization, admin: User, bob: User) -> None:
    with bind(organization):
        with pytest.raises(AppError):
            change_policies(organization=organization, values={"tolerance_minor": 5}, reason="x", actor=admin)
        with pytest.raises(AppError):
            change_policies(organization=organization, values={"name": "x"}, reason="x", actor=bob)
        with pytest.raises(AppError, match="Say why"):
            change_policies(organization=organization, values={"name": "x"}, reason=" ", actor=admin)


def test_saving_unchanged_policies_writes_no_history(organization: Organization, admin: User) -> None:
    client = factories.client_of(admin)
    path = "/o/acme/settings/policies/"
    assert client.post(path, filled(client, path) | {"reason": "looked"}).status_code == 302
    assert Organization.history.filter(id=organization.pk).count() == 1


def test_settings_page_shows_what_the_role_may_open(
    organization: Organization, admin: User, alice_client: Client
) -> None:
    assert "API keys" not in alice_client.get("/o/acme/settings/").content.decode()
    assert "API keys" in factories.client_of(admin).get("/o/acme/settings/").content.decode()
