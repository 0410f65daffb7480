"""Finding many rows by what people call them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from django.db import models

from accounts.errors import AppError
from inventory.models import Item, Location, Lot, ReasonCode

# Above this many keys, reading the organization's whole table is quicker than naming them all.
MANY = 2_000
M = TypeVar("M", bound=models.Model)


def named(
    model: type[models.Model], column: str, keys: Collection[Any], *columns: str
) -> Iterable[tuple[Any, ...]]:
    """The given columns of the rows whose `column` is one of `keys`."""
    rows = model._default_manager.all()
    if len(keys) <= MANY:
        return list(rows.filter(**{f"{column}__in": list(keys)}).values_list(*columns))
    position = columns.index(column)
    return [row for row in rows.values_list(*columns).iterator(chunk_size=10_000) if row[position] in keys]


def item_ids(skus: Collection[str]) -> dict[str, int]:
    """The primary keys of these items; unknown ones are left out."""
    return dict(named(Item, "sku", set(skus), "sku", "id"))


def location_ids(codes: Collection[str]) -> dict[str, int]:
    """The primary keys of these locations; unknown ones are left out."""
    return dict(named(Location, "code", set(codes), "code", "id"))


def lot_ids(item_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """The lots of these items by item and code."""
    return {
        (item, code): lot for item, code, lot in named(Lot, "item_id", set(item_ids), "item_id", "code", "id")
    }


def reason_ids() -> dict[str, int]:
    """The active reasons by code and by name, in lower case."""
    found: dict[str, int] = {}
    for code, name, pk in ReasonCode.objects.filter(is_active=True).values_list("code", "name", "id"):
        found.setdefault(name.casefold(), pk)
        found[code.casefold()] = pk
    return found


def active_reason_ids(codes: Collection[str]) -> dict[str, int]:
    """The primary keys of these reasons by their exact codes; unknown and unused ones are left out."""
    return dict(ReasonCode.objects.filter(is_active=True, code__in=codes).values_list("code", "pk"))


def item_by_sku(sku: str) -> Item:
    """One item by what people call it, or NOT_FOUND."""
    found = Item.objects.filter(sku=sku).first()
    if found is None:
        raise AppError("NOT_FOUND", f"There is no item {sku}.", {"item": sku})
    return found


def location_by_code(code: str) -> Location:
    """One location by its code, or NOT_FOUND."""
    found = Location.objects.filter(code=code).first()
    if found is None:
        raise AppError("NOT_FOUND", f"There is no location {code}.", {"location": code})
    return found


def reason_by_code(code: str) -> ReasonCode:
    """One active reason by its code, or NOT_FOUND."""
    found = ReasonCode.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise AppError("NOT_FOUND", f"There is no reason {code} in use.", {"reason": code})
    return found
