"""Unit conversions in bulk, and the usual ones of a new organization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.rights import demand
from accounts.tenancy.writes import allocate_ids, delete_row, insert_rows, update_rows
from inventory.models import UnitConversion
from inventory.rows import CREATED, UNCHANGED, UPDATED, Change, RowOutcome, RowProblem

MOST = 2**62

# 1 of the first is so many of the second, exactly.
USUAL = (
    ("t", "kg", 1_000, 1),
    ("kg", "g", 1_000, 1),
    ("g", "mg", 1_000, 1),
    ("lb", "oz", 16, 1),
    ("lb", "g", 45_359_237, 100_000),
    ("km", "m", 1_000, 1),
    ("m", "cm", 100, 1),
    ("m", "mm", 1_000, 1),
    ("yd", "ft", 3, 1),
    ("ft", "in", 12, 1),
    ("in", "mm", 254, 10),
    ("m2", "cm2", 10_000, 1),
    ("m3", "l", 1_000, 1),
    ("l", "ml", 1_000, 1),
    ("l", "cl", 100, 1),
    ("h", "min", 60, 1),
    ("gross", "dozen", 12, 1),
    ("dozen", "EA", 12, 1),
)


class ConversionRow(NamedTuple):
    """1 `from_unit` is `factor` `to_unit`, for one item or, without an item, for all."""

    row: int
    from_unit: str
    to_unit: str
    factor: Fraction
    item_id: int | None = None


@dataclass(slots=True)
class ConversionPlan:
    """What loading the rows would do."""

    outcomes: list[RowOutcome] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    inserts: dict[tuple[int | None, str, str], tuple[int, int]] = field(default_factory=dict)
    updates: dict[int, tuple[int, int]] = field(default_factory=dict)


def plan_conversions(rows: Sequence[ConversionRow]) -> ConversionPlan:
    """Compare with the conversions that are there. The other way round is the same conversion."""
    plan = ConversionPlan()
    known = {
        (item, start, end): (pk, numerator, denominator)
        for item, start, end, pk, numerator, denominator in UnitConversion.objects.values_list(
            "item_id", "from_unit", "to_unit", "pk", "numerator", "denominator"
        )
    }
    seen: dict[tuple[int | None, str, str], tuple[int, Fraction]] = {}
    for row in rows:
        key = (row.item_id, row.from_unit, row.to_unit)
        words = f"1 {row.from_unit} = {_shown(row.factor)} {row.to_unit}"
        ratio = row.factor.as_integer_ratio()
        if row.from_unit == row.to_unit:
            outcome = RowOutcome(row.row, UNCHANGED, words)
            if row.factor != 1:
                plan.problems.append(
                    _problem(row, "A unit is one of itself: correct the units or the factor.")
                )
        elif max(ratio) > MOST:
            plan.problems.append(_problem(row, "The factor has too many digits: shorten it."))
            continue
        elif key in seen:
            first, factor = seen[key]
            outcome = RowOutcome(row.row, UNCHANGED, words)
            if factor != row.factor:
                plan.problems.append(
                    _problem(row, f"Row {first} gives another factor: keep one of the two rows.")
                )
        elif key in known:
            pk, *there = known[key]
            if Fraction(*there) == row.factor:
                outcome = RowOutcome(row.row, UNCHANGED, words, pk)
            else:
                plan.updates[pk] = ratio
                old = _shown(Fraction(*there))
                outcome = RowOutcome(
                    row.row, UPDATED, words, pk, (Change("factor", old, _shown(row.factor)),)
                )
        else:
            plan.inserts[key] = ratio
            outcome = RowOutcome(row.row, CREATED, words)
        seen.setdefault(key, (row.row, row.factor))
        plan.outcomes.append(outcome)
    return plan


def load_conversions(rows: Sequence[ConversionRow], *, actor: Any, reason: str) -> list[RowOutcome]:
    """Write these conversions. Recipe snapshots that were taken keep theirs. Rows must have no problems."""
    plan = plan_conversions(rows)
    if plan.problems:
        raise ValueError("rows with problems cannot be loaded")
    ids = allocate_ids(UnitConversion, len(plan.inserts))
    insert_rows(
        UnitConversion,
        ["id", "item_id", "from_unit", "to_unit", "numerator", "denominator"],
        [(pk, *key, *ratio) for pk, (key, ratio) in zip(ids, plan.inserts.items(), strict=True)],
        actor=actor,
        reason=reason,
    )
    update_rows(
        UnitConversion,
        ["numerator", "denominator"],
        [(pk, *ratio) for pk, ratio in plan.updates.items()],
        actor=actor,
        reason=reason,
    )
    return plan.outcomes


def set_conversion(
    *,
    organization: Organization,
    from_unit: str,
    to_unit: str,
    factor: Decimal,
    item_id: int | None,
    actor: User,
) -> None:
    """Enter one conversion, or change the one between these units."""
    demand(actor, organization, "maintain_rules")
    plan = plan_conversions([ConversionRow(0, from_unit, to_unit, Fraction(factor), item_id)])
    if plan.problems:
        raise AppError("INVALID", plan.problems[0].message, {"column": "factor"})
    row = ConversionRow(0, from_unit, to_unit, Fraction(factor), item_id)
    load_conversions([row], actor=actor, reason="Conversion entered")


def remove_conversion(conversion: UnitConversion, *, actor: User) -> None:
    """Take a conversion away. Recipe snapshots that were taken keep theirs."""
    demand(actor, conversion.organization, "maintain_rules")
    delete_row(conversion, actor=actor, reason="Conversion removed")


def provide_usual(organization: Organization, actor: User | None) -> None:
    """Metric and imperial units that mean the same everywhere."""
    insert_rows(
        UnitConversion,
        ["from_unit", "to_unit", "numerator", "denominator"],
        USUAL,
        actor=actor,
        reason="Usual units of a new organization",
    )


def _problem(row: ConversionRow, message: str) -> RowProblem:
    return RowProblem(row.row, "factor", _shown(row.factor), "conversion", message)


def _shown(factor: Fraction) -> str:
    return str(factor)
