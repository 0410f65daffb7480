"""Webhooks: make, change, rotate their secret, try them out, send again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import number_events
from accounts.models import DeliveryStatus, Organization, WebhookDelivery, WebhookEndpoint
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from accounts.webhooks.delivering import PING, forgive
from accounts.webhooks.queue import wake_after_commit
from accounts.webhooks.secrets import new_secret
from accounts.webhooks.targets import demand_target

RIGHT = "manage_settings"


class MadeWebhook(NamedTuple):
    """A webhook and the secret that is shown this once."""

    endpoint: WebhookEndpoint
    secret: str


def create_webhook(
    *, organization: Organization, name: str, url: str, event_names: Sequence[str], actor: Any
) -> MadeWebhook:
    """Tell an address of events from now on; no names are all of them. Raises INVALID for an address not allowed."""
    demand(actor, organization, RIGHT)
    demand_target(url)
    with bind(organization):
        while number_events(is_waiting=True):  # what happened until now is not for it
            pass
        secret = new_secret(organization.pk)
        endpoint = WebhookEndpoint(
            organization=organization,
            name=name.strip(),
            url=url,
            event_names=_known(event_names),
            secret_nonce=secret.nonce,
            secret_check=secret.check,
            created_by=actor,
        )
        return MadeWebhook(save_row(endpoint, actor=actor, reason="Made"), secret.text)


def change_webhook(
    *,
    organization: Organization,
    endpoint_id: int,
    name: str,
    url: str,
    event_names: Sequence[str],
    actor: Any,
) -> WebhookEndpoint:
    """Change what an endpoint is told, or where. What waits for it goes to the new address."""
    demand(actor, organization, RIGHT)
    demand_target(url)
    with bind(organization):
        endpoint = _locked(endpoint_id)
        if endpoint.url != url:
            forgive(endpoint)
            wake_after_commit(organization.pk)
        endpoint.name, endpoint.url, endpoint.event_names = name.strip(), url, _known(event_names)
        return save_row(endpoint, actor=actor, reason="Changed", fields=["name", "url", "event_names"])


def switch_webhook(
    *, organization: Organization, endpoint_id: int, is_active: bool, actor: Any
) -> WebhookEndpoint:
    """Switch an endpoint off or on. Off, no event is queued for it; what waits goes on when it is on again."""
    demand(actor, organization, RIGHT)
    with bind(organization):
        while number_events(is_waiting=True):  # what happened while it was off is not for it
            pass
        endpoint = _locked(endpoint_id)
        if endpoint.is_active == is_active:
            return endpoint
        if is_active:
            wake_after_commit(organization.pk)
        forgive(endpoint)
        endpoint.is_active = is_active
        reason = "Switched on" if is_active else "Switched off"
        return save_row(endpoint, actor=actor, reason=reason, fields=["is_active"])


def rotate_secret(
    *, organization: Organization, endpoint_id: int, overlap_hours: int, actor: Any
) -> MadeWebhook:
    """Make a new secret. For so many hours every delivery is signed with both, so that the receiver can change over."""
    demand(actor, organization, RIGHT)
    with bind(organization):
        endpoint = _locked(endpoint_id)
        secret = new_secret(organization.pk)
        until = timezone.now() + timedelta(hours=overlap_hours) if overlap_hours else None
        endpoint.old_secret_nonce = endpoint.secret_nonce if until else ""
        endpoint.old_secret_check = endpoint.secret_check if until else ""
        endpoint.old_secret_until = until
        endpoint.secret_nonce, endpoint.secret_check = secret.nonce, secret.check
        forgive(endpoint)
        wake_after_commit(organization.pk)
        reason = f"Secret rotated; the old one is valid for {overlap_hours} hours more"
        fields = [
            "secret_nonce",
            "secret_check",
            "old_secret_nonce",
            "old_secret_check",
            "old_secret_until",
        ]
        return MadeWebhook(save_row(endpoint, actor=actor, reason=reason, fields=fields), secret.text)


def remove_webhook(*, organization: Organization, endpoint_id: int, actor: Any) -> None:
    """Tell this address nothing any more. Its log stays in the database."""
    demand(actor, organization, RIGHT)
    with bind(organization):
        endpoint = _locked(endpoint_id)
        endpoint.is_active, endpoint.removed_at = False, timezone.now()
        save_row(endpoint, actor=actor, reason="Removed", fields=["is_active", "removed_at"])


def ping_webhook(*, organization: Organization, endpoint_id: int, actor: Any) -> WebhookDelivery:
    """Send something of the shape of an event, once, and keep what comes back."""
    demand(actor, organization, RIGHT)
    with bind(organization):
        endpoint = _locked(endpoint_id)
        _guard_active(endpoint)
        forgive(endpoint)
        wake_after_commit(organization.pk)
        return WebhookDelivery.objects.create(
            organization=organization, endpoint=endpoint, name=PING, requested_by=actor
        )


def resend(*, organization: Organization, delivery_id: int, actor: Any) -> WebhookDelivery:
    """Send a delivery again, at once. It has the same id, so a receiver that had it can tell."""
    demand(actor, organization, RIGHT)
    with bind(organization):
        found = WebhookDelivery.objects.filter(pk=delivery_id).values_list("endpoint_id", flat=True).first()
        if found is None:
            raise AppError("NOT_FOUND", "There is no such delivery.", {"delivery": delivery_id})
        endpoint = _locked(found)
        _guard_active(endpoint)
        forgive(endpoint)
        delivery = WebhookDelivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery_id)
        delivery.status, delivery.ended_at = DeliveryStatus.WAITING, None
        delivery.next_try_at, delivery.answered_count = timezone.now(), 0
        delivery.requested_by = actor
        delivery.save()
        wake_after_commit(organization.pk)
        return delivery


def _locked(endpoint_id: int) -> WebhookEndpoint:
    """The endpoint under a lock that does not hinder queueing for it: whoever numbers events refers to it."""
    found = WebhookEndpoint.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=endpoint_id, removed_at=None
    )
    endpoint = found.first()
    if endpoint is None:
        raise AppError("NOT_FOUND", "There is no such webhook.", {"webhook": endpoint_id})
    return endpoint


def _guard_active(endpoint: WebhookEndpoint) -> None:
    if not endpoint.is_active:
        raise AppError("INVALID_STATE", f"“{endpoint.name}” is switched off: switch it on first.")


def _known(event_names: Sequence[str]) -> list[str]:
    chosen = set(event_names)
    if unknown := chosen - set(EventName.values):
        raise AppError("INVALID", f"There is no event {', '.join(sorted(unknown))}.")
    return [name for name in EventName.values if name in chosen]
