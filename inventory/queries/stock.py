"""What stands where: the stock list, an item's balances, the ledger page by page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from inventory.models import Item, Location, Lot, StockBalance, StockEntry

ZERO = Decimal(0)
STATES = {
    "": "All items",
    "there": "On hand",
    "negative": "Below zero",
    "none": "None left",
    "unknown": "Unknown",
}


@dataclass(slots=True)
class ItemStock:
    """An item with its balances, those of zero left out. `on_hand` is None where nobody knows."""

    item: Item
    balances: list[StockBalance] = field(default_factory=list)

    @property
    def on_hand(self) -> Decimal | None:
        total = sum((balance.on_hand for balance in self.balances), ZERO)
        return total if self.item.is_stock_known or self.balances else None

    @property
    def value_minor(self) -> int:
        return sum(balance.value_minor for balance in self.balances)


def stocked_items(*, search: str = "", kind: str = "", location: str = "", state: str = "") -> QuerySet[Item]:
    """The items of the stock list, by SKU. A search is the beginning of a SKU, or words of a description."""
    items = Item.objects.order_by("sku")
    if search:
        # A range is what an index can answer under row security; LIKE is not.
        items = items.filter(
            Q(sku__gte=search, sku__lt=search + "\U0010ffff")
            | Q(sku__iexact=search)
            | Q(description__icontains=search)
        )
    if kind:
        items = items.filter(kind=kind)
    held = StockBalance.objects.filter(item=OuterRef("pk"))
    if location:
        under = Location.objects.filter(Q(code=location) | Q(code__startswith=f"{location}/"))
        held = held.filter(location__in=under)
        items = items.filter(Exists(held.exclude(on_hand=0)))
    match state:
        case "there":
            items = items.filter(Exists(held.filter(on_hand__gt=0)))
        case "negative":
            items = items.filter(Exists(held.filter(on_hand__lt=0)))
        case "none":
            items = items.filter(~Exists(held.exclude(on_hand=0)), is_stock_known=True)
        case "unknown":
            items = items.filter(~Exists(held.exclude(on_hand=0)), is_stock_known=False)
    return items


def with_balances(items: Collection[Item], *, location: str = "") -> list[ItemStock]:
    """These items with where they stand, in one query."""
    stock = {item.pk: ItemStock(item) for item in items}
    balances = StockBalance.objects.filter(item_id__in=list(stock)).exclude(on_hand=0, value_minor=0)
    if location:
        balances = balances.filter(Q(location__code=location) | Q(location__code__startswith=f"{location}/"))
    for balance in balances.select_related("location", "lot").order_by("location__code", "lot__code"):
        stock[balance.item_id].balances.append(balance)
    return list(stock.values())


def balances_of(item: Item) -> list[StockBalance]:
    """Everything that is known of an item's places, zeros included."""
    return list(
        StockBalance.objects.filter(item=item)
        .select_related("location", "lot")
        .order_by("location__pick_order", "location__code", "lot__received_on", "lot__code")
    )


def lots_of(item: Item) -> list[Lot]:
    """An item's lots, oldest first, with what is left of each as `on_hand`."""
    lots = list(item.lots.order_by("received_on", "code"))
    left = dict(
        StockBalance.objects.filter(item=item, lot__isnull=False)
        .values("lot_id")
        .annotate(left=Sum("on_hand"))
        .values_list("lot_id", "left")
    )
    for lot in lots:
        lot.on_hand = left.get(lot.pk, ZERO)  # type: ignore[attr-defined]
    return lots


@dataclass(slots=True)
class LedgerPage:
    """Some entries, newest first, and the keys of what lies around them."""

    entries: list[StockEntry]
    older: int | None = None
    newer: int | None = None


def ledger_page(
    *,
    item: Item | None = None,
    kind: str = "",
    event: str = "",
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> LedgerPage:
    """Entries of one item, or of all items of a kind, by key: the last page costs what the first does."""
    entries = StockEntry.objects.select_related("item", "location", "lot", "reason")
    if item is not None:
        entries = entries.filter(item=item)
    elif kind:
        entries = entries.filter(item__kind=kind)
    if event:
        entries = entries.filter(event=event)
    if after is not None:
        found = list(entries.filter(pk__gt=after).order_by("pk")[: size + 1])
        has_newer = len(found) > size
        shown = found[:size][::-1]
        return LedgerPage(
            shown,
            older=shown[-1].pk if shown else None,
            newer=shown[0].pk if shown and has_newer else None,
        )
    older = entries.filter(pk__lt=before) if before is not None else entries
    found = list(older.order_by("-pk")[: size + 1])
    shown = found[:size]
    return LedgerPage(
        shown,
        older=shown[-1].pk if len(found) > size else None,
        newer=shown[0].pk if shown and before is not None else None,
    )


@dataclass(frozen=True, slots=True)
class StockFigures:
    """What stands on top of the stock list."""

    items: int
    unknown: int
    negative: int
    value_minor: int


def stock_figures() -> StockFigures:
    held = StockBalance.objects.aggregate(
        value=Sum("value_minor"), negative=Count("item", filter=Q(on_hand__lt=0), distinct=True)
    )
    items = Item.objects.aggregate(all=Count("pk"), unknown=Count("pk", filter=Q(is_stock_known=False)))
    return StockFigures(items["all"], items["unknown"], held["negative"], held["value"] or 0)


def locations_with_stock() -> QuerySet[Location]:
    """All locations by code, with how many items stand there (`item_count`) and their value (`value_minor`)."""
    held = StockBalance.objects.filter(location=OuterRef("pk")).exclude(on_hand=0)
    counted = held.order_by().values("location")
    return Location.objects.order_by("code").annotate(
        item_count=counted.annotate(n=Count("item", distinct=True)).values("n"),
        value_minor=counted.annotate(v=Sum("value_minor")).values("v"),
    )
