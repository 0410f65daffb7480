"""Who belongs to an organization, in which role."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts.errors import AppError
from accounts.models import ApiKey, Membership, Organization, User
from accounts.rights import demand
from accounts.roles import Role
from accounts.tenancy.writes import delete_row, save_row

from .groups import put_in_group

# Without the letters and digits that people take for one another.
READABLE = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class NewMember:
    """`password` is there when the person is new, and nowhere else."""

    membership: Membership
    password: str | None


def clean_email(email: str) -> str:
    """The address as we keep it. Raises INVALID."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise AppError("INVALID", f"{email!r} is no e-mail address.") from error
    return address


def new_password() -> str:
    return "".join(secrets.choice(READABLE) for _ in range(16))


def create_user(
    *, email: str, actor: User | None, reason: str, name: str = "", password: str | None = None
) -> User:
    """A person whose address counts as verified: somebody who may do so vouches for it, or a link was followed."""
    user = User(email=clean_email(email), name=name.strip())
    user.set_password(password)
    save_row(user, actor=actor, reason=reason)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def add_member(
    *,
    organization: Organization,
    email: str,
    role: str,
    actor: User | None,
    reason: str,
    name: str = "",
    password: str | None = None,
) -> NewMember:
    """Add a person to the organization that is bound, making the person when nobody has this address.

    Without an actor (commands) nobody's right is asked. Raises INVALID for somebody who is a member already.
    """
    if actor is not None:
        demand(actor, organization, "manage_members")
    if role not in Role.values:
        raise AppError("INVALID", f"{role!r} is no role; choose one of {', '.join(Role.values)}.")
    user = User.objects.filter(email=clean_email(email)).first()
    given = None
    if user is None:
        given = password or new_password()
        user = create_user(email=email, actor=actor, reason=reason, name=name, password=given)
    return NewMember(join(organization=organization, user=user, role=role, actor=actor, reason=reason), given)


def join(*, organization: Organization, user: User, role: str, actor: User | None, reason: str) -> Membership:
    """Write the membership and its group. Who may call this was decided before."""
    if Membership.objects.filter(user=user).exists():
        raise AppError("INVALID", f"{user.email} is a member already: change the role instead.")
    membership = save_row(
        Membership(organization=organization, user=user, role=role), actor=actor, reason=reason
    )
    put_in_group(user, organization, role)
    return membership


def change_role(*, membership: Membership, role: str, reason: str, actor: User) -> Membership:
    """Give a member another role. The organization keeps at least one admin."""
    organization = membership.organization
    demand(actor, organization, "manage_members")
    if role not in Role.values:
        raise AppError("INVALID", f"{role!r} is no role; choose one of {', '.join(Role.values)}.")
    locked = _locked(membership)
    if locked.role == role:
        return locked
    if locked.role == Role.ADMIN:
        _refuse_last_admin(locked)
    locked.role = role
    save_row(locked, actor=actor, reason=reason.strip() or "Role changed", fields=["role"])
    put_in_group(locked.user, organization, role)
    return locked


def remove_member(*, membership: Membership, reason: str, actor: User) -> None:
    """End a membership. What the person did keeps their name; their API keys of this organization end too."""
    organization = membership.organization
    demand(actor, organization, "manage_members")
    locked = _locked(membership)
    if locked.role == Role.ADMIN:
        _refuse_last_admin(locked)
    user = locked.user
    now = timezone.now()
    for key in ApiKey.objects.filter(member=user, revoked_at=None):
        key.revoked_at = now
        save_row(key, actor=actor, reason="Its member was removed", fields=["revoked_at"])
    delete_row(locked, actor=actor, reason=reason.strip() or "Removed")
    put_in_group(user, organization, None)


def change_name(*, user: User, name: str) -> User:
    """A person's own name, as everybody sees it."""
    user.name = name.strip()
    with transaction.atomic():
        return save_row(user, actor=user, reason="Name changed", fields=["name"])


def _locked(membership: Membership) -> Membership:
    """Take all memberships of the organization: two admins who demote each other must not both succeed."""
    rows = list(Membership.objects.select_for_update(of=("self",)).select_related("user").order_by("pk"))
    for row in rows:
        if row.pk == membership.pk:
            return row
    raise AppError("NOT_FOUND", "This person is no member any more.")


def _refuse_last_admin(membership: Membership) -> None:
    if not Membership.objects.filter(role=Role.ADMIN).exclude(pk=membership.pk).exists():
        raise AppError("INVALID", "An organization keeps at least one admin: make somebody else admin first.")
