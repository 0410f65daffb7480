"""This room's part of the Today page: what waits, and variance by week."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Sum
from django.db.models.functions import TruncWeek
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization
from approvals.queries.documents import queue_of
from approvals.tables import queue_rows
from backflush.choices import BackflushStatus
from backflush.models import Backflush
from backflush.queries.waiting import waiting_count
from inventory.models import StockException
from ui import formats
from ui.charts import Week, WeekChart, week_chart
from ui.components import Figure
from ui.navigation import Panel

WEEKS = 12
PARTS = (("substitution", "Substitution"), ("scrap", "Scrap"), ("usage", "Usage"), ("price", "Price"))
SHOWN = 8


def panels(request: HttpRequest) -> list[Panel]:
    organization: Organization = request.organization  # type: ignore[attr-defined]
    slug = organization.slug
    mine, _ = queue_of(request.user, request.membership.role, organization)  # type: ignore[attr-defined,arg-type]
    counts = dict(
        Backflush.objects.filter(
            status__in=[BackflushStatus.DRAFT, BackflushStatus.SUBMITTED, BackflushStatus.RETURNED]
        )
        .values_list("status")
        .annotate(n=Count("id"))
    )
    documents = reverse("approvals:documents", args=[slug])
    figures = [
        Figure(
            "Completions to draft", formats.quantity(waiting_count()), "nothing drafted yet", url=documents
        ),
        Figure(
            "Drafts to finish",
            formats.quantity(counts.get("DRAFT", 0) + counts.get("RETURNED", 0)),
            f"{counts.get('RETURNED', 0)} returned with a question",
            url=f"{documents}?status=DRAFT",
        ),
        Figure(
            "Waiting for a signature",
            formats.quantity(counts.get("SUBMITTED", 0)),
            f"{len(mine)} for you",
            url=reverse("approvals:queue", args=[slug]),
        ),
        Figure(
            "Posted though short",
            formats.quantity(StockException.objects.filter(resolved_at=None).count()),
            "shortages to look into",
            url=reverse("inventory:exceptions", args=[slug]),
        ),
    ]
    found = [Panel("approvals/panels/figures.html", {"figures": figures}, order=10)]
    if mine:
        rows = queue_rows(mine[:SHOWN], organization)
        found.append(
            Panel("approvals/panels/queue.html", {"rows": rows, "more": len(mine) - len(rows)}, order=20)
        )
    chart = variance_by_week(organization)
    if chart is not None:
        found.append(Panel("approvals/panels/variance.html", {"chart": chart}, order=30))
    return found


def variance_by_week(organization: Organization) -> WeekChart | None:
    """The four parts of what was posted in the last weeks; None when nothing was."""
    code, decimals = organization.currency_code, organization.currency_decimals
    latest = (
        Backflush.objects.filter(status=BackflushStatus.POSTED)
        .order_by("-posted_on")
        .values_list("posted_on", flat=True)
        .first()
    )
    if latest is None:
        return None
    last = latest - dt.timedelta(days=latest.weekday())
    first = last - dt.timedelta(weeks=WEEKS - 1)
    sums: dict[dt.date, tuple[int, ...]] = defaultdict(lambda: (0, 0, 0, 0))
    for row in (
        Backflush.objects.filter(status=BackflushStatus.POSTED, posted_on__gte=first)
        .annotate(week=TruncWeek("posted_on"))
        .values("week")
        .annotate(
            a=Sum("substitution_minor"), b=Sum("scrap_minor"), c=Sum("usage_minor"), d=Sum("price_minor")
        )
    ):
        sums[row["week"]] = (row["a"], row["b"], row["c"], row["d"])
    this_year = timezone.localdate().year
    weeks = [
        Week(
            formats.day(first + dt.timedelta(weeks=n), this_year=this_year),
            sums[first + dt.timedelta(weeks=n)],
        )
        for n in range(WEEKS)
    ]
    return week_chart(
        weeks,
        PARTS,
        title="Variance by week",
        write=lambda minor: formats.variance_money(minor, code, decimals),
        write_tick=lambda minor: formats.money(minor, code, decimals),
    )
