"""Invite by mail, send again, withdraw, accept."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.errors import AppError
from accounts.invitations import hashed, token_of
from accounts.jobs import start_job
from accounts.models import Invitation, Membership, Organization, User
from accounts.rights import demand
from accounts.roles import Role
from accounts.tenancy.writes import allocate_ids, save_row

from .members import clean_email, create_user, join

HOLDS_FOR = timedelta(days=7)


def invite_member(
    *, organization: Organization, email: str, role: str, base_url: str, actor: User
) -> Invitation:
    """Invite a person to the organization that is bound; the mail is a job. `base_url` is where its link leads.

    An open invitation of the same address is replaced. Raises INVALID for somebody who is a member already.
    """
    demand(actor, organization, "manage_members")
    address = clean_email(email)
    if role not in Role.values:
        raise AppError("INVALID", f"{role!r} is no role; choose one of {', '.join(Role.values)}.")
    if Membership.objects.filter(user__email=address).exists():
        raise AppError("INVALID", f"{address} is a member already: change the role instead.")
    for earlier in Invitation.objects.filter(email=address, accepted_at=None, withdrawn_at=None):
        withdraw_invitation(invitation=earlier, actor=actor)
    invitation = Invitation(organization=organization, email=address, role=role, invited_by=actor)
    return _send(invitation, base_url, actor, "Invited")


def send_invitation_again(*, invitation: Invitation, base_url: str, actor: User) -> Invitation:
    """Send a new link, which holds from now; the one before ends."""
    demand(actor, invitation.organization, "manage_members")
    locked = _open(invitation)
    return _send(locked, base_url, actor, "Sent again")


def withdraw_invitation(*, invitation: Invitation, actor: User) -> Invitation:
    """End an invitation that was not accepted yet."""
    demand(actor, invitation.organization, "manage_members")
    locked = _open(invitation)
    locked.withdrawn_at = timezone.now()
    return save_row(locked, actor=actor, reason="Withdrawn", fields=["withdrawn_at"])


def accept_invitation(
    *, invitation: Invitation, user: User | None = None, name: str = "", password: str | None = None
) -> User:
    """Make the invited person a member. Without `user` the person is new and chose a name and a password.

    Who followed the link reads the mail of that address, so it counts as verified. Raises INVALID when the person
    that is signed in has another address, or the invitation does not hold any more.
    """
    locked = _open(invitation)
    if locked.expires_at <= timezone.now():
        raise AppError("INVALID", "This invitation has expired: ask for another one.")
    if user is None:
        if User.objects.filter(email=locked.email).exists():
            raise AppError("INVALID", f"{locked.email} is known here: sign in to accept the invitation.")
        user = create_user(
            email=locked.email, actor=None, reason="Accepted an invitation", name=name, password=password
        )
    elif user.email != locked.email:
        raise AppError("INVALID", f"This invitation is for {locked.email}: sign in with that address.")
    else:
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True})
    locked.accepted_at = timezone.now()
    save_row(locked, actor=user, reason="Accepted", fields=["accepted_at"])
    join(
        organization=locked.organization,
        user=user,
        role=locked.role,
        actor=user,
        reason=f"Invited by {locked.invited_by}",
    )
    return user


def _send(invitation: Invitation, base_url: str, actor: User, reason: str) -> Invitation:
    now = timezone.now()
    invitation.invited_at, invitation.expires_at = now, now + HOLDS_FOR
    is_new = invitation.pk is None
    if is_new:
        invitation.pk = allocate_ids(Invitation, 1)[0]  # the token is made of it
    invitation.hashed_token = hashed(token_of(invitation))
    fields = None if is_new else ["invited_at", "expires_at", "hashed_token"]
    save_row(invitation, actor=actor, reason=reason, fields=fields)
    start_job(
        organization=invitation.organization,
        kind="mail_invitation",
        title=f"Mail to {invitation.email}",
        arguments={"invitation": invitation.pk, "base_url": base_url},
        actor=actor,
        priority=10,
    )
    return invitation


def _open(invitation: Invitation) -> Invitation:
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("invited_by", "organization")
        .get(pk=invitation.pk)
    )
    if locked.accepted_at or locked.withdrawn_at:
        raise AppError("INVALID", "This invitation was accepted or withdrawn already.")
    return locked
