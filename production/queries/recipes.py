"""The recipe of an item on a day, level by level through phantoms, as an order's snapshot keeps it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from inventory.choices import RoundingDirection
from inventory.models import Item
from production.choices import LineType, Supply
from production.models import BillOfMaterials, BomLine, Operation, Substitute

from .conversions import Conversions
from .reading import batches

ZERO = Decimal(0)
HAND = Supply.HAND.value


class RecipeLine(NamedTuple):
    """One line of a snapshot, still without ids. `parent` is the place of its phantom in the recipe's lines."""

    parent: int | None
    position: int
    component_id: int
    line_type: str
    basis: str
    usage: Decimal
    usage_per: Decimal
    fixed_quantity: Decimal
    unit: str
    loss_percent: Decimal
    loss_method: str
    operation_number: int | None
    supply: str
    supply_location_id: int | None
    is_phantom: bool
    factor_numerator: int
    factor_denominator: int
    rounding_step: Decimal | None
    rounding_direction: str
    substitutes: str | list[dict[str, object]]
    bom_line_id: int
    planned_loss_percent: Decimal


@dataclass(frozen=True)
class Recipe:
    """What an item is made of on a day. With a `problem` it cannot be used, and the problem says why."""

    bom_id: int
    output_quantity: Decimal
    planned_loss_percent: Decimal
    lines: tuple[RecipeLine, ...]
    problem: str = ""

    @cached_property
    def has_phantoms(self) -> bool:
        return any(line.is_phantom for line in self.lines)

    @cached_property
    def rows(self) -> tuple[tuple[object, ...], ...]:
        """The lines as columns after `parent`: one object, however many orders share it."""
        return tuple(line[1:] for line in self.lines)


class _Bill(NamedTuple):
    id: int
    item_id: int
    sequence: int
    start: dt.date | None
    end: dt.date | None
    output_quantity: Decimal
    planned_loss_percent: Decimal


class _Line(NamedTuple):
    id: int
    bom_id: int
    position: int
    component_id: int
    line_type: str
    basis: str
    usage: Decimal
    usage_per: Decimal
    fixed_quantity: Decimal
    unit: str
    loss_percent: Decimal
    loss_method: str
    operation_number: int | None
    supply: str
    supply_location_id: int | None
    is_phantom: bool
    start: dt.date | None
    end: dt.date | None


class _Component(NamedTuple):
    sku: str
    unit: str
    rounding_step: Decimal | None
    rounding_direction: str


class _Problem(Exception):
    pass


