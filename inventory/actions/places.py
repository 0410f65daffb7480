"""Locations, lots and reasons that files name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from accounts.tenancy.writes import allocate_ids, insert_rows, update_rows, update_where
from inventory.choices import LocationKind
from inventory.models import Location, Lot, ReasonCode
from inventory.queries.lookup import location_ids, lot_ids, named, reason_ids
from inventory.rows import LotRow, moved

KINDS = (LocationKind.STORE, LocationKind.SHELF, LocationKind.BIN)
MAIN = "MAIN"
Place = tuple[str, ...]


def place_code(place: Place) -> str:
    """The code of a nested location: its names from the outermost in, a stroke between them."""
    return "/".join(place)


def load_locations(places: Iterable[Place], *, actor: Any, reason: str) -> dict[Place, int]:
    """Find these places and make the missing ones with what lies around them; all of them then hold stock."""
    wanted = sorted(set(places))
    around = sorted({place[:depth] for place in wanted for depth in range(1, len(place) + 1)}, key=len)
    found = location_ids([place_code(place) for place in around])
    missing = [place for place in around if place_code(place) not in found]
    for place, pk in zip(missing, allocate_ids(Location, len(missing)), strict=True):
        found[place_code(place)] = pk
    stocking = set(wanted)
    insert_rows(
        Location,
        ["id", "code", "name", "kind", "parent_id", "is_stocking"],
        [
            (
                found[place_code(place)],
                place_code(place),
                place[-1],
                KINDS[min(len(place), len(KINDS)) - 1],
                found[place_code(place[:-1])] if len(place) > 1 else None,
                place in stocking,
            )
            for place in missing
        ],
        actor=actor,
        reason=reason,
    )
    ids = {place: found[place_code(place)] for place in wanted}
    idle = Location.objects.filter(is_stocking=False, pk__in=list(ids.values()))
    update_where(
        Location,
        list(idle.values_list("pk", flat=True)),
        {"is_stocking": True},
        actor=actor,
        reason=reason,
    )
    return ids


def load_lots(rows: Sequence[LotRow], *, actor: Any, reason: str) -> dict[tuple[int, str], int]:
    """Make the lots that are missing and write down what the file knows better; returns lots by item and code."""
    found = lot_ids({row.item_id for row in rows})
    said: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        facts = said.setdefault((row.item_id, row.code), {})
        for name in ("received_on", "expires_on", "unit_cost"):
            if (value := getattr(row, name)) is not None:
                facts.setdefault(name, value)
    missing = [key for key in said if key not in found]
    present = {found[key]: said[key] for key in said if key in found and said[key]}
    for key, pk in zip(missing, allocate_ids(Lot, len(missing)), strict=True):
        found[key] = pk
    columns = ("received_on", "expires_on", "unit_cost")
    insert_rows(
        Lot,
        ["id", "item_id", "code", *columns],
        [(found[key], *key, *(said[key].get(name) for name in columns)) for key in missing],
        actor=actor,
        reason=reason,
    )
    updates = []
    for pk, *known in named(Lot, "id", set(present), "id", *columns):
        facts = dict(zip(columns, known, strict=True))
        if moved(facts, present[pk]):
            updates.append((pk, *(facts | present[pk]).values()))
    update_rows(Lot, columns, updates, actor=actor, reason=reason)
    return found


def load_reasons(names: Iterable[str], *, actor: Any, reason: str) -> dict[str, int]:
    """Find reasons by code or name, whatever their case, and make the missing ones as normal reasons.

    Returns primary keys by the name in lower case.
    """
    found = reason_ids()
    missing = {name.casefold(): name for name in names if name.casefold() not in found}
    ids = allocate_ids(ReasonCode, len(missing))
    taken = {code for (code,) in ReasonCode.objects.values_list("code")}
    rows = []
    for (key, name), pk in zip(missing.items(), ids, strict=True):
        code, number = name[:40], 2
        while code in taken:
            code, number = f"{name[:36]} {number}", number + 1
        taken.add(code)
        rows.append((pk, code, name[:120]))
        found[key] = pk
    insert_rows(ReasonCode, ["id", "code", "name"], rows, actor=actor, reason=reason)
    return found
