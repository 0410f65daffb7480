"""This room's part of the Today page: what waits, and variance by week."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.functions import TruncWeek
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import Organization
from approvals.queries.documents import documents, queue_of
from approvals.tables import queue_rows
from approvals.views.common import STATES
from backflush.choices import BackflushStatus
from backflush.models import Backflush
from backflush.queries.waiting import waiting_count
from inventory.models import StockException
from ui import cells, formats
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
    waiting = waiting_count()
    counts = dict(
        Backflush.objects.filter(
            status__in=[BackflushStatus.DRAFT, BackflushStatus.SUBMITTED, BackflushStatus.RETURNED]
        )
        .values_list("status")
        .annotate(n=Count("id"))
    )
    still = StockException.objects.filter(resolved_at=None)
    short, proposed = still.aggregate(n=Count("pk"), proposed=Count("proposed_by")).values()
    list_url = reverse("approvals:documents", args=[slug])
    figures = [
        Figure(
            "Completions to draft",
            formats.quantity(waiting),
            "not drafted yet" if waiting else "all are drafted",
            url=list_url,
        ),
        Figure(
            "Drafts to finish",
            formats.quantity(counts.get("DRAFT", 0) + counts.get("RETURNED", 0)),
            f"{counts.get('RETURNED', 0) or 'none'} returned with a question",
            url=f"{list_url}?status=DRAFT",
        ),
        Figure(
            "Waiting for a signature",
            formats.quantity(counts.get("SUBMITTED", 0)),
            f"{len(mine) or 'none'} for you",
            url=reverse("approvals:queue", args=[slug]),
        ),
        Figure(
            "Posted though short",
            formats.quantity(short),
            f"{proposed} proposed, to be signed"
            if proposed
            else "shortage to look into"
            if short == 1
            else "shortages to look into",
            url=reverse("inventory:exceptions", args=[slug]),
        ),
    ]
    found = [Panel("approvals/panels/figures.html", {"figures": figures}, order=10)]
    if own := own_panel(organization, request.rights, waiting):  # type: ignore[attr-defined]
        found.append(own)
    if mine:
        rows = queue_rows(mine[:SHOWN], organization)
        found.append(
            Panel("approvals/panels/queue.html", {"rows": rows, "more": len(mine) - len(rows)}, order=20)
        )
    chart = variance_by_week(organization)
    if chart is not None:
        found.append(Panel("approvals/panels/variance.html", {"chart": chart}, order=30))
    return found


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """A document that a planner has to finish, printed."""

    number: str
    url: str
    about: str
    state: SafeString
    completed: SafeString
    variance: SafeString


def own_panel(organization: Organization, rights: frozenset[str], waiting: int) -> Panel | None:
    """What is to be drafted and to be submitted, questions first, for those who do that."""
    if "submit_backflush" not in rights:
        return None
    open_ones = documents().filter(status__in=[BackflushStatus.RETURNED, BackflushStatus.DRAFT])
    total = open_ones.count()
    if not total and not waiting:
        return None
    code, decimals, year = (
        organization.currency_code,
        organization.currency_decimals,
        timezone.localdate().year,
    )
    rows = [
        OwnDocument(
            number=one.number,
            url=reverse("approvals:document", args=[organization.slug, one.number]),
            about=f"{one.completion.output.work_order.number} · {one.completion.output.item.sku} "
            f"{one.completion.output.item.description}".rstrip(),
            state=cells.status_pill(one.status, STATES),
            completed=cells.day(one.completion.completed_on, this_year=year),
            variance=cells.variance_money(one.variance_minor, code, decimals),
        )
        for one in open_ones.order_by("-status", "-weight_minor", "id")[:SHOWN]
    ]
    context = {"rows": rows, "waiting": waiting, "more": total - len(rows)}
    return Panel("approvals/panels/own.html", context, order=15)


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
