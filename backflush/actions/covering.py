"""Documents on their way into the books, and whether stock covers what they take."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.choices import NegativePolicy
from accounts.errors import AppError
from accounts.models import Organization
from backflush.actions.receipts import ReceiptPlan
from backflush.actions.repicking import picked_again
from backflush.actions.submitting import stale_error
from backflush.actions.telling import Movement
from backflush.engine.postings import Journal
from backflush.queries.documents import DocumentRow, LineRow, PickRow
from backflush.queries.inputs import InputsBuilder
from backflush.queries.rows import CompletionRow
from inventory.ledger import Key, Standing


@dataclass(slots=True)
class Posting:
    """A document on its way into the books."""

    document: DocumentRow
    completion: CompletionRow
    day: dt.date
    lines: list[LineRow]
    picks: list[tuple[LineRow, PickRow]]
    receipt: ReceiptPlan | None
    relieved: dict[int, int] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)
    shortages: list[tuple[int, Movement]] = field(default_factory=list)
    journal: Journal | None = None


def covered(
    organization: Organization,
    postings: list[Posting],
    builder: InputsBuilder,
    standings: dict[Key, Standing],
    free: set[int],
    refused: list[tuple[int, AppError]],
) -> tuple[list[Posting], dict[int, list[PickRow]]]:
    """Check each pick against what its lot holds under lock; one that is not there makes the document stale.

    A line that was computed while nobody knew the item's stock relied on none. A receipt posted since, perhaps in the
    same run, makes the item known; only where its policy blocks must the line be looked at again. Items in `free` are
    picked again where they stand now; what was picked again comes back by line.
    """
    left = {key: standing.on_hand for key, standing in standings.items()}
    items = builder.basis.items
    covered = []
    again: dict[int, list[PickRow]] = {}
    for posting in postings:
        taken: dict[Key, Decimal] = defaultdict(Decimal)
        for line, pick in posting.picks:
            item = items[line.item_id]
            is_blocking = (item.negative_policy or organization.negative_policy) == NegativePolicy.BLOCK
            is_checked = item.is_stock_known and (is_blocking or not line.is_stock_unknown)
            if is_checked and not pick.is_short:
                taken[(line.item_id, pick.location_id, pick.lot_id)] += pick.quantity
        missing = {key[0] for key, quantity in taken.items() if quantity > 0 and left[key] < quantity}
        if missing:
            found = _picked_again(posting, missing, left, builder) if missing <= free else None
            if found is None:
                refused.append((posting.document.id, stale_error(posting.document.number)))
                continue
            again.update(found)
            posting.picks = [(line, pick) for line, pick in posting.picks if line.id not in found] + [
                (line, pick) for line in posting.lines for pick in found.get(line.id, ())
            ]
        for line, pick in posting.picks:
            left[(line.item_id, pick.location_id, pick.lot_id)] -= pick.quantity
        covered.append(posting)
    return covered, again


def _picked_again(
    posting: Posting, item_ids: set[int], left: Mapping[Key, Decimal], builder: InputsBuilder
) -> dict[int, list[PickRow]] | None:
    """New picks by line, for the lines that take these items; None where what stands anywhere is not enough."""
    picks: dict[int, list[PickRow]] = defaultdict(list)
    trial = dict(left)
    for line, pick in posting.picks:
        if line.item_id in item_ids and line.actual_quantity > 0:
            picks[line.id].append(pick)
        else:
            trial[(line.item_id, pick.location_id, pick.lot_id)] -= pick.quantity
    found = {}
    for line in posting.lines:
        if line.id not in picks:
            continue
        again = picked_again(line, picks[line.id], trial, builder, posting.completion)
        if again is None:
            return None
        found[line.id] = again
        for pick in again:
            if not pick.is_short:
                trial[(line.item_id, pick.location_id, pick.lot_id)] -= pick.quantity
    return found
