"""Documents in tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import Organization
from approvals.queries.documents import Waiting
from approvals.views.common import STATES
from backflush.models import Backflush
from backflush.queries.causes import Cause
from backflush.queries.variances import Variance
from ui import cells, formats
from ui.components import Tab
from ui.tables import CodeColumn, DayColumn, MoneyColumn, PillColumn, QuantityColumn, Table, VarianceColumn


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A waiting document, printed."""

    id: int
    number: str
    url: str
    order: str
    product: str
    built: str
    submitted: str
    weight: str
    variance: Any
    remarks: list[tuple[str, str]]
    waits_for: str
    why_not: str


def queue_rows(found: Iterable[Waiting], organization: Organization) -> list[QueueRow]:
    """Rows of plain strings, so that a long queue renders quickly."""
    code, decimals, slug = organization.currency_code, organization.currency_decimals, organization.slug
    zone, year = timezone.get_current_timezone(), timezone.localdate().year
    rows = []
    for waiting in found:
        backflush = waiting.backflush
        completion = backflush.completion
        remarks = []
        if backflush.beyond_count:
            remarks.append((f"{formats.count(backflush.beyond_count, 'line')} beyond tolerance", "bad"))
        if backflush.short_count:
            remarks.append((f"{backflush.short_count} short", "warn"))
        if backflush.unknown_cost_count:
            remarks.append((f"{backflush.unknown_cost_count} without a cost", "warn"))
        tier = waiting.standing.tier
        rows.append(
            QueueRow(
                id=backflush.pk,
                number=backflush.number,
                url=reverse("approvals:document", args=[slug, backflush.number]),
                order=completion.output.work_order.number,
                product=f"{completion.output.item.sku} {completion.output.item.description}".strip(),
                built=formats.quantity(completion.good_quantity)
                + (
                    f" + {formats.quantity(completion.scrap_quantity)} scrap"
                    if completion.scrap_quantity
                    else ""
                ),
                submitted=f"{backflush.submitted_by}, {formats.moment(backflush.submitted_at, zone, this_year=year)}",
                weight=formats.money(backflush.weight_minor, code, decimals),
                variance=cells.variance_money(backflush.variance_minor, code, decimals),
                remarks=remarks,
                waits_for=tier.role.capitalize() if tier else "",
                why_not=waiting.standing.why_not,
            )
        )
    return rows


class DocumentTable(Table):
    """All backflushes. The query joins order and product, so a page costs the same whatever it holds."""

    number = CodeColumn(verbose_name="Backflush", orderable=False)
    order = tables.Column(
        accessor="completion__output__work_order__number", verbose_name="Order", orderable=False
    )
    product = tables.Column(accessor="completion__output__item__sku", verbose_name="Product", orderable=False)
    good = QuantityColumn(accessor="completion__good_quantity", verbose_name="Good", orderable=False)
    completed = DayColumn(accessor="completion__completed_on", verbose_name="Completed", orderable=False)
    value_minor = MoneyColumn(verbose_name="Relieved", orderable=False)
    variance_minor = VarianceColumn(verbose_name="Variance", orderable=False, classes="n key")
    status = PillColumn(states=STATES, verbose_name="State", orderable=False)

    class Meta(Table.Meta):
        empty_text = "No backflush matches. Change the filters, or draft what waits."

    def __init__(self, data: Iterable[Backflush], *, organization: Organization, **kwargs: Any) -> None:
        self.organization = organization
        super().__init__(data, **kwargs)

    def render_number(self, record: Backflush) -> SafeString:
        url = reverse("approvals:document", args=[self.organization.slug, record.number])
        return cells.code(record.number, url)


def review_tabs(request: HttpRequest, here: str) -> list[Tab]:
    """The pages of Review."""
    slug = request.organization.slug  # type: ignore[attr-defined]
    named = (
        ("queue", "Waiting for signatures", "approvals:queue"),
        ("documents", "All backflushes", "approvals:documents"),
        ("variances", "Variances", "approvals:variances"),
    )
    return [Tab(label, reverse(url, args=[slug]), active=here == name) for name, label, url in named]


@dataclass(frozen=True, slots=True)
class VarianceRow:
    """A line that differs from standard, printed."""

    item: SafeString
    order: str
    url: str
    product: str
    posted: SafeString
    quantities: str
    parts: list[tuple[str, Any]]
    money: Any
    reason: str
    cause: Cause | None


def variance_rows(found: Iterable[Variance], organization: Organization) -> list[VarianceRow]:
    code, decimals, slug = organization.currency_code, organization.currency_decimals, organization.slug

    def money(minor: int) -> Any:
        return cells.variance_money(minor, code, decimals) if minor else ""

    rows = []
    for variance in found:
        line = variance.line
        output = line.backflush.completion.output
        rows.append(
            VarianceRow(
                item=cells.code(
                    line.item.sku, reverse("inventory:item", args=[slug, line.item_id]), line.item.description
                ),
                order=output.work_order.number,
                url=reverse("approvals:document", args=[slug, line.backflush.number]),
                product=output.item.sku,
                posted=cells.day(line.backflush.posted_on, this_year=timezone.localdate().year),
                quantities=f"{formats.quantity(line.actual_quantity)} of "
                f"{formats.quantity(line.expected_quantity)} {line.item.unit}",
                parts=[
                    ("Substitution", money(line.substitution_minor)),
                    ("Scrap", money(line.scrap_minor)),
                    ("Usage", money(line.usage_minor)),
                    ("Price", money(line.price_minor)),
                ],
                money=money(line.variance_minor),
                reason=line.reason.name if line.reason else "",
                cause=variance.cause,
            )
        )
    return rows
