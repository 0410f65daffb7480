"""What commands are given by name."""

from __future__ import annotations

from django.core.management.base import CommandError

from accounts.models import Membership, Organization, User


def organization_named(slug: str) -> Organization:
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        known = ", ".join(Organization.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise CommandError(f"There is no organization {slug!r}. There are: {known or 'none yet'}.")
    return organization


def member_named(email: str) -> User:
    """A member of the organization that is bound."""
    membership = Membership.objects.select_related("user").filter(user__email=email.strip().lower()).first()
    if membership is None:
        raise CommandError(f"{email} is no member of this organization: add them with create_member.")
    return membership.user
