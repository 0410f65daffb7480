"""How figures and lists are written in answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

Row = TypeVar("Row")


def digits(value: Decimal | None) -> str | None:
    """A quantity or unit cost as a text: exact, without trailing zeros, never as a power of ten."""
    return None if value is None else sure_digits(value)


def sure_digits(value: Decimal) -> str:
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def page(
    rows: Sequence[Row], limit: int, shown: Callable[[Row], Any], key: Callable[[Row], int]
) -> dict[str, Any]:
    """A page of a list that was read with one row more than fits, and where the next begins."""
    here = rows[:limit]
    return {
        "items": [shown(row) for row in here],
        "next": str(key(here[-1])) if len(rows) > limit else None,
    }
