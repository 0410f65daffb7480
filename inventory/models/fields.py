"""Columns that mean the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Value


class QuantityField(models.DecimalField):
    """A quantity or unit cost: NUMERIC(18,6)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 18
        kwargs["decimal_places"] = 6
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


def _point(column: str) -> Func:
    return Func(F(column), F(column), Value("[]"), function="int8range")


def no_overlap(name: str, columns: list[str], start: str, end: str, message: str) -> ExclusionConstraint:
    """Date ranges (both ends inclusive, an empty end is open) of the same columns must not overlap.

    Scalars are written as one-point ranges, because the embedded server has no btree_gist.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((_point(column), RangeOperators.OVERLAPS) for column in columns),
            (Func(F(start), F(end), Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
        ],
        violation_error_message=message,
    )
