"""Which organizations a person belongs to."""

from __future__ import annotations

from django_scopes import scopes_disabled

from accounts.models import Membership, Organization, User
from accounts.tenancy.binding import bind_user


def organizations_of(user: User) -> list[Organization]:
    """By name. The database answers a person's own memberships only, whatever organization is bound."""
    with bind_user(user.pk), scopes_disabled():
        memberships = Membership.objects.filter(user=user).select_related("organization")
        return sorted((one.organization for one in memberships), key=lambda one: one.name.lower())
