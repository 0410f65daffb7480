"""What was sent to a webhook, and what came back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.actions.webhooks import ping_webhook, resend
from accounts.errors import AppError
from accounts.forms_webhooks import DeliveryFilter
from accounts.history import history_of_model
from accounts.http import OrganizationRequest
from accounts.models import DeliveryStatus, WebhookDelivery, WebhookEndpoint
from accounts.queries.webhooks import attempts_of, deliveries_of
from accounts.views.webhooks import crumbs, webhook_or_404
from accounts.webhooks.delivering import payload_of
from accounts.webhooks.presentation import STATES, attempt_rows, delivery_rows, endpoint_facts, next_try

PER_PAGE = 50


@requires("manage_settings")
def webhook(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One webhook and its log."""
    endpoint = webhook_or_404(pk)
    form = DeliveryFilter(request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    found = deliveries_of(endpoint, status=chosen.get("status", ""), name=chosen.get("name", ""))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "rows": delivery_rows(page.object_list, request.organization.slug),
        "states": STATES,
        "endpoint": endpoint,
    }
    if request.htmx:
        return render(request, "accounts/webhooks/webhook.html#list", context)
    context["facts"] = endpoint_facts(endpoint)
    context["is_paused"] = endpoint.paused_until is not None and endpoint.paused_until > timezone.now()
    context["events"] = history_of_model(WebhookEndpoint, id=pk)
    context["crumbs"] = crumbs(request)
    return render(request, "accounts/webhooks/webhook.html", context)


@requires("manage_settings")
@require_POST
def ping(request: OrganizationRequest, pk: int) -> HttpResponse:
    webhook_or_404(pk)
    try:
        sent = ping_webhook(organization=request.organization, endpoint_id=pk, actor=request.user)
    except AppError as error:
        messages.error(request, error.message)
        return redirect("accounts:webhook", request.organization.slug, pk)
    return redirect("accounts:delivery", request.organization.slug, sent.pk)


@requires("manage_settings")
def delivery(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One delivery with every attempt. While it is due the page looks again by itself."""
    one: WebhookDelivery = get_object_or_404(
        WebhookDelivery.objects.select_related("endpoint", "event__actor", "requested_by"),
        pk=pk,
        endpoint__removed_at=None,
    )
    is_due = one.status == DeliveryStatus.WAITING and (
        one.requested_by_id is not None or one.claimed_until is not None
    )
    if request.htmx:
        answer = render(request, "accounts/webhooks/delivery.html#looking", {"delivery": one})
        if not is_due:
            answer["HX-Refresh"] = "true"
        return answer
    context = {
        "delivery": one,
        "is_due": is_due,
        "next_try": "" if is_due else next_try(one),
        "states": STATES,
        "attempts": attempt_rows(attempts_of(one)),
        "payload": json.dumps(payload_of(request.organization, one), ensure_ascii=False, indent=2),
        "crumbs": crumbs(request, one.endpoint),
        "back_url": reverse("accounts:webhook", args=[request.organization.slug, one.endpoint_id]),
    }
    return render(request, "accounts/webhooks/delivery.html", context)


@requires("manage_settings")
@require_POST
def send_again(request: OrganizationRequest, pk: int) -> HttpResponse:
    try:
        resend(organization=request.organization, delivery_id=pk, actor=request.user)
    except AppError as error:
        if error.status == 404:
            raise
        messages.error(request, error.message)
    return redirect("accounts:delivery", request.organization.slug, pk)
