"""A document as its page shows it: formatted rows, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from accounts.models import Organization
from backflush.choices import BackflushStatus
from backflush.engine.words import explain, explain_standard, question
from backflush.models import Backflush, BackflushLine, LotPick
from backflush.queries.causes import Cause, likely_causes
from backflush.queries.sources import Source, sources_of
from inventory.models import StockBalance
from ui import cells, formats
from ui.charts import VarianceBar, bar_scale, variance_bar

FLAG_WORDS: dict[str, tuple[str, str]] = {
    "short": ("Short", "bad"),
    "blocked": ("Short, and blocked", "bad"),
    "stock_unknown": ("Stock unknown", "mute"),
    "lot_short": ("The lot has less", "warn"),
    "serial_missing": ("Serial numbers missing", "bad"),
    "lot_missing": ("Lot missing", "warn"),
    "no_cost": ("No cost", "warn"),
    "extra": ("Not on the bill", "info"),
    "substitute": ("Substitute", "info"),
    "return": ("Return", "info"),
    "return_unposted": ("More than was posted", "bad"),
    "none_used": ("None used", "warn"),
    "asks_overuse": ("Used beyond expected earlier", "warn"),
    "asks_skipped": ("Skipped earlier", "warn"),
    "scrap_unexplained": ("Scrap without a reason", "bad"),
}


@dataclass(slots=True)
class PickView:
    """Where part of a line comes from."""

    lot: str
    location: str
    received: str
    quantity: str
    cost: str
    is_short: bool


@dataclass(slots=True)
class LineView:
    """A line as the table shows it; every figure is printed already."""

    id: int
    sku: str
    description: str
    item_url: str
    note_below: str
    operation: int | None
    standard: str
    scrap: str
    expected: str
    actual: str
    plain_actual: str
    unit: str
    bar: VarianceBar
    money: Any
    parts: list[tuple[str, Any]]
    before: str
    after: str
    is_after_negative: bool
    needs_look: bool
    needs_reason: bool
    tags: list[tuple[str, str]]
    words: str
    standard_words: str
    asks: str
    sources: list[Source]
    picks: list[PickView]
    reason_id: int | None
    reason: str
    note: str
    cause: Cause | None = None


@dataclass(slots=True)
class LineGroup:
    """Lines under one title."""

    title: str
    lines: list[LineView] = field(default_factory=list)
    is_folded: bool = False


def line_views(backflush: Backflush, organization: Organization, base_url: str) -> list[LineView]:
    """The document's lines, what needs a look first, largest money first, in a constant number of queries."""
    lines = list(
        BackflushLine.objects.filter(backflush=backflush)
        .select_related("item", "stands_in_for", "reason", "input")
        .order_by("position")
    )
    picks: dict[int, list[LotPick]] = defaultdict(list)
    for pick in (
        LotPick.objects.filter(line__backflush=backflush).select_related("lot", "location").order_by("id")
    ):
        picks[pick.line_id].append(pick)
    on_hand = dict(
        StockBalance.objects.filter(item_id__in={line.item_id for line in lines})
        .values_list("item_id")
        .annotate(total=Sum("on_hand"))
    )
    sources = sources_of(backflush, lines, organization)
    causes = likely_causes(backflush, lines)
    scale = bar_scale([_off(line) for line in lines])
    money = cells_money(organization)
    posted = backflush.status in (BackflushStatus.POSTED, BackflushStatus.REVERSED)
    views = [
        _view(
            line,
            picks[line.pk],
            on_hand,
            sources,
            causes.get(line.pk),
            scale,
            money,
            organization,
            posted,
            base_url,
        )
        for line in lines
    ]
    order = {line.pk: line for line in lines}
    return sorted(
        views,
        key=lambda v: (not v.needs_look, -abs(order[v.id].variance_minor), order[v.id].position),
    )


def grouped(views: Iterable[LineView]) -> list[LineGroup]:
    """What needs a look, and what is as expected, folded; by operation where there are several."""
    views = list(views)
    look = [v for v in views if v.needs_look]
    calm = [v for v in views if not v.needs_look]
    groups: list[LineGroup] = []
    operations = sorted({v.operation for v in views if v.operation is not None})
    for label, chosen, folded in (("Needs a look", look, False), ("As expected", calm, bool(look))):
        if len(operations) > 1:
            for operation in [None, *operations]:
                mine = [v for v in chosen if v.operation == operation]
                if mine:
                    where = f"operation {operation}" if operation is not None else "no operation"
                    groups.append(LineGroup(f"{label} · {where} · {_count(mine)}", mine, folded))
        elif chosen:
            groups.append(LineGroup(f"{label} · {_count(chosen)}", chosen, folded))
    return groups


