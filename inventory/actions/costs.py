"""Standard costs in bulk, as periods that never overlap."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from accounts.tenancy.writes import allocate_ids, insert_rows, update_rows
from inventory.models import ItemCost
from inventory.queries.lookup import item_ids, named
from inventory.rows import CREATED, UNCHANGED, UPDATED, Change, CostRow, RowOutcome, RowProblem

DAY = dt.timedelta(days=1)


@dataclass(slots=True)
class _Span:
    """One cost of an item, there already, from the file, or both."""

    cost: Decimal
    start: dt.date | None
    end: dt.date | None
    row: int | None = None
    pk: int | None = None
    was: tuple[Decimal, dt.date | None] | None = None

    @property
    def words(self) -> str:
        start = self.start.isoformat() if self.start else "ever"
        span = f"{self.cost.normalize():f} from {start}"
        return span + (f" to {self.end.isoformat()}" if self.end else "")

    @property
    def place(self) -> str:
        return f"row {self.row}" if self.row is not None else "a cost that is there already"


@dataclass(slots=True)
class CostPlan:
    """What loading the rows would do. `inserts` name the item by SKU, which need not exist yet."""

    outcomes: list[RowOutcome] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    inserts: list[tuple[str, Decimal, dt.date | None, dt.date | None]] = field(default_factory=list)
    insert_rows: list[int | None] = field(default_factory=list)
    updates: list[tuple[int, Decimal, dt.date | None]] = field(default_factory=list)


def plan_costs(
    rows: Sequence[CostRow], *, since: dt.date, new_skus: Collection[str] = frozenset()
) -> CostPlan:
    """Fit these costs in between those that are there.

    A cost without a first day holds since ever where the item has none, else from `since` on. An open cost ends the
    day before the next one begins; what overlaps otherwise is a problem that names both.
    """
    plan = CostPlan()
    ids = item_ids({row.sku for row in rows} - set(new_skus))
    known: dict[int, list[_Span]] = defaultdict(list)
    for item, pk, cost, start, end in named(
        ItemCost,
        "item_id",
        set(ids.values()),
        "item_id",
        "id",
        "standard_cost",
        "effective_from",
        "effective_to",
    ):
        known[item].append(_Span(cost, start, end, pk=pk, was=(cost, end)))
    by_sku: dict[str, list[CostRow]] = defaultdict(list)
    for row in rows:
        by_sku[row.sku].append(row)
    outcomes: dict[int, RowOutcome] = {}
    for sku, theirs in by_sku.items():
        spans = known.get(ids.get(sku, 0), [])
        of_row: dict[int, _Span] = {}
        for row in theirs:
            _place(row, spans, of_row, since, plan)
        spans.sort(key=lambda span: span.start or dt.date.min)
        _close(sku, spans, plan)
        for row in theirs:
            span = of_row.get(row.row)
            outcomes[row.row] = _outcome(row, span, _before(span, spans))
        for span in spans:
            if span.pk is None:
                plan.inserts.append((sku, span.cost, span.start, span.end))
                plan.insert_rows.append(span.row)
            elif span.was != (span.cost, span.end):
                plan.updates.append((span.pk, span.cost, span.end))
    plan.outcomes = [outcomes[row.row] for row in rows]
    return plan


def load_costs(rows: Sequence[CostRow], *, actor: Any, reason: str, on: dt.date) -> list[RowOutcome]:
    """Write these costs with their periods. Rows must have no problems."""
    plan = plan_costs(rows, since=on)
    if plan.problems:
        raise ValueError("rows with problems cannot be loaded")
    made = write_costs(plan, actor=actor, reason=reason)
    return [
        outcome if outcome.target_id else outcome._replace(target_id=made.get(outcome.row))
        for outcome in plan.outcomes
    ]


def write_costs(plan: CostPlan, *, actor: Any, reason: str) -> dict[int | None, int]:
    """Write a plan; returns the new costs by the row that they came from."""
    # What is there shrinks before anything new is put beside it: the database refuses an overlap at once.
    update_rows(ItemCost, ["standard_cost", "effective_to"], plan.updates, actor=actor, reason=reason)
    ids = allocate_ids(ItemCost, len(plan.inserts))
    items = item_ids({sku for sku, *_ in plan.inserts})
    insert_rows(
        ItemCost,
        ["id", "item_id", "standard_cost", "effective_from", "effective_to"],
        [(pk, items[sku], *rest) for pk, (sku, *rest) in zip(ids, plan.inserts, strict=True)],
        actor=actor,
        reason=reason,
    )
    return dict(zip(plan.insert_rows, ids, strict=True))


def _place(
    row: CostRow, spans: list[_Span], of_row: dict[int, _Span], since: dt.date, plan: CostPlan
) -> None:
    start = row.effective_from
    if start is None:
        current = _current(spans, since)
        if current is not None and current.cost == row.unit_cost and current.row is None:
            of_row[row.row] = current
            return
        if any(span.row is None for span in spans):
            start = since
    for span in spans:
        if span.start != start:
            continue
        if span.row is not None:
            if (span.cost, span.end) != (row.unit_cost, row.effective_to):
                plan.problems.append(_twice(row, span))
            of_row[row.row] = span
            return
        span.cost, span.end, span.row = row.unit_cost, row.effective_to, row.row
        of_row[row.row] = span
        return
    span = _Span(row.unit_cost, start, row.effective_to, row=row.row)
    spans.append(span)
    of_row[row.row] = span


def _current(spans: Iterable[_Span], day: dt.date) -> _Span | None:
    return next(
        (s for s in spans if (s.start is None or s.start <= day) and (s.end is None or s.end >= day)), None
    )


def _close(sku: str, spans: Sequence[_Span], plan: CostPlan) -> None:
    for span, after in pairwise(spans):
        if after.start is None:
            continue  # two without a first day: told as the same key twice
        if span.end is None:
            span.end = after.start - DAY
        elif span.end >= after.start:
            late = after if after.row is not None else span
            other = span if late is after else after
            plan.problems.append(
                RowProblem(
                    late.row or 0,
                    "effective_from",
                    late.start.isoformat() if late.start else "",
                    "overlap",
                    f"{sku}: {late.words} overlaps {other.words} ({other.place}). "
                    "End the earlier one the day before the later begins.",
                )
            )


def _twice(row: CostRow, span: _Span) -> RowProblem:
    start = row.effective_from.isoformat() if row.effective_from else ""
    return RowProblem(
        row.row,
        "unit_cost",
        f"{row.unit_cost:f}",
        "duplicate",
        f"{row.sku} has a cost from {start or 'the same day'} in row {span.row} too: {span.words}. "
        "Keep one of the two rows.",
    )


def _before(span: _Span | None, spans: Sequence[_Span]) -> Decimal | None:
    """The cost that this one follows."""
    return next((one.cost for one, after in pairwise(spans) if after is span), None)


def _outcome(row: CostRow, span: _Span | None, before: Decimal | None) -> RowOutcome:
    key = row.sku + (f" from {row.effective_from.isoformat()}" if row.effective_from else "")
    if span is None or span.row != row.row:
        return RowOutcome(row.row, UNCHANGED, key, span.pk if span else None)
    if span.pk is None or span.was is None:
        return RowOutcome(row.row, CREATED, key, None, (Change("standard_cost", before, span.cost),))
    changes = tuple(
        Change(name, old, new)
        for name, old, new in (
            ("standard_cost", span.was[0], span.cost),
            ("effective_to", span.was[1], span.end),
        )
        if old != new
    )
    return RowOutcome(row.row, UPDATED if changes else UNCHANGED, key, span.pk, changes)
