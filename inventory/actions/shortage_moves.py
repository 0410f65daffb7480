"""Shortages settled with stock: what was really taken leaves its place, and the short place is made good.

Two movements on the one ledger, signed by somebody who may sign postings: the missing quantity comes back at the short
place at the cost at which it was posted, and leaves the places and lots, or as the item, that were really used, at
their cost. The difference in cost goes to inventory adjustment.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from inventory.actions.exceptions import close_exception, demand_other_person
from inventory.choices import MOVING, AccountRole, Resolution, SourceKind, StockEvent
from inventory.journal import Accounts, NewJournal, NewLine, post_journals, reverse_journals
from inventory.ledger import Key, NewEntry, lock_balances, opposites, post_entries
from inventory.models import Item, Lot, StockEntry, StockException
from inventory.money import share_of
from inventory.periods import closed_spans, first_open_day
from inventory.queries.costs import standard_costs

ONE = Decimal(1)
STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Source:
    """A place (and lot, or none), and how much was taken there, in the stock unit of the item used."""

    location_id: int
    lot_id: int | None
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a shortage was really met. `sources` add up to what was short (times `factor` of the item used)."""

    resolution: Resolution
    sources: tuple[Source, ...]
    note: str
    item_used_id: int | None = None
    factor: Decimal = ONE


def check_settlement(row: StockException, settlement: Settlement, *, actor: Any) -> Item:
    """Refuse what does not add up to the open shortage, or is not there; returns the item that was used."""
    if not settlement.note.strip():
        raise AppError("REASON_REQUIRED", "Say what was found.", {"field": "note"})
    resolution = settlement.resolution
    if resolution not in MOVING:
        raise AppError("INVALID", f"“{resolution.label}” moves no stock.", {"resolution": resolution.value})
    item = _item_used(row, resolution, settlement.item_used_id)
    _demand_sum(row, item, settlement.sources, settlement.factor)
    _demand_stock(item, settlement.sources, row.entry, actor=actor)
    return item


def settle_with_stock(
    *,
    organization: Organization,
    row: StockException,
    settlement: Settlement,
    actor: Any,
    involved_ids: Collection[int],
) -> StockException:
    """Settle an open shortage, under lock, from the places it was really taken from, or with the item really used.

    `involved_ids` made the document and may not sign this. Dated today, or on the first open day.
    """
    demand(actor, organization, "sign_backflush")
    with bind(organization):
        demand_other_person(
            organization, actor=actor, involved_ids=involved_ids, document_number=row.document_number
        )
        item = check_settlement(row, settlement, actor=actor)
        short = row.entry
        day = first_open_day(_today(organization), closed_spans())
        entries = [
            _entry(
                row, short, day, item_id=short.item_id, location_id=short.location_id, lot_id=short.lot_id
            )._replace(
                quantity=row.quantity,
                unit_cost=short.unit_cost,
                amount_minor=share_of(-short.amount_minor, row.quantity, -short.quantity),
            ),
            *_taken(organization, row, short, item, settlement.sources, day),
        ]
        note = settlement.note
        # Closed first: the stock that comes back covers what is still open, and this is not any more.
        close_exception(row, resolution=settlement.resolution, note=note, actor=actor)
        posted = post_entries(entries, source_kind=SourceKind.EXCEPTION, actor=actor, reason=note)
        _book(row, short, day, entries, posted.amounts, actor=actor, reason=note)
        return row


def end_exceptions(
    entry_ids: Iterable[int], *, document_number: str, day: dt.date, actor: Any, reason: str
) -> None:
    """The postings of these entries are reversed: open shortages end, and what settled others is taken back too."""
    for row in StockException.objects.filter(entry_id__in=list(entry_ids)).order_by("pk"):
        if row.resolved_at is None:
            close_exception(row, resolution=Resolution.REVERSED, note=reason, actor=actor)
            continue
        if row.resolution in MOVING:
            _flip(row, document_number, day, actor=actor, reason=reason)


def settled_keys(entry_ids: Iterable[int]) -> list[Key]:
    """The balances that `end_exceptions` would move, to be locked with the others."""
    settled = StockException.objects.filter(entry_id__in=list(entry_ids), resolution__in=MOVING)
    moved = StockEntry.objects.filter(
        source_kind=SourceKind.EXCEPTION, source_id__in=list(settled.values_list("pk", flat=True))
    )
    return list(moved.values_list("item_id", "location_id", "lot_id"))


def _item_used(row: StockException, resolution: Resolution, item_used_id: int | None) -> Item:
    wanted = item_used_id if resolution == Resolution.SUBSTITUTED else row.item_id
    item: Item | None = Item.objects.filter(pk=wanted or 0).first()
    if item is None or (resolution == Resolution.SUBSTITUTED and item.pk == row.item_id):
        raise AppError("INVALID", "Name the other item that was used.", {"field": "item"})
    return item


def _demand_sum(row: StockException, item: Item, sources: Sequence[Source], factor: Decimal) -> None:
    if factor <= 0:
        raise AppError("INVALID", "The factor is a number above zero.", {"field": "factor"})
    wanted = (row.quantity * factor).quantize(STEP, rounding=ROUND_HALF_UP)
    given = sum((source.quantity for source in sources), Decimal(0))
    if given != wanted or any(source.quantity <= 0 for source in sources):
        raise AppError(
            "INVALID",
            f"The places add up to {_shown(given)} {item.unit}; {_shown(wanted)} {item.unit} of {item.sku} are to be "
            "settled.",
            {"required": _shown(wanted), "given": _shown(given)},
        )