def cells_money(organization: Organization) -> Any:
    """A function that prints a variance in the organization's currency."""

    def shown(minor: int) -> Any:
        return cells.variance_money(minor, organization.currency_code, organization.currency_decimals)

    return shown


def _view(
    line: BackflushLine,
    picks: list[LotPick],
    on_hand: Mapping[int, Decimal],
    sources: Mapping[int, list[Source]],
    cause: Cause | None,
    scale: Decimal,
    money: Any,
    organization: Organization,
    posted: bool,
    base_url: str,
) -> LineView:
    code, decimals = organization.currency_code, organization.currency_decimals
    before = on_hand.get(line.item_id) if line.item.is_stock_known else None
    after = None if before is None else before - (0 if posted else line.actual_quantity)
    off = _off(line)
    difference = line.actual_quantity - line.expected_quantity
    label = formats.percent(off, signed=True) if off else ("same count" if line.variance_minor else "0")
    if off is None:
        label = formats.quantity(difference, signed=True) if difference else "0"
    tags = [FLAG_WORDS[flag] for flag in line.flags if flag in FLAG_WORDS]
    below = [line.item.unit]
    if line.stands_in_for is not None:
        below = [f"{line.item.unit}, stands in for {line.stands_in_for.sku}"]
    if line.input is not None and line.input.rounding_step is not None:
        below.append(f"step {formats.quantity(line.input.rounding_step)} {line.input.rounding_direction}")
    if len(picks) > 1:
        below.append(f"{len(picks)} lots" if any(p.lot_id for p in picks) else f"{len(picks)} places")
    return LineView(
        id=line.pk,
        sku=line.item.sku,
        description=line.item.description,
        item_url=f"{base_url}stock/items/{line.item_id}/",
        note_below=" · ".join(below),
        operation=line.operation_number,
        standard=formats.quantity(line.standard_quantity),
        scrap=formats.quantity(line.scrap_quantity),
        expected=formats.quantity(line.expected_quantity),
        actual=formats.quantity(line.actual_quantity),
        plain_actual=f"{line.actual_quantity.normalize():f}",
        unit=line.item.unit,
        bar=variance_bar(off, scale, label=label),
        money=money(line.variance_minor),
        parts=[
            ("Substitution", money(line.substitution_minor)),
            ("Scrap", money(line.scrap_minor)),
            ("Usage", money(line.usage_minor)),
            ("Price", money(line.price_minor)),
        ],
        before=formats.quantity(before) if before is not None else "unknown",
        after=formats.quantity(after) if after is not None else "unknown",
        is_after_negative=after is not None and after < 0,
        needs_look=line.is_beyond_tolerance or bool(tags) or bool(line.variance_minor - line.scrap_minor),
        needs_reason=line.is_beyond_tolerance and line.reason_id is None,
        tags=tags,
        words=explain(line.terms),
        standard_words=explain_standard(line.terms) if line.scrap_quantity else "",
        asks=question(line.terms),
        sources=sources.get(line.pk, []),
        picks=[
            PickView(
                lot=pick.lot.code if pick.lot else "no lot",
                location=pick.location.code if pick.location else "no location",
                received=formats.day(pick.lot.received_on) if pick.lot and pick.lot.received_on else "",
                quantity=formats.quantity(pick.quantity),
                cost=formats.unit_cost(pick.unit_cost, code, decimals),
                is_short=pick.is_short,
            )
            for pick in picks
        ],
        reason_id=line.reason_id,
        reason=line.reason.name if line.reason else "",
        note=line.note,
        cause=cause,
    )


def _off(line: BackflushLine) -> Decimal | None:
    """By how many percent the actual is off what was expected; None without an expectation."""
    if not line.expected_quantity:
        return None
    return (line.actual_quantity - line.expected_quantity) / abs(line.expected_quantity) * 100


def _count(views: list[LineView]) -> str:
    return formats.count(len(views), "line")
