"""The trail of calls, for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.access import requires
from accounts.http import OrganizationRequest
from api.forms import TrailFilter
from api.models import ApiCall
from api.queries import trail_page
from ui import cells, formats
from ui.components import Crumb

REFUSED, FAILED = 400, 500


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call, printed."""

    moment: SafeString
    key: str
    member: str
    method: str
    path: str
    ended: SafeString
    duration: str
    idempotency: str


@requires("read_books")
def trail(request: OrganizationRequest) -> HttpResponse:
    form = TrailFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = trail_page(
        key_id=int(chosen["key"]) if chosen.get("key") else None,
        ending=chosen.get("ending", ""),
        before=_place(request, "before"),
        after=_place(request, "after"),
    )
    kept = request.GET.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "rows": [_row(call) for call in page.calls],
        "base_query": f"{kept.urlencode()}&" if kept else "",
        "crumbs": [Crumb("Settings", reverse("accounts:settings", args=[request.organization.slug]))],
    }
    return render(request, "api/trail.html#list" if request.htmx else "api/trail.html", context)


def _row(call: ApiCall) -> CallRow:
    return CallRow(
        moment=cells.time(call.at, timezone.get_current_timezone(), this_year=timezone.localdate().year),
        key=f"{call.key.name} ({call.key.prefix}…)",
        member=str(call.member),
        method=call.method,
        path=call.path,
        ended=_ended(call),
        duration=formats.quantity(call.duration_ms),
        idempotency=call.idempotency_key,
    )


def _ended(call: ApiCall) -> SafeString:
    if call.is_replayed:
        return cells.pill(f"{call.status} answered before", "info")
    if call.status >= FAILED:
        return cells.pill(f"{call.status} {call.code}", "bad")
    if call.status >= REFUSED:
        return cells.pill(f"{call.status} {call.code}", "warn")
    return cells.pill(str(call.status), "good")


def _place(request: OrganizationRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
