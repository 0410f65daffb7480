"""The head and the side of a document's page."""

from __future__ import annotations

from django.utils import timezone

from accounts.happenings import told_once
from accounts.history import history_of
from accounts.models import Organization
from approvals.models import ApprovalDecision, ApprovalRequest
from approvals.queries.permits import Permits
from backflush.choices import BackflushStatus
from backflush.models import Backflush, BackflushLine
from ui import formats
from ui.components import Event, Figure

TOTALS = (
    "line_count",
    "beyond_count",
    "short_count",
    "unknown_cost_count",
    "standard_cost_minor",
    "substitution_minor",
    "scrap_minor",
    "usage_minor",
    "price_minor",
    "upstream_scrap_minor",
    "value_minor",
    "wip_minor",
    "upstream_taken",
    "submitted_at",
    "submitted_by",
    "posted_at",
    "posted_by",
    "reversed_at",
    "reversed_by",
    "drafted_at",
    "reversal_reason",
    "fingerprint",
)


def facts_of(backflush: Backflush) -> str:
    """What was built and when, in one line."""
    completion = backflush.completion
    item = completion.output.item
    words = f"{formats.quantity(completion.good_quantity)} good"
    if completion.scrap_quantity:
        words += f" + {formats.quantity(completion.scrap_quantity)} scrapped"
    words += f" of {item.sku} {item.description}".rstrip()
    words += f" · completed {formats.day(completion.completed_on, this_year=timezone.localdate().year)}"
    if completion.operation_number is not None:
        words += f" at operation {completion.operation_number}"
    if completion.is_final:
        words += ", final"
    if completion.reference:
        words += f" · {completion.reference}"
    if backflush.drafted_by:
        words += f" · drafted by {backflush.drafted_by}"
    return words


def figures_of(backflush: Backflush, organization: Organization) -> list[Figure]:
    """Standard, scrap, usage and price: the four figures that say what this costs and why."""
    code, decimals = organization.currency_code, organization.currency_decimals
    completion = backflush.completion

    def money(minor: int) -> str:
        return formats.money(minor, code, decimals)

    def variance(minor: int) -> str:
        return formats.variance_money(minor, code, decimals)

    usage = backflush.usage_minor + backflush.substitution_minor
    unknown = backflush.unknown_cost_count
    units = "unit" if completion.scrap_quantity == 1 else "units"
    scrap_note = str(completion.scrap_reason) if completion.scrap_reason else ""
    if backflush.upstream_scrap_minor:
        scrap_note = f"{money(backflush.upstream_scrap_minor)} of it from earlier operations"
    return [
        Figure(
            f"Standard for {formats.quantity(completion.good_quantity)} good",
            money(backflush.standard_cost_minor),
            f"{formats.count(unknown, 'line')} without a cost"
            if unknown
            else formats.count(backflush.line_count, "line"),
        ),
        Figure(
            f"Scrap, {formats.quantity(completion.scrap_quantity)} {units}",
            variance(backflush.scrap_minor + backflush.upstream_scrap_minor),
            scrap_note,
            formats.tone(backflush.scrap_minor),
        ),
        Figure(
            "Usage beyond that",
            variance(usage),
            f"{backflush.beyond_count} of {formats.count(backflush.line_count, 'line')} beyond tolerance"
            if backflush.beyond_count
            else "within tolerance",
            formats.tone(usage),
        ),
        Figure("Price", variance(backflush.price_minor), "", formats.tone(backflush.price_minor)),
    ]


def timeline_of(backflush: Backflush, permits: Permits) -> list[object]:
    """Who did what, newest first: the document, its lines, its signatures, its completion."""
    rows = [
        backflush,
        *BackflushLine.objects.filter(pk__in=_changed_lines(backflush)),
        *ApprovalRequest.objects.filter(backflush=backflush),
        *ApprovalDecision.objects.filter(request__backflush=backflush),
        backflush.completion,
    ]
    events: list[object] = list(
        told_once(
            history_of(
                rows,
                hidden=(
                    *TOTALS,
                    "standard_quantity",
                    "scrap_quantity",
                    "expected_quantity",
                    "origin_standard_quantity",
                    "origin_expected_quantity",
                    "standard_unit_cost",
                    "origin_unit_cost",
                    "actual_cost_minor",
                    "variance_minor",
                    "weight_minor",
                    "flags",
                    "is_beyond_tolerance",
                    "short_quantity",
                    "source",
                    "backflush_state",
                    "closed_at",
                    "position",
                ),
                limit=120,
            )
        )[:40]
    )
    if backflush.status == BackflushStatus.SUBMITTED:
        since = (
            formats.moment(
                backflush.submitted_at,
                timezone.get_current_timezone(),
                this_year=timezone.localdate().year,
            )
            if backflush.submitted_at
            else ""
        )
        events.insert(0, Event(f"Waiting for {permits.waits_for}", f"since {since}", "now"))
    return events


def _changed_lines(backflush: Backflush) -> list[int]:
    """Lines that are otherwise than they were first computed: of a thousand, those that have a story."""
    past = BackflushLine.history.filter(backflush_id=backflush.pk, history_type="~")
    return list(past.values_list("id", flat=True).distinct())
