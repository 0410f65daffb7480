"""API keys: `bf_<slug>_<secret>`. The slug says whose it is before any row can be read; we keep the secret's hash."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from django.utils import timezone

from .models import ApiKey, Membership, Organization, User
from .tenancy.binding import bind

MARK = "bf_"
SHOWN_LENGTH = 6
NOTED_EVERY = timedelta(minutes=5)


class KeyHolder(NamedTuple):
    organization: Organization
    user: User
    key: ApiKey


def new_secret() -> str:
    """Hexadecimal, so that the last underscore of a key stands before its secret."""
    return secrets.token_hex(24)


def hashed(secret: str) -> str:
    """A plain hash: the secret is random and long, so there is nothing to guess slowly."""
    return sha256(secret.encode()).hexdigest()


def key_text(slug: str, secret: str) -> str:
    return f"{MARK}{slug}_{secret}"


def find_key(text: str) -> KeyHolder | None:
    """The key with this text and its member, whether it still holds or not; None when nobody ever had it."""
    slug, _, secret = text.strip().removeprefix(MARK).rpartition("_")
    if not text.strip().startswith(MARK) or not slug or "\x00" in text:
        return None
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        return None
    with bind(organization):
        key = ApiKey.objects.select_related("member").filter(hashed_secret=hashed(secret)).first()
    return None if key is None else KeyHolder(organization, key.member, key)


def key_holds(key: ApiKey) -> bool:
    """Whether calls with this key of the bound organization are answered; if so, its use is noted."""
    now = timezone.now()
    if key.revoked_at or (key.expires_at and key.expires_at <= now):
        return False
    if not key.member.is_active or not Membership.objects.filter(user=key.member).exists():
        return False
    if key.last_used_at is None or now - key.last_used_at > NOTED_EVERY:
        # When a key was last used is no change of it: the history leaves this column out.
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return True
