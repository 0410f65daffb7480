"""Where what was used and what should have been used part, over everything posted."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.db.models.functions import Abs

from accounts.errors import AppError
from backflush.choices import BackflushStatus
from backflush.models import BackflushLine
from backflush.queries.causes import Cause, causes_of

MOST_IN_A_FILE = 100_000
CHUNK = 1_000
PARTS = ("substitution_minor", "scrap_minor", "usage_minor", "price_minor", "variance_minor")
RELATED = (
    "item",
    "stands_in_for",
    "reason",
    "backflush__completion__output__work_order",
    "backflush__completion__output__item",
)
COLUMNS = (
    "posted_on",
    "backflush",
    "work_order",
    "product",
    "item",
    "stands_in_for",
    "unit",
    "expected_quantity",
    "actual_quantity",
    *PARTS,
    "currency_code",
    "reason",
    "note",
    "cause",
    "evidence",
)


@dataclass(frozen=True, slots=True)
class Variance:
    """A line whose money is off in any of its parts, with the likely cause where there is evidence of one."""

    line: BackflushLine
    cause: Cause | None


def variance_lines(
    *, start: dt.date | None = None, end: dt.date | None = None, item: str = "", by_money: bool = False
) -> QuerySet[BackflushLine]:
    """Lines of posted documents that differ from standard, of these days (both inclusive).

    Newest first, or the most money first. Reversed documents leave nothing behind and are not among them.
    """
    differs = Q()
    for name in PARTS[:-1]:
        differs |= ~Q(**{name: 0})
    lines = BackflushLine.objects.filter(differs, backflush__status=BackflushStatus.POSTED)
    if start is not None:
        lines = lines.filter(backflush__posted_on__gte=start)
    if end is not None:
        lines = lines.filter(backflush__posted_on__lte=end)
    if item:
        lines = lines.filter(item__sku=item)
    lines = lines.select_related(*RELATED)
    return lines.order_by(Abs("variance_minor").desc(), "-pk") if by_money else lines.order_by("-pk")


def lines_in_order(ids: Sequence[int]) -> list[BackflushLine]:
    """These lines with what is printed of them, in this order: a page is sorted by ids alone, and read then."""
    found = BackflushLine.objects.filter(pk__in=ids).select_related(*RELATED).in_bulk()
    return [found[pk] for pk in ids]


def with_causes(lines: Sequence[BackflushLine]) -> list[Variance]:
    """These lines with their likely causes (three queries for every thousand documents)."""
    ids = sorted({line.backflush_id for line in lines})
    causes: dict[int, Cause] = {}
    for start in range(0, len(ids), CHUNK):
        causes |= causes_of(ids[start : start + CHUNK])
    return [Variance(line, causes.get(line.pk)) for line in lines]


def as_record(variance: Variance, currency_code: str) -> dict[str, object]:
    """A variance by the names of COLUMNS: codes, decimal strings, minor units."""
    line, cause = variance.line, variance.cause
    output = line.backflush.completion.output
    return {
        "posted_on": line.backflush.posted_on,
        "backflush": line.backflush.number,
        "work_order": output.work_order.number,
        "product": output.item.sku,
        "item": line.item.sku,
        "stands_in_for": line.stands_in_for.sku if line.stands_in_for else None,
        "unit": line.item.unit,
        "expected_quantity": _digits(line.expected_quantity),
        "actual_quantity": _digits(line.actual_quantity),
        **{name: getattr(line, name) for name in PARTS},
        "currency_code": currency_code,
        "reason": line.reason.code if line.reason else None,
        "note": line.note,
        "cause": cause.label if cause else None,
        "evidence": cause.evidence if cause else None,
    }


def variance_file(lines: QuerySet[BackflushLine], *, currency_code: str) -> bytes:
    """All of them as CSV (UTF-8, commas, CRLF). Raises INVALID for more than anybody opens."""
    found = list(lines[: MOST_IN_A_FILE + 1])
    if len(found) > MOST_IN_A_FILE:
        raise AppError(
            "INVALID",
            f"That are more than {MOST_IN_A_FILE:,} lines: ask for fewer days at a time.",
            {"most": MOST_IN_A_FILE},
        )
    return _csv(as_record(variance, currency_code) for variance in with_causes(found))


def _csv(records: Iterable[dict[str, object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for record in records:
        writer.writerow([_cell(name, record[name]) for name in COLUMNS])
    return text.getvalue().encode()


def _cell(name: str, value: object) -> str:
    """Texts that a spreadsheet would compute are told apart from figures, which may be negative."""
    text = "" if value is None else str(value)
    is_figure = name.endswith(("_minor", "_quantity", "_on"))
    return f"'{text}" if not is_figure and text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _digits(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
