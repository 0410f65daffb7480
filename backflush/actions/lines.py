"""Computed documents as rows: lines, picks and the totals on the document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.tenancy.writes import allocate_ids, insert_rows
from backflush.engine.results import ComputedBackflush, ComputedLine
from backflush.models import BackflushLine, LotPick
from backflush.queries.rows import HeldDocument, HeldLine

TOTALS = (
    "standard_cost_minor",
    "actual_cost_minor",
    "substitution_minor",
    "scrap_minor",
    "usage_minor",
    "price_minor",
    "variance_minor",
    "upstream_scrap_minor",
    "weight_minor",
    "value_minor",
    "beyond_count",
    "short_count",
    "unknown_cost_count",
)

LINE_COLUMNS = (
    "input_id",
    "item_id",
    "stands_in_for_id",
    "factor",
    "operation_number",
    "line_type",
    "source",
    "standard_quantity",
    "scrap_quantity",
    "expected_quantity",
    "actual_quantity",
    "origin_standard_quantity",
    "origin_expected_quantity",
    "standard_unit_cost",
    "origin_unit_cost",
    "standard_cost_minor",
    "actual_cost_minor",
    "substitution_minor",
    "scrap_minor",
    "usage_minor",
    "price_minor",
    "variance_minor",
    "is_beyond_tolerance",
    "short_quantity",
    "flags",
    "terms",
)


@dataclass(slots=True)
class Document:
    """A computed document on its way to the database. `inputs` maps positions of the snapshot to input ids."""

    backflush_id: int
    computed: ComputedBackflush
    inputs: Mapping[int, int]
    default_reason_id: int | None = None


def totals_of(computed: ComputedBackflush) -> tuple[Any, ...]:
    """The document's totals in the order of TOTALS."""
    return tuple(getattr(computed.totals, name) for name in TOTALS)


def line_values(line: ComputedLine, inputs: Mapping[int, int]) -> tuple[Any, ...]:
    """A line's values in the order of LINE_COLUMNS."""
    return (
        inputs[line.input_key] if line.input_key is not None else None,
        line.item,
        line.stands_in_for,
        line.factor,
        line.operation,
        line.line_type,
        line.source,
        line.standard_quantity,
        line.scrap_quantity,
        line.expected_quantity,
        line.actual_quantity,
        line.origin_standard_quantity,
        line.origin_expected_quantity,
        line.standard_unit_cost,
        line.origin_unit_cost,
        line.standard_cost_minor,
        line.actual_cost_minor,
        line.substitution_minor,
        line.scrap_minor,
        line.usage_minor,
        line.price_minor,
        line.variance_minor,
        line.is_beyond_tolerance,
        line.short_quantity,
        list(line.flags),
        line.terms,
    )


def insert_lines(documents: Sequence[Document], *, actor: Any, reason: str) -> None:
    """Write all lines and picks of new documents."""
    ids = iter(allocate_ids(BackflushLine, sum(len(d.computed.lines) for d in documents)))
    lines: list[tuple[Any, ...]] = []
    picks: list[tuple[Any, ...]] = []
    for document in documents:
        for position, line in enumerate(document.computed.lines, start=1):
            line_id = next(ids)
            lines.append(
                (
                    line_id,
                    document.backflush_id,
                    position,
                    document.default_reason_id if line.scrap_minor else None,
                    *line_values(line, document.inputs),
                )
            )
            picks.extend(pick_values(line_id, line))
    insert_rows(
        BackflushLine,
        ["id", "backflush_id", "position", "reason_id", *LINE_COLUMNS],
        lines,
        actor=actor,
        reason=reason,
    )
    insert_picks(picks, actor=actor, reason=reason)


def insert_picks(picks: Iterable[tuple[Any, ...]], *, actor: Any, reason: str) -> None:
    insert_rows(
        LotPick,
        ["line_id", "location_id", "lot_id", "quantity", "unit_cost", "amount_minor", "is_short"],
        picks,
        actor=actor,
        reason=reason,
    )


def pick_values(line_id: int, line: ComputedLine) -> list[tuple[Any, ...]]:
    return [
        (line_id, p.location, p.lot, p.quantity, p.unit_cost, p.amount_minor, p.is_short) for p in line.picks
    ]


def as_held(
    backflush_id: int, completion: Any, computed: ComputedBackflush, inputs: Mapping[int, int]
) -> HeldDocument:
    """The document as the next one of the same output will see it."""
    return HeldDocument(
        backflush_id,
        completion.id,
        completion.operation,
        completion.good,
        completion.scrap,
        completion.scrap_operation,
        "DRAFT",
        [
            HeldLine(
                inputs[line.input_key],
                line.item,
                line.stands_in_for,
                _six(line.standard_quantity),
                _six(line.scrap_quantity),
                _six(line.expected_quantity),
                _six(line.actual_quantity),
                _six(line.origin_standard_quantity),
                _six(line.origin_expected_quantity),
                _six(line.factor),
                json.dumps(line.terms["exact"]) if "exact" in line.terms else None,
            )
            for line in computed.lines
            if line.input_key is not None
        ],
    )


def _six(value: Decimal) -> Decimal:
    """As the database will answer it, so that a fingerprint made now equals one made later."""
    return value.quantize(Decimal("0.000001"))
