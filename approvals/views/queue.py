"""The queue of those who sign, and the list of all documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.http import OrganizationRequest
from accounts.jobs import start_job
from approvals.filters import DocumentFilter
from approvals.queries.documents import HEAVIEST, documents, queue_of, waiting
from approvals.tables import DocumentTable, queue_rows, review_tabs
from backflush.choices import BackflushStatus
from backflush.queries.waiting import waiting_count
from ui import formats
from ui.components import KeyHint

PER_PAGE = 50


@requires("read_books")
def queue(request: OrganizationRequest) -> HttpResponse:
    mine, others = queue_of(request.user, request.membership.role, request.organization)
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    rest = Paginator(others, PER_PAGE).get_page(request.GET.get("others"))
    seen = len(mine) + len(others)
    context: dict[str, Any] = {
        "tabs": review_tabs(request, "queue"),
        "mine": queue_rows(page.object_list, request.organization),
        "others": queue_rows(rest.object_list, request.organization),
        "page": page,
        "rest": rest,
        "seen": seen,
        "beyond": waiting().count() - seen if seen >= HEAVIEST else 0,
        "may_sign": "sign_backflush" in request.rights,
        "may_submit": "submit_backflush" in request.rights,
        "hints": [KeyHint("j k", "next, previous"), KeyHint("o", "open"), KeyHint("?", "all keys")],
    }
    return render(request, "approvals/queue.html", context)


@requires("sign_backflush")
@require_POST
def approve_many(request: OrganizationRequest) -> HttpResponse:
    """Sign the ticked documents in the background."""
    ids = [int(value) for value in request.POST.getlist("backflush") if value.isdigit()]
    if not ids:
        messages.error(request, "Tick the documents that you want to sign.")
        return redirect("approvals:queue", request.organization.slug)
    job = start_job(
        organization=request.organization,
        kind="approve_backflushes",
        title=f"Sign {formats.count(len(ids), 'backflush', 'backflushes')}",
        arguments={"backflushes": ids},
        actor=request.user,
    )
    return redirect("accounts:job", request.organization.slug, job.pk)


@requires("read_books")
def document_list(request: OrganizationRequest) -> HttpResponse:
    found = DocumentFilter(request.GET, queryset=documents().order_by("-id"))
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    table = DocumentTable(page.object_list, organization=request.organization)
    context = {
        "tabs": review_tabs(request, "documents"),
        "filter": found,
        "page": page,
        "table": table,
        "waiting": waiting_count() if "draft_backflush" in request.rights else 0,
        "drafts": documents().filter(status=BackflushStatus.DRAFT).count(),
    }
    template = "approvals/documents.html#list" if request.htmx else "approvals/documents.html"
    return render(request, template, context)


@requires("draft_backflush")
@require_POST
def draft_waiting(request: OrganizationRequest) -> HttpResponse:
    """Draft everything that waits, in the background."""
    orders = request.POST.getlist("work_order")
    job = start_job(
        organization=request.organization,
        actor=request.user,
        kind="draft_backflushes",
        title=f"Draft {', '.join(orders[:3])}" if orders else "Draft everything that waits",
        arguments={"work_orders": orders} if orders else {},
    )
    return redirect("accounts:job", request.organization.slug, job.pk)
