"""What was posted though stock did not cover it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from inventory.actions.exceptions import take_exception
from inventory.models import StockException
from inventory.queries.exceptions import open_value, shortage_rows, shortages
from ui.components import Crumb, Tab


@requires("read_books")
def exception_list(request: OrganizationRequest) -> HttpResponse:
    is_open = request.GET.get("state") != "resolved"
    page = Paginator(shortages(is_open=is_open), 50).get_page(request.GET.get("page"))
    slug = request.organization.slug
    here = reverse("inventory:exceptions", args=[slug])
    context = {
        "page": page,
        "rows": shortage_rows(page.object_list, request.organization, timezone.now()),
        "is_open": is_open,
        "tabs": [
            Tab("Open", here, active=is_open),
            Tab("Resolved", f"{here}?state=resolved", active=not is_open),
        ],
        "may_sign": is_open and "sign_backflush" in request.rights,
        # What one proposed oneself another has to sign.
        "not_to_sign_id": None if request.organization.is_same_person_allowed else request.user.pk,
        "may_resolve": is_open and "resolve_exceptions" in request.rights,
        "total": open_value(request.organization) if is_open else "",
        "crumbs": [Crumb("Stock", reverse("inventory:stock", args=[slug]))],
    }
    return render(request, "inventory/exceptions.html", context)


@requires("resolve_exceptions")
@require_POST
def take(request: OrganizationRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(StockException, pk=pk)
    try:
        take_exception(organization=request.organization, exception_id=row.pk, actor=request.user)
    except AppError as error:
        messages.error(request, error.message)
    return redirect("inventory:exceptions", request.organization.slug)
