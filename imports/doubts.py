"""Entries of which nobody knows whether the ERP had taken them: kept with a check, listed, and decided one by one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.errors import AppError
from inventory.stock_files.shapes import Doubt, Spot, StockLine
from ui import formats

SHOWN = 50
SHOWN_ENTRIES = 3
WORDS = {Doubt.TAKEN: "it had", Doubt.NOT_TAKEN: "it had not"}


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """One balance in doubt as it is printed. `options` are (value, label, whether it is chosen) of its select."""

    item: str
    place: str
    entries: tuple[tuple[str, str, dt.datetime], ...]  # document, quantity, exported at
    more_entries: int
    stated: str
    now: str
    if_taken: str
    if_not_taken: str
    proposed: str
    is_decided: bool
    options: tuple[tuple[str, str, bool], ...]


def doubts_as_json(lines: Sequence[StockLine], undecided: Sequence[StockLine]) -> list[dict[str, Any]]:
    """What a check keeps of the balances in doubt, the open ones first."""
    open_ones = {line.spot for line in undecided}
    return [
        {
            "spot": list(line.spot),
            "row": line.rows[0] if line.rows else None,
            "stated": line.stated,
            "before": line.before,
            "taken": line.outcomes[Doubt.TAKEN],
            "not_taken": line.outcomes[Doubt.NOT_TAKEN],
            "proposal": line.proposal.value,
            "decision": Doubt.ASK.value if line.spot in open_ones else line.decision.value,
            "entries": [[e.document_number, e.quantity, e.exported_at] for e in line.doubtful],
        }
        for line in sorted(lines, key=lambda line: (line.spot not in open_ones, line.rows, line.spot[:2]))
        if line.doubtful
    ]


def doubt_rows(kept: Sequence[dict[str, Any]]) -> list[DoubtRow]:
    """The first balances in doubt, each with what it becomes in either case and what is proposed."""
    return [_row(one) for one in kept[:SHOWN]]


def decisions_from(answers: Sequence[str], kept: Sequence[dict[str, Any]]) -> dict[Spot, Doubt]:
    """What a person chose per balance. Raises INVALID for a balance that is not in doubt in this check."""
    known = {tuple(one["spot"]) for one in kept}
    found: dict[Spot, Doubt] = {}
    for answer in answers:
        try:
            sku, location, lot, word = json.loads(answer)
            spot, decision = Spot(sku, location, lot), Doubt(word)
            is_known = tuple(spot) in known
        except (ValueError, TypeError) as error:
            raise AppError("INVALID", "The decision cannot be read. Open the page again.") from error
        if not is_known or decision not in (Doubt.TAKEN, Doubt.NOT_TAKEN):
            raise AppError(
                "INVALID",
                "These balances have changed since the page was opened. Look at them again, then decide.",
            )
        found[spot] = decision
    return found


def _row(one: dict[str, Any]) -> DoubtRow:
    sku, location, lot = one["spot"]
    proposal, decision = Doubt(one["proposal"]), Doubt(one["decision"])
    chosen = proposal if decision == Doubt.ASK else decision
    return DoubtRow(
        item=sku,
        place=location if not lot else f"{location} · {lot}",
        entries=tuple(
            (document, _number(quantity), dt.datetime.fromisoformat(exported_at))
            for document, quantity, exported_at in one["entries"][:SHOWN_ENTRIES]
        ),
        more_entries=max(len(one["entries"]) - SHOWN_ENTRIES, 0),
        stated=_number(one["stated"]),
        now=_number(one["before"]),
        if_taken=_number(one["taken"]),
        if_not_taken=_number(one["not_taken"]),
        proposed=WORDS[proposal],
        is_decided=decision != Doubt.ASK,
        options=tuple(
            (
                json.dumps([sku, location, lot, doubt.value], ensure_ascii=False),
                f"{words}: {_number(one[doubt.value])}" + (" (proposed)" if doubt == proposal else ""),
                doubt == chosen,
            )
            for doubt, words in WORDS.items()
        ),
    )


def _number(text: str) -> str:
    return formats.quantity(Decimal(text))
