"""Usages of a bills file that smell of another unit, and lines that an edited bill no longer has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import repeat
from typing import Any

from imports.kinds.absurd import ABSURD, compared, is_absurd, outliers
from imports.kinds.shapes import Answer, Rows
from inventory.models import Item
from inventory.queries.lookup import named
from production.actions.rows import BillRow
from production.models import BillOfMaterials, BomLine

Present = dict[
    tuple[int, str], list[tuple[int, Decimal]]
]  # (item, revision) → (component, usage for one) of each line
NAMED = 5


def present_lines(parents: set[int]) -> Present:
    """The lines of these items' active bills."""
    bills = {
        pk: (item, revision)
        for pk, item, revision, is_active in named(
            BillOfMaterials, "item_id", parents, "id", "item_id", "revision", "is_active"
        )
        if is_active
    }
    found: Present = defaultdict(list)
    if bills:
        for bill, component, usage, per in named(
            BomLine, "bom_id", set(bills), "bom_id", "component_id", "usage", "usage_per"
        ):
            found[bills[bill]].append((component, usage / per))
    return found


def warn_of_usages(rows: Rows, known: Mapping[str, int], present: Present, answer: Answer) -> None:
    """A usage a thousand times what the same component has elsewhere, or what its neighbours have in the same unit."""
    if not present and not _can_stand_out(rows):
        return
    lines = _lines(rows, known)
    told: set[int] = set()

    def tell(row: int, usage: Decimal, usual: Decimal, where: str) -> None:
        if row not in told:
            told.add(row)
            answer.warn(
                row,
                "usage",
                usage,
                "absurd_usage",
                f"The usage is {compared(usage, usual)} {where} ({usual.normalize():f}). Check the unit and the "
                "decimal mark.",
            )

    for row, usage, usual in outliers(lambda: ((line[3:], line[0], line[1]) for line in lines)):
        tell(row, usage, usual, "what the other rows of this component say")
    if present:
        were = {
            (*key, component): usage for key, there in present.items() for component, usage in there if usage
        }
        for row, usage, (parent, revision), component, _ in lines:
            was = were.get((parent, revision, component))
            if was is not None and is_absurd(usage, was):
                tell(row, usage, was, "what the present bill says")
    for row, usage, usual in outliers(lambda: ((line[2:3] + line[4:], line[0], line[1]) for line in lines)):
        tell(row, usage, usual, "what the other lines of this bill say in the same unit")


def _can_stand_out(rows: Rows) -> bool:
    """Whether any two usages of the file are a thousand times apart: most files need no closer look."""
    usages = [usage for usage in _distinct(rows.columns["usage"]) if usage and usage > 0]
    pers = [per for per in _distinct(rows.columns.get("usage_per") or ()) if isinstance(per, Decimal)] or [
        Decimal(1)
    ]
    if "usage_per" in rows.columns:
        pers.append(Decimal(1))
    return bool(usages) and max(usages) * max(pers) >= min(usages) * min(pers) * ABSURD


def _distinct(values: Iterable[Any]) -> list[Any]:
    """Each value once: a column holds each of its values as one object."""
    return list({id(value): value for value in values}.values())


def _lines(rows: Rows, known: Mapping[str, int]) -> list[tuple[int, Decimal, tuple[int, str], int, str]]:
    """Row, usage for one, (parent, revision), component and unit of each row that has a usage above zero."""
    components = list(map(known.get, rows.columns["component_sku"]))
    stocked = dict(named(Item, "id", {pk for pk in components if pk is not None}, "id", "unit"))
    return [
        (number, usage if per is None or per == 1 else usage / per, (parent, revision or ""), component, unit)
        for number, parent, component, usage, per, revision, unit in zip(
            rows.numbers,
            map(known.get, rows.columns["parent_sku"]),
            components,
            rows.columns["usage"],
            _said(rows, "usage_per"),
            _said(rows, "revision"),
            _units(rows, components, stocked),
            strict=True,
        )
        if usage and usage > 0 and parent is not None and component is not None and not isinstance(per, str)
    ]


def _units(rows: Rows, components: Sequence[int | None], stocked: Mapping[int, str]) -> list[str]:
    said = rows.columns.get("unit") or repeat(None, len(components))
    return [unit or stocked.get(component or 0, "") for unit, component in zip(said, components, strict=True)]


def _said(rows: Rows, name: str) -> Any:
    return rows.columns.get(name) or repeat(None, len(rows.numbers))


def note_dropped_lines(lines: Sequence[BillRow], updated: set[int], present: Present, answer: Answer) -> None:
    """An edited bill is the file's rows and no others: say which of its present lines go."""
    first: dict[tuple[int, str], int] = {}
    stated: dict[tuple[int, str], set[int]] = defaultdict(set)
    for line in lines:
        if line.row in updated:
            key = (line.parent_id, line.revision)
            first.setdefault(key, line.row)
            stated[key].add(line.component_id)
    gone = {
        key: [component for component, _ in present.get(key, ()) if component not in stated[key]]
        for key in first
    }
    wanted = {component for there in gone.values() for component in there}
    if not wanted:
        return
    names = dict(named(Item, "id", wanted, "id", "sku"))
    for key, row in first.items():
        if there := gone[key]:
            listed = ", ".join(names[component] for component in there[:NAMED])
            more = f" and {len(there) - NAMED} more" if len(there) > NAMED else ""
            is_one = len(there) == 1
            what = (
                "1 line of the present bill stands in no row and goes"
                if is_one
                else (f"{len(there)} lines of the present bill stand in no row and go")
            )
            answer.warn(
                row,
                "parent_sku",
                "",
                "lines_dropped",
                f"{what} with its new revision: {listed}{more}.",
            )
