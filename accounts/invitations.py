"""The links in invitations. They can be made again from the secret key, so none is stored."""

from __future__ import annotations

from hashlib import sha256

from django.urls import reverse
from django.utils.crypto import salted_hmac

from .models import Invitation


def token_of(invitation: Invitation) -> str:
    """The same for the same sending; sending again makes another and ends the one before."""
    sending = f"{invitation.organization_id}:{invitation.pk}:{invitation.invited_at.isoformat()}"
    return salted_hmac("accounts.invitation", sending, algorithm="sha256").hexdigest()


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def address_of(invitation: Invitation, base_url: str) -> str:
    path = reverse("invitation", args=[invitation.organization.slug, token_of(invitation)])
    return base_url.rstrip("/") + path
