"""Members, invitations and keys of the organization that is bound."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import ApiKey, Invitation, Membership


def members() -> QuerySet[Membership]:
    """By name, then address."""
    return Membership.objects.select_related("user").order_by("user__name", "user__email")


def open_invitations() -> QuerySet[Invitation]:
    """Neither accepted nor withdrawn, the expired ones too: they can be sent again."""
    return (
        Invitation.objects.select_related("invited_by")
        .filter(accepted_at=None, withdrawn_at=None)
        .order_by("-invited_at")
    )


def invitation_that_holds(hashed_token: str) -> Invitation | None:
    """The open invitation with this token, before it expires."""
    return (
        Invitation.objects.select_related("invited_by")
        .filter(hashed_token=hashed_token, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
        .first()
    )


def api_keys() -> QuerySet[ApiKey]:
    """Those that hold first, newest first."""
    return ApiKey.objects.select_related("member", "created_by").order_by("-created_at")