class RecipeBook:
    """The recipes of these items, read in a constant number of queries per level and worked out once per period.

    Of several bills that hold on a day the latest sequence counts; both ends of every period are inclusive.
    """

    def __init__(self, item_ids: Iterable[int], *, routes_of: Iterable[int] = ()) -> None:
        """`routes_of` are further items of which only the operations are asked."""
        self._bills: dict[int, list[_Bill]] = {}
        self._lines: dict[int, list[_Line]] = defaultdict(list)
        self._operations: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        self._components: dict[int, _Component] = {}
        self._substitutes: dict[int, list[dict[str, object]]] = defaultdict(list)
        self._changes: dict[int, list[dt.date]] = {}
        self._found: dict[tuple[int, int], Recipe | None] = {}
        wanted = set(item_ids)
        self._read_operations(wanted.union(routes_of))
        while wanted:
            wanted = self._read_level(wanted)
        self._read_components()

    def recipe(self, item_id: int, on: dt.date) -> Recipe | None:
        """The recipe that holds on this day; None where no bill says anything."""
        if item_id not in self._changes:
            changes: set[dt.date] = set()
            self._gather_changes(item_id, changes, set())
            self._changes[item_id] = sorted(changes)
        key = (item_id, bisect_right(self._changes[item_id], on))
        if key not in self._found:
            self._found[key] = self._make(item_id, on)
        return self._found[key]

    @cached_property
    def _conversions(self) -> Conversions:
        return Conversions()

    # Reading

    def _read_operations(self, items: set[int]) -> None:
        for batch in batches(sorted(items)):
            rows = Operation.objects.filter(item_id__in=batch).order_by("item_id", "number")
            for item, number, is_point in rows.values_list("item_id", "number", "is_backflush_point"):
                self._operations[item].append((number, is_point))

    def _read_level(self, items: set[int]) -> set[int]:
        """Bills and lines of these items; returns phantom components not read yet."""
        bill_ids: list[int] = []
        for item in items:
            self._bills[item] = []
        for batch in batches(sorted(items)):
            bills = BillOfMaterials.objects.filter(item_id__in=batch, is_active=True).order_by("-sequence")
            for values in bills.values_list(
                "id",
                "item_id",
                "sequence",
                "effective_from",
                "effective_to",
                "output_quantity",
                "planned_loss_percent",
            ):
                bill = _Bill(*values)
                self._bills[bill.item_id].append(bill)
                bill_ids.append(bill.id)
        further: set[int] = set()
        for batch in batches(sorted(bill_ids)):
            lines = BomLine.objects.filter(bom_id__in=batch).order_by("bom_id", "position")
            for values in lines.values_list(*_Line._fields[:-2], "effective_from", "effective_to"):
                line = _Line(*values)
                self._lines[line.bom_id].append(line)
                if line.is_phantom and line.component_id not in self._bills:
                    further.add(line.component_id)
        self._read_substitutes([line.id for bill in bill_ids for line in self._lines[bill]])
        return further

    def _read_substitutes(self, lines: list[int]) -> None:
        if not Substitute.objects.exists():
            return
        for batch in batches(lines):
            found = Substitute.objects.filter(bom_line_id__in=batch).order_by("position", "id")
            for line_id, item, factor in found.values_list("bom_line_id", "item_id", "factor"):
                self._substitutes[line_id].append({"item_id": item, "factor": str(factor)})

    def _read_components(self) -> None:
        needed = {line.component_id for lines in self._lines.values() for line in lines} | set(self._bills)
        for batch in batches(sorted(needed)):
            rows = Item.objects.filter(pk__in=batch)
            columns = rows.values_list("pk", "sku", "unit", "rounding_step", "rounding_direction")
            for pk, sku, unit, step, direction in columns:
                self._components[pk] = _Component(sku, unit, step, direction)

    def _gather_changes(self, item_id: int, changes: set[dt.date], seen: set[int]) -> None:
        """Every day on which something in this recipe starts or has ended."""
        if item_id in seen:
            return
        seen.add(item_id)
        day = dt.timedelta(days=1)
        for bill in self._bills.get(item_id, ()):
            periods: list[_Bill | _Line] = [bill, *self._lines[bill.id]]
            for period in periods:
                if period.start is not None:
                    changes.add(period.start)
                if period.end is not None and period.end < dt.date.max:
                    changes.add(period.end + day)
            for line in self._lines[bill.id]:
                if line.is_phantom:
                    self._gather_changes(line.component_id, changes, seen)

    # Making

    def _in_effect(self, item_id: int, on: dt.date) -> tuple[_Bill, list[_Line]] | None:
        for bill in self._bills.get(item_id, ()):
            if _holds(bill, on):
                lines = [line for line in self._lines[bill.id] if _holds(line, on)]
                return (bill, lines) if lines else None
        return None

    def _make(self, item_id: int, on: dt.date) -> Recipe | None:
        found = self._in_effect(item_id, on)
        if found is None:
            return None
        bill, lines = found
        made: list[RecipeLine] = []
        problem = ""
        try:
            self._explode(lines, on, None, [item_id], made)
        except _Problem as error:
            made, problem = [], str(error)
        return Recipe(
            bom_id=bill.id,
            output_quantity=bill.output_quantity,
            planned_loss_percent=bill.planned_loss_percent,
            lines=tuple(made),
            problem=problem,
        )

    def _explode(
        self, lines: list[_Line], on: dt.date, parent: int | None, path: list[int], made: list[RecipeLine]
    ) -> None:
        """Add these lines, then those of their phantoms: positions of the bill itself stay as they are."""
        places: list[tuple[int, _Line]] = []
        below = max((line.position for line in made), default=0)
        for line in lines:
            position = line.position if parent is None else below + 1
            below = max(below, position)
            places.append((len(made), line))
            made.append(self._line(line, parent, position, made))
        for place, line in places:
            if not line.is_phantom:
                continue
            if line.component_id in path:
                circle = [*path[path.index(line.component_id) :], line.component_id]
                raise _Problem(
                    "The recipe runs in a circle: " + " → ".join(self._sku(item) for item in circle) + "."
                )
            found = self._in_effect(line.component_id, on)
            if found is None:
                raise _Problem(
                    f"{self._sku(line.component_id)} is a phantom without a bill of materials on {on}: load one."
                )
            bill, own = found
            made[place] = made[place]._replace(planned_loss_percent=bill.planned_loss_percent)
            self._explode(own, on, place, [*path, line.component_id], made)

    def _line(self, line: _Line, parent: int | None, position: int, made: list[RecipeLine]) -> RecipeLine:
        component = self._components[line.component_id]
        factor = self._conversions.factor(line.component_id, line.unit, component.unit)
        if factor is None:
            raise _Problem(
                f"Nothing says how many {component.unit} one {line.unit} of {component.sku} is: "
                "add a unit conversion to the item."
            )
        direction = component.rounding_direction
        if component.rounding_step is not None and not direction:
            is_output = line.line_type == LineType.BYPRODUCT.value
            direction = (RoundingDirection.DOWN if is_output else RoundingDirection.UP).value
        above = None if parent is None else made[parent]
        return RecipeLine(
            parent=parent,
            position=position,
            component_id=line.component_id,
            line_type=line.line_type,
            basis=line.basis,
            usage=line.usage,
            usage_per=line.usage_per,
            fixed_quantity=line.fixed_quantity,
            unit=line.unit,
            loss_percent=line.loss_percent,
            loss_method=line.loss_method,
            # What a phantom is made of is used where the phantom is: its own route is not walked.
            operation_number=line.operation_number if above is None else above.operation_number,
            supply=line.supply if above is None or above.supply != HAND else HAND,
            supply_location_id=line.supply_location_id
            if line.supply_location_id is not None or above is None
            else above.supply_location_id,
            is_phantom=line.is_phantom,
            factor_numerator=factor[0],
            factor_denominator=factor[1],
            rounding_step=component.rounding_step,
            rounding_direction=direction if component.rounding_step is not None else "",
            substitutes=self._substitutes.get(line.id) or "[]",
            bom_line_id=line.id,
            planned_loss_percent=ZERO,
        )

    def points(self, item_id: int, recipe: Recipe | None, reported_at: Iterable[int] = ()) -> list[int]:
        """The operations at which an order relieves its components, the last one at the end; empty if none is known.

        These are the item's backflush operations and those that the order's completions report at. The last operation
        is the highest that the route, the recipe or a report names.
        """
        operations = self._operations.get(item_id, [])
        points = {number for number, is_point in operations if is_point} | set(reported_at)
        named = points | {number for number, _ in operations}
        if recipe is not None:
            named |= {line.operation_number for line in recipe.lines if line.operation_number is not None}
        return sorted(points | {max(named)}) if named else []

    def route(self, item_id: int) -> list[int]:
        """The numbers of the item's operations, as far as they were entered."""
        return [number for number, _ in self._operations.get(item_id, [])]

    def _sku(self, item_id: int) -> str:
        return self._components[item_id].sku


def _holds(period: _Bill | _Line, on: dt.date) -> bool:
    return (period.start is None or period.start <= on) and (period.end is None or period.end >= on)
