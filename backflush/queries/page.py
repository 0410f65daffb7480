"""A document as its page shows it: formatted rows, in a constant number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Sum

from accounts.models import Organization
from backflush.choices import BackflushStatus
from backflush.engine.words import explain, explain_standard, question
from backflush.models import Backflush, BackflushLine, LotPick
from backflush.queries.causes import Cause, likely_causes
from backflush.queries.shortages import held_elsewhere
from backflush.queries.sources import Source, sources_of
from inventory.models import StockBalance
from ui import cells, formats
from ui.charts import VarianceBar, bar_scale, variance_bar

FLAG_WORDS: dict[str, tuple[str, str]] = {
    "short": ("Short", "bad"),
    "blocked": ("Short, and blocked", "bad"),
    "stock_unknown": ("Stock unknown", "mute"),
    "lot_short": ("The lot has less", "warn"),
    "lot_unknown": ("Reported lot unknown", "warn"),
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
    lot_id: int | None
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
    held_elsewhere: str
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


class LineKey(NamedTuple):
    """A line's place on the page."""

    id: int
    needs_look: bool
    operation: int | None


def line_keys(backflush: Backflush, *, search: str = "") -> list[LineKey]:
    """All lines in the order of the page: what needs a look first, by operation, largest money first (one query).

    `search` keeps the lines whose SKU begins with it.
    """
    lines = BackflushLine.objects.filter(backflush=backflush)
    if search:
        lines = lines.filter(item__sku__istartswith=search)
    rows = lines.values_list(
        "id", "operation_number", "position", "variance_minor", "scrap_minor", "is_beyond_tolerance", "flags"
    )
    found = [
        (LineKey(pk, _needs_look(is_beyond, flags, variance, scrap), operation), variance, position)
        for pk, operation, position, variance, scrap, is_beyond, flags in rows
    ]
    found.sort(key=lambda row: (not row[0].needs_look, row[0].operation or 0, -abs(row[1]), row[2]))
    return [key for key, _, _ in found]


def _needs_look(is_beyond: bool, flags: Iterable[str], variance_minor: int, scrap_minor: int) -> bool:
    return is_beyond or any(flag in FLAG_WORDS for flag in flags) or variance_minor != scrap_minor


def line_views(backflush: Backflush, organization: Organization, line_ids: Sequence[int]) -> list[LineView]:
    """These lines of the document, in their order, in a constant number of queries."""
    lines = list(
        BackflushLine.objects.filter(backflush=backflush, pk__in=line_ids).select_related(
            "item", "stands_in_for", "reason", "input"
        )
    )
    picks: dict[int, list[LotPick]] = defaultdict(list)
    for pick in LotPick.objects.filter(line_id__in=line_ids).select_related("lot", "location").order_by("id"):
        picks[pick.line_id].append(pick)
    on_hand = dict(
        StockBalance.objects.filter(item_id__in={line.item_id for line in lines})
        .values_list("item_id")
        .annotate(total=Sum("on_hand"))
    )
    posted = backflush.status in (BackflushStatus.POSTED, BackflushStatus.REVERSED)
    held = (
        {} if posted else held_elsewhere(backflush, (line.item_id for line in lines if line.short_quantity))
    )
    sources = sources_of(backflush, lines, organization)
    causes = likely_causes(backflush, lines)
    scale = bar_scale([_off(line) for line in lines])
    money = cells_money(organization)
    views = [
        _view(
            line,
            picks[line.pk],
            on_hand,
            held,
            sources,
            causes.get(line.pk),
            scale,
            money,
            organization,
            posted,
        )
        for line in lines
    ]
    place = {pk: at for at, pk in enumerate(line_ids)}
    return sorted(views, key=lambda view: place[view.id])


def grouped(
    views: Iterable[LineView], keys: Sequence[LineKey], *, shown: int | None = None
) -> list[LineGroup]:
    """The lines of one page under their titles, which count all lines; by operation where there are several.

    What is as expected is folded where something beside it needs a look, but not over the line to be `shown`.
    """
    views = list(views)
    counts = Counter((key.needs_look, key.operation) for key in keys)
    operations = {key.operation for key in keys if key.operation is not None}
    is_routed = len(operations) > 1
    has_look = any(view.needs_look for view in views)
    groups: dict[tuple[bool, int | None], LineGroup] = {}
    for view in views:
        key = (view.needs_look, view.operation if is_routed else None)
        if key not in groups:
            total = sum(
                n for (look, at), n in counts.items() if look == key[0] and (not is_routed or at == key[1])
            )
            label = "Needs a look" if view.needs_look else "As expected"
            where = ""
            if is_routed:
                where = f"operation {view.operation} · " if view.operation is not None else "no operation · "
            groups[key] = LineGroup(
                f"{label} · {where}{formats.count(total, 'line')}", [], has_look and not view.needs_look
            )
        groups[key].lines.append(view)
        groups[key].is_folded &= view.id != shown
    return list(groups.values())


def cells_money(organization: Organization) -> Any:
    """A function that prints a variance in the organization's currency."""

    def shown(minor: int) -> Any:
        return cells.variance_money(minor, organization.currency_code, organization.currency_decimals)

    return shown


def _view(
    line: BackflushLine,
    picks: list[LotPick],
    on_hand: Mapping[int, Decimal],
    held: Mapping[int, Decimal],
    sources: Mapping[int, list[Source]],
    cause: Cause | None,
    scale: Decimal,
    money: Any,
    organization: Organization,
    posted: bool,
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
        held_elsewhere=f"Other drafts hold {formats.quantity(held[line.item_id])} {line.item.unit} of it."
        if line.short_quantity and line.item_id in held
        else "",
        needs_look=_needs_look(line.is_beyond_tolerance, line.flags, line.variance_minor, line.scrap_minor),
        needs_reason=line.is_beyond_tolerance and line.reason_id is None,
        tags=tags,
        words=explain(line.terms),
        standard_words=explain_standard(line.terms) if line.scrap_quantity else "",
        asks=question(line.terms),
        sources=sources.get(line.pk, []),
        picks=[
            PickView(
                lot=pick.lot.code if pick.lot else "no lot",
                lot_id=pick.lot_id,
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
