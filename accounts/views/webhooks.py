"""Webhooks: the list, and what is changed about one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.actions.webhooks import (
    MadeWebhook,
    change_webhook,
    create_webhook,
    remove_webhook,
    rotate_secret,
    switch_webhook,
)
from accounts.errors import AppError
from accounts.forms_webhooks import RotateForm, WebhookForm
from accounts.http import OrganizationRequest
from accounts.models import WebhookEndpoint
from accounts.queries.webhooks import webhooks
from ui.components import Crumb


def crumbs(request: OrganizationRequest, endpoint: WebhookEndpoint | None = None) -> list[Crumb]:
    slug = request.organization.slug
    found = [
        Crumb("Settings", reverse("accounts:settings", args=[slug])),
        Crumb("Webhooks", reverse("accounts:webhooks", args=[slug])),
    ]
    if endpoint is not None:
        found.append(Crumb(endpoint.name, reverse("accounts:webhook", args=[slug, endpoint.pk])))
    return found


def webhook_or_404(pk: int) -> WebhookEndpoint:
    endpoint: WebhookEndpoint = get_object_or_404(
        WebhookEndpoint.objects.select_related("organization"), pk=pk, removed_at=None
    )
    return endpoint


@requires("manage_settings")
def webhook_list(request: OrganizationRequest) -> HttpResponse:
    context = {"webhooks": webhooks(), "crumbs": crumbs(request)[:1]}
    return render(request, "accounts/webhooks/list.html", context)


@requires("manage_settings")
def new_webhook(request: OrganizationRequest) -> HttpResponse:
    """The secret is shown in the answer to this form, and never again."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_webhook(organization=request.organization, actor=request.user, **form.cleaned_data)
        except AppError as error:
            _show(form, error)
        else:
            return _secret_page(request, made, "The webhook is made.")
    context = {"form": form, "endpoint": None, "crumbs": crumbs(request)}
    return render(request, "accounts/webhooks/form.html", context, status=422 if form.errors else 200)


@requires("manage_settings")
def edit_webhook(request: OrganizationRequest, pk: int) -> HttpResponse:
    endpoint = webhook_or_404(pk)
    known: dict[str, Any] = {
        "name": endpoint.name,
        "url": endpoint.url,
        "event_names": endpoint.event_names,
    }
    form = WebhookForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            change_webhook(
                organization=request.organization, endpoint_id=pk, actor=request.user, **form.cleaned_data
            )
        except AppError as error:
            _show(form, error)
        else:
            messages.success(request, f"“{form.cleaned_data['name']}” is changed.")
            return redirect("accounts:webhook", request.organization.slug, pk)
    context = {"form": form, "endpoint": endpoint, "crumbs": crumbs(request, endpoint)}
    return render(request, "accounts/webhooks/form.html", context, status=422 if form.errors else 200)


@requires("manage_settings")
def rotate(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The new secret is shown in the answer to this form, and never again."""
    endpoint = webhook_or_404(pk)
    form = RotateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = rotate_secret(
            organization=request.organization, endpoint_id=pk, actor=request.user, **form.cleaned_data
        )
        return _secret_page(request, made, "The secret is rotated.")
    context = {
        "title": "Rotate the secret",
        "question": f"“{endpoint.name}” gets a new secret, which is shown once.",
        "consequences": [
            "Deliveries are signed with the new secret from now on.",
            "Put the new secret into the receiver while the old one is still valid.",
        ],
        "action": "Rotate the secret",
        "form": form,
        "back_url": reverse("accounts:webhook", args=[request.organization.slug, pk]),
        "crumbs": crumbs(request, endpoint),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)


@requires("manage_settings")
@require_POST
def switch(request: OrganizationRequest, pk: int) -> HttpResponse:
    endpoint = webhook_or_404(pk)
    changed = switch_webhook(
        organization=request.organization,
        endpoint_id=pk,
        is_active=not endpoint.is_active,
        actor=request.user,
    )
    messages.success(request, f"“{changed.name}” is switched {'on' if changed.is_active else 'off'}.")
    return redirect("accounts:webhook", request.organization.slug, pk)


@requires("manage_settings")
def remove(request: OrganizationRequest, pk: int) -> HttpResponse:
    endpoint = webhook_or_404(pk)
    if request.method == "POST":
        remove_webhook(organization=request.organization, endpoint_id=pk, actor=request.user)
        messages.success(request, f"“{endpoint.name}” is removed.")
        return redirect("accounts:webhooks", request.organization.slug)
    context = {
        "title": f"Remove “{endpoint.name}”",
        "question": endpoint.url,
        "consequences": [
            "This address is told nothing any more, and what waits for it is not sent.",
            "Its secret is worth nothing any more.",
        ],
        "action": "Remove the webhook",
        "is_dangerous": True,
        "back_url": reverse("accounts:webhook", args=[request.organization.slug, pk]),
        "crumbs": crumbs(request, endpoint),
    }
    return render(request, "ui/confirm.html", context)


def _secret_page(request: OrganizationRequest, made: MadeWebhook, words: str) -> HttpResponse:
    context = {"made": made, "words": words, "crumbs": crumbs(request)}
    answer = render(request, "accounts/webhooks/secret.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _show(form: WebhookForm, error: AppError) -> None:
    field = "url" if isinstance(error.details, dict) and "url" in error.details else None
    form.add_error(field, error.message)