def _demand_stock(item: Item, sources: Sequence[Source], short: StockEntry, *, actor: Any) -> None:
    keys: dict[Key, Decimal] = defaultdict(Decimal)
    for source in sources:
        keys[(item.pk, source.location_id, source.lot_id)] += source.quantity
    own = (short.item_id, short.location_id, short.lot_id)
    if own in keys:
        raise AppError("INVALID", "That is the place that was short: name another place or lot.")
    known = set(
        Lot.objects.filter(pk__in=[lot for _, _, lot in keys if lot], item=item).values_list("pk", flat=True)
    )
    if any(lot is not None and lot not in known for _, _, lot in keys):
        raise AppError("NOT_FOUND", f"{item.sku} has no such lot.", {"item": item.sku})
    standings = lock_balances([own, *keys], actor=actor, reason="Before a shortage is settled")
    missing = [
        {"item": item.sku, "required": _shown(quantity), "available": _shown(standings[key].on_hand)}
        for key, quantity in keys.items()
        if standings[key].on_hand < quantity
    ]
    if missing:
        raise AppError(
            "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH",
            "There is less than that: "
            + ", ".join(f"{m['required']} wanted, {m['available']} there" for m in missing)
            + ". Take it from where it stands.",
            missing,
        )


def _taken(
    organization: Organization,
    row: StockException,
    short: StockEntry,
    item: Item,
    sources: Sequence[Source],
    day: dt.date,
) -> list[NewEntry]:
    """What leaves the places it was really taken from, at the lots' cost, else the standard."""
    standard = standard_costs([item.pk], day).get(item.pk)
    lots = dict(
        Lot.objects.filter(pk__in=[s.lot_id for s in sources if s.lot_id]).values_list("pk", "unit_cost")
    )
    entries = []
    for source in sources:
        cost = None if organization.is_stock_at_standard else lots.get(source.lot_id or 0)
        if cost is None:
            cost = standard if standard is not None else Decimal(0)
        amount = (source.quantity * cost).scaleb(organization.currency_decimals)
        entries.append(
            _entry(
                row, short, day, item_id=item.pk, location_id=source.location_id, lot_id=source.lot_id
            )._replace(
                quantity=-source.quantity,
                unit_cost=cost,
                amount_minor=-int(amount.quantize(ONE, rounding=ROUND_HALF_UP)),
            )
        )
    return entries


def _entry(
    row: StockException,
    short: StockEntry,
    day: dt.date,
    *,
    item_id: int,
    location_id: int,
    lot_id: int | None,
) -> NewEntry:
    return NewEntry(
        item_id,
        location_id,
        lot_id,
        StockEvent.ADJUST.value,
        Decimal(0),
        Decimal(0),
        0,
        day,
        row.pk,
        short.source_line_id,
        row.document_number,
        short.order_number,
        short.completed_at,
        row.reason_id,
    )


def _book(
    row: StockException,
    short: StockEntry,
    day: dt.date,
    entries: Sequence[NewEntry],
    amounts: Sequence[int],
    *,
    actor: Any,
    reason: str,
) -> None:
    """Inventory by item class, and what the two costs differ by. Nothing is booked where nothing differs."""
    classes = dict(
        Item.objects.filter(pk__in={entry.item_id for entry in entries}).values_list("pk", "item_class")
    )
    sums: dict[str, int] = defaultdict(int)
    for entry, amount in zip(entries, amounts, strict=True):
        sums[classes[entry.item_id]] += amount
    accounts = Accounts()
    is_goods = (
        short.event == StockEvent.RECEIVE
    )  # finished goods that were used before their posting was reversed
    inventory = AccountRole.FINISHED_GOODS if is_goods else AccountRole.COMPONENT_INVENTORY
    lines = [
        NewLine(inventory.value, accounts.code(inventory, item_class), None, amount)
        for item_class, amount in sums.items()
        if amount
    ]
    if difference := -sum(amounts):
        item_class = classes[row.item_id]
        role = AccountRole.INVENTORY_ADJUSTMENT
        lines.append(NewLine(role.value, accounts.code(role, item_class), None, difference))
    if lines:
        post_journals(
            [NewJournal(day, row.pk, row.document_number, f"Shortage settled: {reason}"[:255], lines)],
            source_kind=SourceKind.EXCEPTION,
            actor=actor,
            reason=reason,
        )


def _flip(row: StockException, document_number: str, day: dt.date, *, actor: Any, reason: str) -> None:
    kind = SourceKind.EXCEPTION
    entries = StockEntry.objects.filter(source_kind=kind, source_id=row.pk, reversal_of=None).order_by("pk")
    post_entries(
        opposites(entries, day=day, source_id=row.pk, document_number=document_number),
        source_kind=kind,
        actor=actor,
        reason=reason,
    )
    reverse_journals(
        source_kind=kind,
        source_id=row.pk,
        document_number=document_number,
        day=day,
        actor=actor,
        reason=reason,
    )


def _today(organization: Organization) -> dt.date:
    return timezone.now().astimezone(ZoneInfo(organization.time_zone)).date()


def _shown(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
