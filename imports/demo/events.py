"""What people found on the floor and wrote down: more used, less used, something else used, and why."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from backflush.actions.editing import LineChange
from backflush.models import BackflushLine

from .catalogue import Catalogue
from .plan import SEED, Part

MORE = (
    ("OVERUSE", "Counted the empty bags after the run"),
    ("DAMAGE", "Dropped at station 4"),
    ("SETUP", "First pieces of the new jig"),
    ("PROCESS", "Usual with this supplier's batch"),
    ("QUALITY", "Rejected at final test, replaced"),
)
LESS = (
    ("UNDERUSE", "Used up offcuts from the last order"),
    ("MISCOUNT", "The terminal counted one tray twice"),
)
# What may stand in, how often it does, and why.
SUBSTITUTES = {
    "BE-6204": ("BE-6204C", 0.4, "6204 ran out, the closed cage fits"),
    "KN-WN": ("KN-OL", 0.3, "Customer asked for olive wood"),
    "BU-64S": ("BU-64T", 0.08, "Coated burrs from the sample order"),
    "VL-SAF-2": ("VL-EXP", 0.06, "Safety valves held at incoming inspection"),
    "OR-E-58": ("OR-F-58", 0.06, "EPDM seals too hard, took FKM"),
}
STEPS = {"EA": Decimal(1), "m": Decimal("0.01")}
FINE = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was used instead of what the bill says, of one component of one completion."""

    part: Part
    sku: str
    used: str
    quantity: Decimal
    reason: str
    note: str


class Floor:
    """What happened at each completion: decided by its order's number, so that it is always the same."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def findings(self, part: Part) -> list[Finding]:
        """Mostly none."""
        rng = random.Random(f"{SEED} {part.order} {part.reference}")  # noqa: S311
        takes = self.catalogue.needs({part.sku: Decimal(part.good + part.scrap)})
        found: dict[str, Finding] = {}

        def note(sku: str, percent: int, reason: str, why: str, used: str = "") -> None:
            found[sku] = Finding(part, sku, used or sku, self._rounded(sku, takes[sku], percent), reason, why)

        if part.sku.startswith("LK-DUO"):
            note("ADH-EPX", rng.randint(136, 139), "BOM-ERROR", "The drawing asks for a wider bead")
        if part.sku.endswith("-WH") and rng.random() < 0.6:
            note("PWD-WH", rng.randint(107, 116), "PROCESS", "White needs a second pass")
        for sku, (other, odds, why) in SUBSTITUTES.items():
            if sku in takes and rng.random() < odds:
                note(sku, 100, "SUBSTITUTE", why, used=other)
        free = [sku for sku in takes if sku not in found]
        if free and rng.random() < 0.15:
            # What costs more is watched more closely.
            worth = [float(takes[sku] * self.catalogue.costs.get(sku, Decimal(1))) ** 0.5 for sku in free]
            (sku,) = rng.choices(free, worth)
            if rng.random() < 0.74:
                note(sku, rng.randint(103, 114), *rng.choice(MORE))
            else:
                note(sku, rng.randint(90, 97), *rng.choice(LESS))
        return list(found.values())

    def _rounded(self, sku: str, quantity: Decimal, percent: int) -> Decimal:
        """In whole steps, away from what the bill says."""
        step = STEPS.get(self.catalogue.parts[sku].unit, FINE)
        exact = quantity * percent / 100 / step
        return exact.to_integral_value(ROUND_UP if percent >= 100 else ROUND_DOWN) * step

    def reported(self, parts: Sequence[Part]) -> Iterator[dict[str, object]]:
        """What the floor reports with these completions."""
        for part in parts:
            for finding in self.findings(part):
                yield {
                    "wo_number": part.order,
                    "component_sku": finding.used,
                    "quantity": f"{finding.quantity:f}",
                    "stands_in_for": finding.sku if finding.used != finding.sku else "",
                    "reference": part.reference,
                }

    def explanations(
        self, part: Part, lines: Sequence[BackflushLine], reasons: dict[str, int]
    ) -> list[LineChange]:
        """A reason for every line that asks for one: what the floor said, or the usual."""
        said = {finding.used: finding for finding in self.findings(part)}
        found = []
        for line in lines:
            if not line.is_beyond_tolerance or line.reason_id is not None:
                continue
            finding = said.get(line.item.sku)
            code = finding.reason if finding else part.reason or "PROCESS"
            note = finding.note if finding else ""
            found.append(LineChange(line.pk, reason_id=reasons[code], note=note))
        return found
