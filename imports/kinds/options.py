"""What a person said about one file, to and from JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from imports.kinds.shapes import Options
from imports.models import ImportBatch
from inventory.stock_files.shapes import Doubt, Scope, Spot


def options_of(batch: ImportBatch) -> Options:
    """The options kept with an import."""
    said: Mapping[str, Any] = batch.options
    counted_at = said.get("counted_at")
    return Options(
        counted_at=dt.datetime.fromisoformat(counted_at) if counted_at else None,
        scope=Scope(said.get("scope", Scope.ROWS)),
        doubt=Doubt(said.get("doubt", Doubt.ASK)),
        decisions={
            Spot(sku, location, lot): Doubt(decision)
            for sku, location, lot, decision in said.get("decisions", [])
        },
    )


def options_as_json(options: Options) -> dict[str, Any]:
    """Only what differs from the usual."""
    said: dict[str, Any] = {}
    if options.counted_at is not None:
        said["counted_at"] = options.counted_at.isoformat()
    if options.scope != Scope.ROWS:
        said["scope"] = options.scope.value
    if options.doubt != Doubt.ASK:
        said["doubt"] = options.doubt.value
    if options.decisions:
        said["decisions"] = [[*spot, decision.value] for spot, decision in options.decisions.items()]
    return said
