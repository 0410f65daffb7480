"""Pages of webhooks: the admin's, with a secret shown once and a log that tells what came back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.webhooks import create_webhook
from accounts.choices import EventName
from accounts.events import NewEvent, record_events
from accounts.forms_webhooks import GROUPS, grouped_names
from accounts.models import Organization, User, WebhookDelivery, WebhookEndpoint
from accounts.tenancy.binding import bind
from accounts.webhooks.delivering import deliver, spread
from tests import factories
from tests.accounts.receiver import Receiver, receiving, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("local_networks")]

LIST = "/o/acme/settings/webhooks/"


@pytest.fixture
def client(admin: User) -> Client:
    return factories.client_of(admin)


def make(organization: Organization, admin: User, url: str, name: str = "ERP bridge") -> WebhookEndpoint:
    return create_webhook(organization=organization, name=name, url=url, event_names=[], actor=admin).endpoint


def tell(organization: Organization, *orders: str) -> None:
    with bind(organization):
        about = {"backflush": "BF-000001"}
        events = [NewEvent(EventName.BACKFLUSH_DRAFTED, about, {}, work_order=order) for order in orders]
        record_events(events, actor=None)


def work(organization: Organization) -> None:
    for endpoint_id in spread(organization):
        deliver(organization, endpoint_id, seconds=60)


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_secret_is_shown_once(organization: Organization, client: Client, receiver: Receiver) -> None:
    wanted = [EventName.INVENTORY_BACKFLUSHED.value, EventName.STOCK_SHORT.value]
    answer = client.post(f"{LIST}new/", {"name": "ERP bridge", "url": receiver.url, "event_names": wanted})
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    with bind(organization):
        endpoint = WebhookEndpoint.objects.get()
    assert endpoint.event_names == wanted
    page = f"{LIST}{endpoint.pk}/"
    for path in (LIST, page, f"{page}edit/", f"{page}secret/"):
        assert "whsec_" not in shown(client, path)

    rotated = client.post(f"{page}secret/", {"overlap_hours": "24"}).content.decode()

    (second,) = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", rotated)
    assert second != secret
    assert "Old secret valid until" in shown(client, page)


def test_address_that_is_refused_is_said_at_its_field(organization: Organization, client: Client) -> None:
    answer = client.post(f"{LIST}new/", {"name": "Metadata", "url": "https://169.254.169.254/"})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "url": [
            "169.254.169.254 leads to a private address, which is not called. The operator of this server can "
            "allow networks (WEBHOOK_PRIVATE_NETWORKS)."
        ]
    }
    with bind(organization):
        assert not WebhookEndpoint.objects.exists()


def test_webhook_is_changed_switched_and_removed(
    organization: Organization, admin: User, client: Client, receiver: Receiver
) -> None:
    page = f"{LIST}{make(organization, admin, receiver.url).pk}/"
    client.post(f"{page}edit/", {"name": "Bridge 2", "url": receiver.url, "event_names": ["stock.short"]})
    client.post(f"{page}switch/")
    text = shown(client, page)
    assert "Bridge 2" in text
    assert "Switched off" in text
    assert "told nothing while it is switched off" in text
    client.post(f"{page}switch/")
    assert "told nothing while it is switched off" not in shown(client, page)

    assert client.post(f"{page}remove/").status_code == 302

    assert client.get(page).status_code == 404
    assert "There is no webhook yet" in shown(client, LIST)


def test_ping_shows_what_was_sent_and_what_came_back(
    organization: Organization, admin: User, client: Client, receiver: Receiver
) -> None:
    receiver.answer = status(418, b"I am a teapot", X_Trace="42")
    endpoint = make(organization, admin, receiver.url)
    page = client.post(f"{LIST}{endpoint.pk}/ping/")["Location"]
    assert f'hx-get="{page}"' in shown(client, page)
    looking = client.get(page, headers={"hx-request": "true"})
    assert "HX-Refresh" not in looking
    work(organization)
    assert client.get(page, headers={"hx-request": "true"})["HX-Refresh"] == "true"

    text = shown(client, page)

    (one,) = receiver.received
    assert one.headers["webhook-signature"] in text.replace("&#x2B;", "+")
    for words in ("418", "I am a teapot", "X-Trace", "webhook.ping", "Given up", "Ping again", str(admin)):
        assert words in text


def test_log_is_filtered_and_a_delivery_sent_again(
    organization: Organization, admin: User, client: Client, receiver: Receiver
) -> None:
    endpoint = make(organization, admin, receiver.url)
    receiver.answer = lambda handler, one: status(500 if one.event["work_order"] == "WO-2" else 200)(
        handler, one
    )
    tell(organization, "WO-1", "WO-2")
    work(organization)
    page = f"{LIST}{endpoint.pk}/"

    assert [order for order in ("WO-1", "WO-2") if order in shown(client, page)] == ["WO-1", "WO-2"]
    waiting = shown(client, f"{page}?status=waiting")
    assert "WO-2 · BF-000001" in waiting
    assert "Answered 500" in waiting
    assert "WO-1" not in waiting
    assert "In its turn" not in waiting
    tell(organization, "WO-2")  # waits for the one before
    work(organization)
    assert "In its turn" in shown(client, f"{page}?status=waiting")
    assert "No delivery is like that" in shown(client, f"{page}?name=stock.short")

    with bind(organization):
        delivery = WebhookDelivery.objects.filter(ordering_key="WO-2").earliest("pk")
    receiver.answer = status(200)
    again = client.post(f"{LIST}deliveries/{delivery.pk}/send/")
    work(organization)

    text = shown(client, again["Location"])
    assert "Delivered" in text
    assert "2 attempts" in text
    assert f"asked for by {admin}" in text


def test_silent_address_is_said_on_its_page(organization: Organization, admin: User, client: Client) -> None:
    with receiving() as gone:
        endpoint = make(organization, admin, gone.url)
    tell(organization, "WO-1")
    work(organization)

    assert "Nobody has answered there since" in shown(client, f"{LIST}{endpoint.pk}/")
    listed = shown(client, LIST)
    assert "No answer" in listed
    assert "The connection was refused" in listed


def test_day_begins_with_webhooks_that_nobody_answers(
    organization: Organization, admin: User, client: Client, alice_client: Client
) -> None:
    with receiving() as gone:
        endpoint = make(organization, admin, gone.url)
    tell(organization, "WO-1")
    work(organization)
    assert "ERP bridge" not in shown(client, "/o/acme/")  # a restart of the receiver worries nobody
    with bind(organization):
        since = timezone.now() - timedelta(hours=2)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=since)

    today = shown(client, "/o/acme/")

    assert "Nobody has answered since" in today
    assert "1 event waits" in today
    assert "ERP bridge" not in shown(alice_client, "/o/acme/")


def test_every_event_stands_in_the_form_under_what_it_is_about() -> None:
    names = [name for _, choices in grouped_names() for name, _ in choices]
    assert names == list(EventName.values)
    assert [label for label, _ in grouped_names()] == list(GROUPS.values())


def test_settings_lead_to_webhooks_for_admins_alone(
    client: Client, alice_client: Client, organization: Organization
) -> None:
    assert LIST in shown(client, "/o/acme/settings/")
    assert LIST not in shown(alice_client, "/o/acme/settings/")
    assert alice_client.get(LIST).status_code == 403


def test_lists_ask_a_constant_number_of_queries(
    organization: Organization, admin: User, client: Client, receiver: Receiver
) -> None:
    def count(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    endpoint = make(organization, admin, receiver.url)
    tell(organization, "WO-1")
    work(organization)
    paths = [LIST, f"{LIST}{endpoint.pk}/"]
    one = [count(path) for path in paths]
    make(organization, admin, receiver.url, "Second")
    make(organization, admin, receiver.url, "Third")
    tell(organization, "WO-2", "WO-3")
    work(organization)

    assert [count(path) for path in paths] == one
