"""Secrets and signatures, as the Standard Webhooks specification writes them, so that its libraries can verify them.

A secret is needed to sign, so a hash of it would not do. It is derived from the installation's SECRET_KEY and a random
nonce; the database holds the nonce alone, which is worth nothing without the key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import NamedTuple

from django.utils.crypto import salted_hmac

from accounts.models import WebhookEndpoint

MARK = "whsec_"


class Secret(NamedTuple):
    """A new secret: `nonce` and `check` are kept, `text` is shown once."""

    nonce: str
    check: str
    text: str


class KeyChanged(Exception):
    """The installation's SECRET_KEY is not the one that the secret was made with."""


def new_secret(organization_id: int) -> Secret:
    nonce = secrets.token_hex(16)
    key = _derive(organization_id, nonce)
    return Secret(nonce, _check(key), text_of(key))


def text_of(key: bytes) -> str:
    return MARK + base64.b64encode(key).decode()


def keys_of(endpoint: WebhookEndpoint, now: datetime) -> list[bytes]:
    """The keys that sign now, the newest first. Raises KeyChanged when the newest cannot be made any more."""
    key = _derive(endpoint.organization_id, endpoint.secret_nonce)
    if _check(key) != endpoint.secret_check:
        raise KeyChanged
    keys = [key]
    if endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
        old = _derive(endpoint.organization_id, endpoint.old_secret_nonce)
        keys += [old] if _check(old) == endpoint.old_secret_check else []
    return keys


def signature(keys: list[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The value of the header `webhook-signature`: one signature for each key, with spaces between."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys
    )


def _derive(organization_id: int, nonce: str) -> bytes:
    return salted_hmac("accounts.webhooks", f"{organization_id}:{nonce}", algorithm="sha256").digest()


def _check(key: bytes) -> str:
    return hashlib.sha256(b"check:" + key).hexdigest()[:16]
