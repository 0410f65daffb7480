"""What the company buys and makes, read from the sample files that it loads."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


@dataclass(frozen=True, slots=True)
class Part:
    """An item as the story needs it."""

    sku: str
    unit: str
    location: str
    is_lot: bool
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Use:
    """One line of a bill: how much for one unit, with its loss, about."""

    sku: str
    quantity: Decimal
    is_phantom: bool


@dataclass(slots=True)
class Catalogue:
    parts: dict[str, Part] = field(default_factory=dict)
    bills: dict[str, list[Use]] = field(default_factory=lambda: defaultdict(list))
    costs: dict[str, Decimal] = field(default_factory=dict)

    @property
    def finished(self) -> list[str]:
        return [sku for sku, part in self.parts.items() if part.is_finished]

    @property
    def assemblies(self) -> list[str]:
        """What is made for other products, on orders of its own."""
        phantoms = {use.sku for uses in self.bills.values() for use in uses if use.is_phantom}
        return [sku for sku in self.bills if not self.parts[sku].is_finished and sku not in phantoms]

    @property
    def bought(self) -> list[str]:
        return [sku for sku in self.parts if sku not in self.bills]

    def needs(self, made: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """What so many units of these products take, phantoms taken apart. By-products are left out."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for sku, quantity in made.items():
            for use in self.bills[sku]:
                if use.is_phantom:
                    for inner, more in self.needs({use.sku: quantity * use.quantity}).items():
                        found[inner] += more
                elif use.quantity > 0:
                    found[use.sku] += quantity * use.quantity
        return found


@cache
def catalogue() -> Catalogue:
    """Items, bills and costs as the sample files say them."""
    found = Catalogue()
    for row in rows_of("01-items.csv"):
        found.parts[row["sku"]] = Part(
            row["sku"], row["unit"], row["location"], row["tracking"] == "lot", row["kind"] == "sku"
        )
    for row in rows_of("02-boms.csv"):
        loss = Decimal(row["scrap_percent"] or 0) / 100
        factor = 1 / (1 - loss) if row["scrap_method"] == "yield" else 1 + loss
        quantity = Decimal(row["usage"]) / Decimal(row["usage_per"] or 1) * factor
        sign = -1 if row["line_type"] == "byproduct" else 1
        found.bills[row["parent_sku"]].append(
            Use(row["component_sku"], sign * quantity, row["phantom"] == "yes")
        )
    for row in rows_of("03-costs.csv"):
        found.costs[row["sku"]] = Decimal(row["unit_cost"])
    return found


def rows_of(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
