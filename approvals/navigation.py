"""This room's entries in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from backflush.choices import BackflushStatus
from backflush.models import Backflush
from ui.navigation import SETTINGS, NavEntry


def entries(request: HttpRequest) -> list[NavEntry]:
    slug = request.organization.slug  # type: ignore[attr-defined]
    waiting = Backflush.objects.filter(status=BackflushStatus.SUBMITTED).count()
    return [
        NavEntry(
            "Review",
            reverse("approvals:queue", args=[slug]),
            "check-badge",
            30,
            waiting,
            also=(
                reverse("approvals:documents", args=[slug]),
                reverse("approvals:variances", args=[slug]),
            ),
        ),
        NavEntry(
            "Who signs",
            reverse("approvals:tiers", args=[slug]),
            "pencil-square",
            40,
            place=SETTINGS,
            description="From which amount which role signs a document.",
        ),
        NavEntry(
            "Notices by mail",
            reverse("approvals:notices", args=[slug]),
            "envelope",
            42,
            place=SETTINGS,
            description="How often you are told by mail of what waits for you.",
        ),
    ]
