"""Members, their roles, and invitations."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.actions.invitations import invite_member, send_invitation_again, withdraw_invitation
from accounts.actions.members import change_role, remove_member
from accounts.errors import AppError
from accounts.forms import InviteForm, ReasonForm, RoleForm
from accounts.history import history_of_model
from accounts.http import OrganizationRequest
from accounts.models import Invitation, Membership
from accounts.queries.members import members, open_invitations
from ui.components import Crumb


def _crumbs(request: OrganizationRequest) -> list[Crumb]:
    slug = request.organization.slug
    return [
        Crumb("Settings", reverse("accounts:settings", args=[slug])),
        Crumb("Members", reverse("accounts:members", args=[slug])),
    ]


def base_url(request: HttpRequest) -> str:
    """Where links in mails lead: to the name under which this request came."""
    return request.build_absolute_uri("/")


@requires("read_books")
def member_list(request: OrganizationRequest) -> HttpResponse:
    may_manage = "manage_members" in request.rights
    context = {
        "members": members(),
        "invitations": open_invitations() if may_manage else [],
        "may_manage": may_manage,
        "crumbs": _crumbs(request)[:1],
    }
    return render(request, "accounts/members.html", context)


@requires("manage_members")
def invite(request: OrganizationRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invite_member(
                organization=request.organization,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                base_url=base_url(request),
                actor=request.user,
            )
        except AppError as error:
            form.add_error("email", error.message)
        else:
            messages.success(request, f"The invitation goes to {invitation.email}.")
            return redirect("accounts:members", request.organization.slug)
    context = {"form": form, "crumbs": _crumbs(request)}
    return render(request, "accounts/invite.html", context, status=422 if form.errors else 200)


@requires("manage_members")
@require_POST
def send_again(request: OrganizationRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.select_related("organization"), pk=pk)
    send_invitation_again(invitation=invitation, base_url=base_url(request), actor=request.user)
    messages.success(request, f"A new link goes to {invitation.email}; the one before ends.")
    return redirect("accounts:members", request.organization.slug)


@requires("manage_members")
@require_POST
def withdraw(request: OrganizationRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.select_related("organization"), pk=pk)
    withdraw_invitation(invitation=invitation, actor=request.user)
    messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
    return redirect("accounts:members", request.organization.slug)


@requires("read_books")
def member(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One member: the role, and what happened to it."""
    one = get_object_or_404(Membership.objects.select_related("user", "organization"), pk=pk)
    may_manage = "manage_members" in request.rights
    form = RoleForm(request.POST or None, initial={"role": one.role})
    if request.method == "POST" and form.is_valid():
        try:
            change_role(
                membership=one,
                role=form.cleaned_data["role"],
                reason=form.cleaned_data["reason"],
                actor=request.user,
            )
        except AppError as error:
            if error.status == 403:
                raise
            form.add_error("role", error.message)
        else:
            messages.success(request, f"The role of {one.user} is changed.")
            return redirect("accounts:member", request.organization.slug, pk)
    context = {
        "member": one,
        "form": form if may_manage else None,
        "events": history_of_model(Membership, id=pk),
        "crumbs": _crumbs(request),
    }
    return render(request, "accounts/member.html", context, status=422 if form.errors else 200)


@requires("manage_members")
def remove(request: OrganizationRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Membership.objects.select_related("user", "organization"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_member(membership=one, reason=form.cleaned_data["reason"], actor=request.user)
        except AppError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{one.user} is no member any more.")
            return redirect("accounts:members", request.organization.slug)
    context = {
        "title": f"Remove {one.user}",
        "question": f"{one.user.email} is {one.get_role_display()} of {request.organization.name}.",
        "consequences": [
            "They see nothing of the organization any more, from now on.",
            "Their API keys of this organization end.",
            "What they did keeps their name.",
        ],
        "action": "Remove the member",
        "is_dangerous": True,
        "form": form,
        "back_url": reverse("accounts:member", args=[request.organization.slug, pk]),
        "crumbs": _crumbs(request),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)
