"""Make and revoke API keys."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from accounts.errors import AppError
from accounts.keys import SHOWN_LENGTH, hashed, key_text, new_secret
from accounts.models import ApiKey, Membership, Organization, User
from accounts.rights import demand
from accounts.tenancy.writes import save_row


class NewKey(NamedTuple):
    key: ApiKey
    text: str


def create_api_key(
    *,
    organization: Organization,
    member: User,
    name: str,
    actor: User | None,
    is_read_only: bool = False,
    expires_at: datetime | None = None,
    calls_per_minute: int | None = None,
) -> NewKey:
    """Make a key that acts as this member of the organization that is bound. Its text is in the answer only.

    Without an actor (commands) nobody's right is asked. Raises NOT_FOUND for somebody who is no member, INVALID for
    a limit that is not between one and the operator's.
    """
    if actor is not None:
        demand(actor, organization, "manage_members")
    if not Membership.objects.filter(user=member).exists():
        raise AppError(
            "NOT_FOUND", f"{member.email} is no member of {organization.name}: add the member first."
        )
    _refuse_limit(calls_per_minute)
    secret = new_secret()
    key = ApiKey(
        organization=organization,
        member=member,
        name=name.strip() or "Key",
        prefix=secret[:SHOWN_LENGTH],
        hashed_secret=hashed(secret),
        is_read_only=is_read_only,
        expires_at=expires_at,
        calls_per_minute=calls_per_minute,
        created_by=actor or member,
    )
    save_row(key, actor=actor, reason="Made")
    return NewKey(key, key_text(organization.slug, secret))


def limit_api_key(*, key: ApiKey, calls_per_minute: int | None, actor: User) -> ApiKey:
    """Give a key its own limit from its next call on, or the operator's number (None).

    Raises INVALID for a limit that is not between one and the operator's, INVALID_STATE for a key that is revoked.
    """
    demand(actor, key.organization, "manage_members")
    locked = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if locked.revoked_at is not None:
        raise AppError("INVALID_STATE", f"The key “{locked.name}” is revoked: make a new one.")
    _refuse_limit(calls_per_minute)
    if locked.calls_per_minute != calls_per_minute:
        locked.calls_per_minute = calls_per_minute
        save_row(locked, actor=actor, reason="Limit changed", fields=["calls_per_minute"])
    return locked


def _refuse_limit(calls: int | None) -> None:
    most = settings.API_REQUESTS_PER_MINUTE
    if calls is not None and not 1 <= calls <= most:
        message = f"{calls} calls per minute: give 1 to {most}, which the operator allows, or leave it empty."
        raise AppError("INVALID", message, {"calls_per_minute": [message]})


def revoke_api_key(*, key: ApiKey, actor: User) -> ApiKey:
    """End a key. Calls with it are refused from now on."""
    demand(actor, key.organization, "manage_members")
    locked = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        save_row(locked, actor=actor, reason="Revoked", fields=["revoked_at"])
    return locked
