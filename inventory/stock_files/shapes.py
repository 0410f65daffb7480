"""What a stock file says, what is made of it, and what a person is asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from inventory.rows import RowProblem

ZERO = Decimal(0)


class Scope(StrEnum):
    """What the file is silent about: left alone, or zero at the places it names, or zero everywhere."""

    ROWS = "rows"
    LOCATIONS = "locations"
    WHOLE = "whole"


class Doubt(StrEnum):
    """What a person decided about entries of which nobody knows whether the ERP had taken them."""

    ASK = "ask"
    PROPOSED = "proposed"
    TAKEN = "taken"
    NOT_TAKEN = "not_taken"


class Spot(NamedTuple):
    """Where stock stands, in words: it may not exist yet. A lot of None is stock of all lots together."""

    sku: str
    location: str
    lot: str | None


class Doubtful(NamedTuple):
    """One of our entries that the ERP may or may not have taken at the file's moment."""

    entry_id: int
    spot: Spot
    document_number: str
    quantity: Decimal
    exported_at: dt.datetime


@dataclass(slots=True)
class StockLine:
    """One item × location × lot of the file: its figure, our own entries it cannot know of, and the new balance.

    `doubtful` is what a person decides about. `by_clock` was exported longer ago than the loading delay (none set:
    ever) and counts as taken, unless it is doubtful too; `too_fresh` was not and counts as not taken. `is_new`: no file
    named it before.
    """

    spot: Spot
    rows: list[int]
    counted_at: dt.datetime
    stated: Decimal
    before: Decimal = ZERO
    is_new: bool = True
    own: Decimal = ZERO
    unit_cost: Decimal | None = None
    doubtful: list[Doubtful] = field(default_factory=list)
    by_clock: list[Doubtful] = field(default_factory=list)
    too_fresh: list[Doubtful] = field(default_factory=list)
    proposal: Doubt = Doubt.TAKEN
    decision: Doubt = Doubt.TAKEN

    @property
    def outcomes(self) -> dict[Doubt, Decimal]:
        """The balance in either case."""
        doubtful = sum((entry.quantity for entry in self.doubtful), ZERO)
        return {
            Doubt.TAKEN: self.stated + self.own,
            Doubt.NOT_TAKEN: self.stated + self.own + doubtful,
        }

    @property
    def after(self) -> Decimal:
        return self.outcomes[Doubt.NOT_TAKEN if self.decision == Doubt.NOT_TAKEN else Doubt.TAKEN]

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(slots=True)
class StockPlan:
    """What taking the file would do."""

    lines: list[StockLine] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    undecided: list[StockLine] = field(default_factory=list)
    makes_all_known: bool = False
    has_own_entries: bool = False
