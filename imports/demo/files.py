"""The files that the company's people load: the samples, moved to the story's days, and what each day brings."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from .catalogue import SAMPLES, Catalogue, rows_of
from .plan import Order, Part

DATED = ("received_on", "expires_on")
CENT = Decimal("0.01")


def table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def opening_stock(counted_at: dt.datetime) -> bytes:
    """The sample stock file, as if it were counted at this moment."""
    rows = rows_of("04-stock.csv")
    was = dt.date.fromisoformat(rows[0]["counted_at"][:10])
    moved = counted_at.date() - was
    for row in rows:
        row["counted_at"] = f"{counted_at:%Y-%m-%d %H:%M}"
        for name in DATED:
            if row[name]:
                row[name] = (dt.date.fromisoformat(row[name]) + moved).isoformat()
    return table(list(rows[0]), rows)


def new_costs(catalogue: Catalogue, since: dt.date) -> bytes:
    """A price list: every seventh bought part costs a little more from this day on."""
    rows = [
        {
            "sku": sku,
            "unit_cost": (cost * Decimal(102 + number % 4) / 100).quantize(Decimal("0.0001")).normalize(),
            "effective_from": since.isoformat(),
        }
        for number, (sku, cost) in enumerate(catalogue.costs.items())
        if sku not in catalogue.bills and number % 7 == 3
    ]
    return table(("sku", "unit_cost", "effective_from"), rows)


def work_orders(catalogue: Catalogue, orders: Iterable[Order], *, status: str, due: dt.date) -> bytes:
    rows = [
        {
            "wo_number": order.number,
            "sku": order.sku,
            "quantity": order.quantity,
            "status": status,
            "due": due.isoformat(),
            "conversion_cost": conversion_cost(catalogue.costs[order.sku]),
        }
        for order in orders
    ]
    return table(("wo_number", "sku", "quantity", "status", "due", "conversion_cost"), rows)


def conversion_cost(standard: Decimal) -> Decimal:
    """What of a standard cost is labour and machine: 12 % on the material and 1.50 a piece."""
    return (standard - (standard - Decimal("1.50")) / Decimal("1.12")).quantize(CENT)


def completions(parts: Sequence[Part], moments: Sequence[dt.datetime]) -> bytes:
    """What the terminal on the floor wrote, in the order of its moments."""
    rows = [
        {
            "wo_number": part.order,
            "sku": part.sku,
            "completed_qty": part.good,
            "scrap_qty": part.scrap or "",
            "scrap_reason": part.reason,
            "reference": part.reference,
            "lot": part.lot,
            "completed_at": f"{moment:%Y-%m-%d %H:%M}",
            "final": "yes" if part.is_final else "",
        }
        for part, moment in zip(parts, moments, strict=True)
    ]
    return table(list(rows[0]), rows)


def stock(rows: Sequence[Mapping[str, object]]) -> bytes:
    return table(
        ("sku", "location", "lot", "on_hand", "unit_cost", "received_on", "expires_on", "counted_at"), rows
    )
