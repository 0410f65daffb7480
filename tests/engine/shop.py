"""An order and its parts as a caller of the engine keeps them: totals, what is held, what is posted, one pool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backflush.engine.compute import compute_completion
from backflush.engine.places import SupplyPlan
from backflush.engine.results import ComputedBackflush, ComputedLine
from backflush.engine.shares import held_share
from backflush.engine.stock import StockPool, StockRow
from backflush.engine.types import (
    CompletionInputs,
    Edit,
    Held,
    ItemFacts,
    OperationTotals,
    Policies,
    PostedUse,
    Recipe,
    RecipeInput,
    ReportedUse,
    UpstreamWip,
)

Number = Decimal | int | str
STORE, LINE_SIDE, BACK = 1, 2, 3
PLENTY = Decimal(1_000_000)
EVERYTHING = Policies()


def d(value: Number) -> Decimal:
    return Decimal(value)


def recipe_of(*inputs: RecipeInput, **settings: object) -> Recipe:
    return Recipe(inputs=inputs, **settings)  # type: ignore[arg-type]


def facts(key: int, cost: Number | None = 1, **settings: object) -> ItemFacts:
    return ItemFacts(key, standard_cost=None if cost is None else d(cost), **settings)  # type: ignore[arg-type]


def lot(
    item: int, lot: int | None, quantity: Number, cost: Number | None = None, **settings: object
) -> StockRow:
    location = settings.pop("location", STORE)
    code = settings.pop("code", f"L{lot}" if lot else "")
    return StockRow(
        item,
        location,  # type: ignore[arg-type]
        lot,
        d(quantity),
        None if cost is None else d(cost),
        code,  # type: ignore[arg-type]
        **settings,  # type: ignore[arg-type]
    )


@dataclass
class Part:
    """A completion with its backflush."""

    operation: int | None
    good: Decimal
    scrap: Decimal
    scrap_operation: int | None
    computed: ComputedBackflush
    is_live: bool = True

    def line(self, key: int | None, item: int | None = None) -> ComputedLine:
        found = [line for line in self.computed.lines if line.input_key == key and item in (None, line.item)]
        assert len(found) == 1, found
        return found[0]

    def actual(self, key: int | None) -> Decimal:
        return sum(
            (line.actual_quantity for line in self.computed.lines if line.input_key == key), Decimal(0)
        )


@dataclass
class Shop:
    """One output of one order."""

    recipe: Recipe
    items: dict[int, ItemFacts] = field(default_factory=dict)
    stock: StockPool | None = None
    policies: Policies = EVERYTHING
    places: SupplyPlan = field(
        default_factory=lambda: SupplyPlan(site=STORE, stocking=(STORE, LINE_SIDE, BACK))
    )
    order_quantity: Decimal | None = None
    parts: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        named = {line.item for line in self.recipe.inputs}
        named |= {s.item for line in self.recipe.inputs for s in line.substitutes}
        for item in named:
            self.items.setdefault(item, facts(item))
        if self.stock is None:
            self.stock = StockPool([StockRow(item, STORE, None, PLENTY) for item in self.items])

    def inputs(
        self,
        good: Number,
        scrap: Number = 0,
        operation: int | None = None,
        scrap_operation: int | None = None,
        reported: Sequence[ReportedUse] = (),
        edits: Sequence[Edit] = (),
        has_scrap_reason: bool = True,
        upstream: Sequence[UpstreamWip] = (),
        stock: StockPool | None = None,
    ) -> CompletionInputs:
        assert self.stock is not None
        return CompletionInputs(
            recipe=self.recipe,
            good=d(good),
            scrap=d(scrap),
            items=self.items,
            stock=stock or self.stock,
            places=self.places,
            policies=self.policies,
            order_quantity=self.order_quantity,
            operation=operation,
            scrap_operation=scrap_operation,
            has_scrap_reason=has_scrap_reason,
            totals=self.totals(),
            held=self.held(),
            posted=self.posted(),
            reported=tuple(reported),
            edits=tuple(edits),
            upstream=tuple(upstream),
        )

    def complete(
        self, good: Number, scrap: Number = 0, operation: int | None = None, **given: object
    ) -> Part:
        inputs = self.inputs(good, scrap, operation, **given)  # type: ignore[arg-type]
        part = Part(operation, inputs.good, inputs.scrap, inputs.scrap_operation, compute_completion(inputs))
        self.parts.append(part)
        return part

    def live(self) -> list[Part]:
        return [part for part in self.parts if part.is_live]

    def totals(self) -> tuple[OperationTotals, ...]:
        rows = []
        for part in self.live():
            rows.append(OperationTotals(part.operation, part.good, d(0)))
            found_at = part.operation if part.scrap_operation is None else part.scrap_operation
            rows.append(OperationTotals(found_at, d(0), part.scrap))
        return tuple(rows)

    def held(self) -> dict[int, tuple[Held, ...]]:
        sums: dict[tuple[int, int, Decimal], Held] = {}
        terms: dict[tuple[int, int, Decimal], list[dict[str, Any]]] = {}
        for line in self._live_lines():
            assert line.input_key is not None
            key = (line.input_key, line.item, line.factor)
            old = sums.get(key, Held(line.item, d(0), d(0), d(0), d(0), d(0), line.factor, d(0)))
            skipped = d(0) if line.actual_quantity else line.expected_quantity
            sums[key] = Held(
                line.item,
                old.standard + line.standard_quantity,
                old.expected + line.expected_quantity,
                old.actual + line.actual_quantity,
                (old.origin_standard or 0) + line.origin_standard_quantity,
                (old.origin_expected or 0) + line.origin_expected_quantity,
                line.factor,
                old.skipped + skipped,
            )
            terms.setdefault(key, []).append(line.terms)
        by_input: dict[int, list[Held]] = {}
        for key, held in sums.items():
            input_key = key[0]
            if any("exact" in told for told in terms[key]):
                standard, expected = held_share(terms[key])
                held = held._replace(share_standard=standard, share_expected=expected)
            by_input.setdefault(input_key, []).append(held)
        return {key: tuple(rows) for key, rows in by_input.items()}

    def posted(self) -> dict[int, tuple[PostedUse, ...]]:
        """What stands of each posting, latest first: what came back is off the latest of its item, place and lot."""
        stacks: dict[int, list[PostedUse]] = {}
        for line in self._live_lines():
            assert line.input_key is not None
            stack = stacks.setdefault(line.input_key, [])
            for pick in line.picks:
                assert pick.location is not None
                row = PostedUse(
                    line.item, pick.location, pick.lot, pick.quantity, pick.unit_cost, line.factor
                )
                _net(stack, row)
        return {key: tuple(stack) for key, stack in stacks.items()}

    def _live_lines(self) -> Iterable[ComputedLine]:
        return (line for part in self.live() for line in part.computed.lines if line.input_key is not None)


def _net(stack: list[PostedUse], use: PostedUse) -> None:
    left = use.quantity
    for at, row in enumerate(stack):
        same = (row.item, row.location, row.lot) == (use.item, use.location, use.lot)
        if same and row.quantity * left < 0:
            part = min(abs(left), abs(row.quantity)).copy_sign(row.quantity)
            stack[at] = row._replace(quantity=row.quantity - part)
            left += part
    if left:
        stack.insert(0, use._replace(quantity=left))


def target_of(line: RecipeInput, good: Number, scrap: Number = 0, **settings: object) -> Decimal:
    """The actual quantity of a whole order with one input."""
    return Shop(recipe_of(line, **settings)).complete(good, scrap).actual(line.key)
