"""What a single row of a bill must be before it is looked at beside others."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from operator import itemgetter

from production.choices import Basis, LineType, LossMethod

from .rows import ZERO, BillRow, LoadResult, wrong_number

_YIELD = LossMethod.YIELD.value
_BYPRODUCT = LineType.BYPRODUCT.value
_COLUMNS = {
    "usage": "usage",
    "usage_per": "usage_per",
    "fixed_quantity": "fixed_quantity",
    "loss_percent": "scrap_percent",
    "planned_loss_percent": "planned_loss_percent",
    "output_quantity": "output_quantity",
}
# All that is judged of a row beside its substitutes.
_FIGURES = itemgetter(
    *(
        BillRow._fields.index(name)
        for name in (
            *_COLUMNS,
            "basis",
            "line_type",
            "loss_method",
            "is_phantom",
            "effective_from",
            "effective_to",
        )
    )
)


def check_bill_rows(rows: Sequence[BillRow], result: LoadResult) -> list[BillRow]:
    """The rows that can stand by themselves; the others are refused with what is wrong and what to do."""
    sound: set[tuple[int, ...]] = set()  # files repeat their figures: the very objects were judged before
    good = []
    for row in rows:
        figures = tuple(map(id, _FIGURES(row)))
        if figures in sound and not row.substitutes:
            good.append(row)
        elif _is_good(row, result):
            sound.add(figures)
            good.append(row)
    return good


def _is_good(row: BillRow, result: LoadResult) -> bool:
    known = len(result.errors)
    _check_numbers(row, result)
    if len(result.errors) == known:
        _check_usage(row, result)
        _check_losses(row, result)
        _check_dates(row, result)
        _check_substitutes(row, result)
    return len(result.errors) == known


def _check_numbers(row: BillRow, result: LoadResult) -> None:
    for name, column in _COLUMNS.items():
        value: Decimal | None = getattr(row, name)
        if value and (wrong := wrong_number(value)):
            result.refuse(row.row, column, value, "INVALID", f"This number {wrong}.")


def _check_usage(row: BillRow, result: LoadResult) -> None:
    if row.usage < 0 or row.fixed_quantity < 0:
        column, value = ("usage", row.usage) if row.usage < 0 else ("fixed_quantity", row.fixed_quantity)
        result.refuse(
            row.row,
            column,
            value,
            "INVALID",
            "Usage is never negative. If this comes out of making the item, "
            "write it positive with line_type byproduct.",
        )
    elif not row.usage and not row.fixed_quantity and row.basis != Basis.WHOLE_LOT.value:
        result.refuse(
            row.row,
            "usage",
            row.usage,
            "INVALID",
            "A usage of zero consumes nothing: give the usage or a fixed quantity, or remove the row.",
        )
    if row.usage_per <= 0:
        result.refuse(row.row, "usage_per", row.usage_per, "INVALID", "Usage is per a number above zero.")
    if row.output_quantity is not None and row.output_quantity <= 0:
        result.refuse(
            row.row, "output_quantity", row.output_quantity, "INVALID", "A bill makes more than zero."
        )
    if row.is_phantom and row.line_type == _BYPRODUCT:
        result.refuse(
            row.row,
            "phantom",
            "yes",
            "INVALID",
            "A by-product cannot be a phantom: mark it as one or the other.",
        )


def _check_losses(row: BillRow, result: LoadResult) -> None:
    if row.loss_percent < 0:
        result.refuse(
            row.row, "scrap_percent", row.loss_percent, "INVALID", "A loss is a percent from 0 upwards."
        )
    elif row.loss_method == _YIELD and row.loss_percent >= 100:
        result.refuse(
            row.row,
            "scrap_percent",
            row.loss_percent,
            "INVALID",
            "By the yield method a loss stays below 100 %: nothing would be left.",
        )
    elif row.loss_percent >= 100_000:
        result.refuse(row.row, "scrap_percent", row.loss_percent, "INVALID", "A loss stays below 100,000 %.")
    planned = row.planned_loss_percent
    if planned is not None and not ZERO <= planned < 1000:
        result.refuse(
            row.row,
            "planned_loss_percent",
            planned,
            "INVALID",
            "A planned loss is a percent from 0 to below 1000.",
        )
    for column, percent in (("scrap_percent", row.loss_percent), ("planned_loss_percent", planned or ZERO)):
        if percent and percent != round(percent, 4):
            result.refuse(row.row, column, percent, "INVALID", "A percent has at most four decimals.")


def _check_dates(row: BillRow, result: LoadResult) -> None:
    if row.effective_from and row.effective_to and row.effective_from > row.effective_to:
        result.refuse(
            row.row,
            "effective_to",
            row.effective_to,
            "INVALID",
            f"The line ends before it begins ({row.effective_from}): correct one of the dates.",
        )


def _check_substitutes(row: BillRow, result: LoadResult) -> None:
    seen: set[int] = set()
    for substitute in row.substitutes:
        if substitute.factor <= 0 or wrong_number(substitute.factor):
            result.refuse(
                row.row,
                "substitute_skus",
                substitute.factor,
                "INVALID",
                "A substitute's factor is a number above zero with at most six decimals.",
            )
        elif substitute.item_id == row.component_id or substitute.item_id in seen:
            result.refuse(
                row.row,
                "substitute_skus",
                "",
                "INVALID",
                "A substitute is another item than the component and stands on the line once.",
            )
        seen.add(substitute.item_id)
