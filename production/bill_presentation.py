"""Rows of the pages of bills as they are printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import Organization
from inventory.models import Item
from production.choices import LineType, Supply
from production.models import BillOfMaterials, BomLine
from production.presentation import bill_url, loss_words, usage_words
from production.queries.bills import TreeLine, bill_on
from ui import cells, formats


def period_words(start: dt.date | None, end: dt.date | None) -> str:
    """`from 1 Jul`, `to 30 Jun`, `1 Jul to 30 Sep`, or nothing where it always holds."""
    year = timezone.localdate().year
    if start and end:
        return f"{formats.day(start, this_year=year)} to {formats.day(end, this_year=year)}"
    if start:
        return f"from {formats.day(start, this_year=year)}"
    return f"to {formats.day(end, this_year=year)}" if end else ""


@dataclass(frozen=True, slots=True)
class ItemBillRow:
    """An item of the list of bills."""

    lead: SafeString
    revision: str
    lines: str
    period: str
    bills: str
    state: SafeString


def item_bill_rows(
    items: Iterable[Item], bills: Mapping[int, Sequence[BillOfMaterials]], organization: Organization
) -> list[ItemBillRow]:
    today = timezone.localdate()
    rows = []
    for item in items:
        own = bills.get(item.pk, [])
        bill = bill_on(own, today)
        shown = bill or (own[0] if own else None)
        rows.append(
            ItemBillRow(
                lead=cells.code(item.sku, bill_url(organization, item.pk), item.description),
                revision=shown.revision if shown else "",
                lines=formats.quantity(getattr(shown, "line_count", 0)),
                period=period_words(shown.effective_from, shown.effective_to) if shown else "",
                bills=formats.quantity(len(own)),
                state=cells.pill("In effect", "good") if bill else cells.pill("Not in effect", "mute"),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A line of a bill's tree."""

    depth: int
    position: str
    lead: SafeString
    usage: str
    loss: str
    operation: str
    remarks: list[SafeString]
    substitutes: str
    period: str
    source: str
    is_in_effect: bool


def tree_rows(lines: Iterable[TreeLine], organization: Organization) -> list[TreeRow]:
    rows = []
    for entry in lines:
        line = entry.line
        component = line.component
        rows.append(
            TreeRow(
                depth=min(entry.level, 6),
                position=str(line.position),
                lead=cells.code(component.sku, bill_url(organization, component.pk), component.description),
                usage=usage_words(line),
                loss=loss_words(line),
                operation="" if line.operation_number is None else str(line.operation_number),
                remarks=_remarks(line),
                substitutes=", ".join(
                    s.item.sku if s.factor == 1 else f"{s.item.sku} × {formats.quantity(s.factor)}"
                    for s in sorted(line.substitutes.all(), key=lambda s: s.position)
                ),
                period=period_words(line.effective_from, line.effective_to),
                source=f"row {line.import_row}" if line.import_row else "",
                is_in_effect=entry.is_in_effect,
            )
        )
    return rows


def _remarks(line: BomLine) -> list[SafeString]:
    found = []
    if line.line_type == LineType.BYPRODUCT:
        found.append(cells.tag("by-product", "info"))
    if line.is_phantom:
        found.append(cells.tag("phantom", "accent"))
    if line.supply == Supply.HAND:
        found.append(cells.tag("by hand", "mute"))
    if line.supply_location:
        found.append(cells.tag(f"from {line.supply_location.code}", "mute"))
    return found


@dataclass(frozen=True, slots=True)
class BillRow:
    """A revision of an item's bill."""

    name: str
    url: str
    period: str
    lines: str
    made: SafeString
    state: SafeString
    is_shown: bool


def bill_rows(
    bills: Iterable[BillOfMaterials],
    shown: BillOfMaterials | None,
    current: BillOfMaterials | None,
    organization: Organization,
) -> list[BillRow]:
    zone, year = timezone.get_current_timezone(), timezone.localdate().year
    rows = []
    for bill in bills:
        if bill == current:
            state = cells.pill("In effect", "good")
        else:
            state = cells.pill("Not in effect", "mute") if bill.is_active else cells.pill("Replaced", "mute")
        name = f"Revision {bill.revision}" if bill.revision else "Bill"
        rows.append(
            BillRow(
                name=f"{name} · {bill.sequence}",
                url=reverse("production:bill", args=[organization.slug, bill.item_id]) + f"?bill={bill.pk}",
                period=period_words(bill.effective_from, bill.effective_to) or "always",
                lines=formats.count(getattr(bill, "line_count", 0), "line"),
                made=cells.time(bill.created_at, zone, this_year=year),
                state=state,
                is_shown=bill == shown,
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class UsedRow:
    """A bill that takes the item."""

    lead: SafeString
    usage: str
    period: str


def used_rows(lines: Iterable[BomLine], organization: Organization) -> list[UsedRow]:
    return [
        UsedRow(
            lead=cells.code(
                line.bom.item.sku, bill_url(organization, line.bom.item_id), line.bom.item.description
            ),
            usage=usage_words(line),
            period=period_words(line.effective_from, line.effective_to),
        )
        for line in lines
    ]
