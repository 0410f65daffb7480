"""Bills of materials as lists and pages read them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from inventory.models import Item
from production.models import BillOfMaterials, BomLine, Operation

from .orders import prefix

MOST_LEVELS = 20
MOST_LINES = 2_000


def items_with_bills(*, search: str = "", state: str = "") -> QuerySet[Item]:
    """Items that have a bill. `state`: phantom (used as one), inactive (no active bill)."""
    bills = BillOfMaterials.objects.filter(item=OuterRef("pk"))
    items = Item.objects.filter(Exists(bills))
    if search:
        found = Q()
        for text in {search, search.upper()}:
            found |= prefix("sku", text)
        items = items.filter(found)
    if state == "inactive":
        items = items.exclude(Exists(bills.filter(is_active=True)))
    elif state == "phantom":
        items = items.filter(Exists(BomLine.objects.filter(component=OuterRef("pk"), is_phantom=True)))
    return items.order_by("sku")


def bills_of(items: Iterable[Item]) -> dict[int, list[BillOfMaterials]]:
    """All bills of these items with their number of lines (`line_count`), the latest first."""
    bills = BillOfMaterials.objects.filter(item__in=[item.pk for item in items])
    found: dict[int, list[BillOfMaterials]] = defaultdict(list)
    for bill in bills.annotate(line_count=Count("lines")).order_by("item_id", "-sequence"):
        found[bill.item_id].append(bill)
    return found


def bill_on(bills: Sequence[BillOfMaterials], day: dt.date) -> BillOfMaterials | None:
    """Of an item's bills, latest first, the one that holds on a day."""
    return next((bill for bill in bills if bill.is_active and _holds(bill, day)), None)


def _holds(period: BillOfMaterials | BomLine, day: dt.date) -> bool:
    start, end = period.effective_from, period.effective_to
    return (start is None or start <= day) and (end is None or end >= day)


@dataclass(frozen=True, slots=True)
class TreeLine:
    """A line of a bill and how deep it lies. `is_in_effect` says whether it holds on the page's day."""

    level: int
    line: BomLine
    is_in_effect: bool


@dataclass(frozen=True, slots=True)
class Tree:
    lines: list[TreeLine]
    is_cut: bool


def bill_tree(bill: BillOfMaterials, on: dt.date) -> Tree:
    """A bill and, below each component that is made too, that item's bill on the day. Three queries per level."""
    own = _lines_of([bill.pk])
    below: dict[int, list[BomLine]] = {}
    known: set[int] = {bill.item_id}
    level = own.get(bill.pk, [])
    for _ in range(MOST_LEVELS):
        wanted = {line.component_id for line in level} - known
        known |= wanted
        bills = _bills_on(wanted, on)
        if not bills:
            break
        lines = _lines_of(list(bills.values()))
        level = []
        for item, pk in bills.items():
            below[item] = [line for line in lines.get(pk, []) if _holds(line, on)]
            level += below[item]
    made: list[TreeLine] = []
    _flatten(own.get(bill.pk, []), 0, on, below, [bill.item_id], made)
    return Tree(made[:MOST_LINES], len(made) > MOST_LINES)


def _bills_on(items: set[int], on: dt.date) -> dict[int, int]:
    """The bill of each item that holds on the day."""
    if not items:
        return {}
    bills = BillOfMaterials.objects.filter(item_id__in=items, is_active=True).order_by("item_id", "-sequence")
    found: dict[int, int] = {}
    for bill in bills:
        if bill.item_id not in found and _holds(bill, on):
            found[bill.item_id] = bill.pk
    return found


def _lines_of(bills: list[int]) -> dict[int, list[BomLine]]:
    lines = BomLine.objects.filter(bom_id__in=bills).select_related("component", "supply_location")
    found: dict[int, list[BomLine]] = defaultdict(list)
    for line in lines.prefetch_related("substitutes__item").order_by("position"):
        found[line.bom_id].append(line)
    return found


def _flatten(
    lines: list[BomLine],
    level: int,
    on: dt.date,
    below: dict[int, list[BomLine]],
    path: list[int],
    made: list[TreeLine],
) -> None:
    for line in lines:
        if len(made) > MOST_LINES:
            return
        further = below.get(line.component_id, [])
        made.append(TreeLine(level, line, _holds(line, on)))
        if further and line.component_id not in path:
            _flatten(further, level + 1, on, below, [*path, line.component_id], made)


def where_used(item: Item) -> QuerySet[BomLine]:
    """Lines of active bills that take this item, by what they make."""
    lines = BomLine.objects.filter(component=item, bom__is_active=True)
    return lines.select_related("bom__item", "component").order_by(
        "bom__item__sku", "bom__sequence", "position"
    )


def used_instead(item: Item) -> QuerySet[BomLine]:
    """Lines of active bills for which this item may stand in."""
    lines = BomLine.objects.filter(substitutes__item=item, bom__is_active=True)
    return lines.select_related("bom__item", "component").order_by("bom__item__sku", "position")


def operations_of(item: Item) -> QuerySet[Operation]:
    return Operation.objects.filter(item=item).order_by("number")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many bills there are."""

    items: int
    active: int
    lines: int


def bill_counts() -> Counted:
    bills = BillOfMaterials.objects.aggregate(
        items=Count("item", distinct=True), active=Count("pk", filter=Q(is_active=True))
    )
    return Counted(bills["items"], bills["active"], BomLine.objects.filter(bom__is_active=True).count())
