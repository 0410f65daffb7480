"""Deciding about entries of which nobody knows whether the ERP had taken them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from accounts.errors import AppError
from accounts.rights import demand
from accounts.tenancy.writes import save_row
from imports.actions.load import RECHECKABLE
from imports.kinds.options import options_as_json, options_of
from imports.models import ImportBatch
from inventory.stock_files.shapes import Doubt, Spot


def decide_doubts(
    *,
    batch: ImportBatch,
    decisions: Mapping[Spot, Doubt] | None = None,
    all_at_once: Doubt | None = None,
    actor: Any,
) -> ImportBatch:
    """Keep what a person decided: balance by balance, or with `all_at_once` the same for all of them.

    What was decided before about other balances stays, unless all are decided at once. The next check or load goes
    by it.
    """
    demand(actor, batch.organization, "import_files")
    if batch.status not in RECHECKABLE:
        raise AppError("INVALID_STATE", f"Import {batch.number} is {batch.get_status_display().lower()}.")
    said = options_of(batch)
    if all_at_once is not None:
        said = replace(said, doubt=all_at_once, decisions={})
    said = replace(said, decisions={**said.decisions, **(decisions or {})})
    batch.options = options_as_json(said)
    return save_row(batch, actor=actor, reason="Entries in doubt decided", fields=["options"])
