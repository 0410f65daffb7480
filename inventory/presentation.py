"""Rows of the stock pages as they are printed, made before a template sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import Organization
from inventory.choices import StockEvent
from inventory.models import Item, StockEntry
from inventory.queries.stock import ItemStock
from ui import cells, formats
from ui.components import Fact

EVENT_TONES = {
    StockEvent.RECEIVE: "good",
    StockEvent.CONSUME: "mute",
    StockEvent.ADJUST: "warn",
    StockEvent.SNAPSHOT: "info",
}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    location: str
    lot: str
    on_hand: str
    value: str
    is_negative: bool


@dataclass(frozen=True, slots=True)
class StockRowShown:
    """An item of the stock list with its places."""

    lead: SafeString
    unit: str
    kind: str
    on_hand: str
    value: str
    is_known: bool
    is_negative: bool
    places: Sequence[PlaceRow]
    dom_id: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry of the ledger."""

    moment: SafeString
    item: SafeString
    event: SafeString
    document: str
    order: str
    place: str
    lot: str
    quantity: str
    unit: str
    amount: str
    is_negative: bool


def item_url(organization: Organization, pk: int) -> str:
    return reverse("inventory:item", args=[organization.slug, pk])


def stock_rows(
    stock: Iterable[ItemStock], organization: Organization, money: formats.MoneyFormat
) -> list[StockRowShown]:
    rows = []
    for held in stock:
        item, on_hand = held.item, held.on_hand
        rows.append(
            StockRowShown(
                lead=cells.code(item.sku, item_url(organization, item.pk), item.description),
                unit=item.unit,
                kind=item.get_kind_display(),
                on_hand="unknown" if on_hand is None else formats.quantity(on_hand),
                value=_value(held.value_minor, bool(on_hand), money) if held.balances else "",
                is_known=on_hand is not None,
                is_negative=on_hand is not None and on_hand < 0,
                places=[
                    PlaceRow(
                        balance.location.code,
                        balance.lot.code if balance.lot else "",
                        formats.quantity(balance.on_hand),
                        _value(balance.value_minor, bool(balance.on_hand), money),
                        balance.on_hand < 0,
                    )
                    for balance in held.balances
                ],
                dom_id=f"places-{item.pk}",
            )
        )
    return rows


def entry_rows(entries: Iterable[StockEntry], organization: Organization) -> list[EntryRow]:
    zone = timezone.get_current_timezone()
    this_year = timezone.localdate().year
    money = formats.MoneyFormat(organization)
    return [
        EntryRow(
            moment=cells.time(entry.posted_at, zone, this_year=this_year),
            item=cells.code(entry.item.sku, item_url(organization, entry.item_id), entry.item.description),
            event=cells.pill(_event_words(entry), EVENT_TONES.get(StockEvent(entry.event), "mute")),
            document=entry.document_number,
            order=entry.order_number,
            place=entry.location.code,
            lot=entry.lot.code if entry.lot else "",
            quantity=formats.quantity(entry.quantity, signed=True),
            unit=entry.item.unit,
            amount=money.money(entry.amount_minor),
            is_negative=entry.quantity < 0,
        )
        for entry in entries
    ]


def _value(minor: int, is_there: bool, money: formats.MoneyFormat) -> str:
    """Stock without any value is stock whose cost nobody has told."""
    return "no cost" if is_there and not minor else money.money(minor)


def item_facts(item: Item, money: formats.MoneyFormat) -> list[Fact]:
    """What is known of an item, as a list of definitions."""
    facts: list[tuple[str, Any]] = [
        ("Kind", item.get_kind_display()),
        ("Unit", item.unit if item.is_unit_stated else f"{item.unit} (assumed)"),
        ("Class", item.item_class),
        ("Tracking", item.get_tracking_display()),
        (
            "When stock is short",
            item.get_negative_policy_display() if item.negative_policy else "as the organization",
        ),
        ("Tolerance", _tolerance(item, money)),
        ("Rounding", _rounding(item)),
        ("Taken from", item.supply_location.code if item.supply_location else ""),
    ]
    return [Fact(label, str(value)) for label, value in facts if value]


def _tolerance(item: Item, money: formats.MoneyFormat) -> str:
    """What the item has of its own; the rest is the organization's."""
    own = []
    if item.tolerance_percent is not None:
        own.append(formats.percent(item.tolerance_percent))
    if item.tolerance_minor is not None:
        own.append(money.money(item.tolerance_minor))
    return " and ".join(own)


def _rounding(item: Item) -> str:
    if item.rounding_step is None:
        return ""
    direction = item.get_rounding_direction_display().lower() if item.rounding_direction else "up"
    return f"step {formats.quantity(item.rounding_step)} {direction}"


def _event_words(entry: StockEntry) -> str:
    words = str(entry.get_event_display())
    return f"{words}, reversed" if entry.reversal_of_id else words
