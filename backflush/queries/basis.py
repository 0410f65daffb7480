"""Everything that a set of completions is computed from, read in a constant number of queries.

Drafting, recomputing and the check for staleness read the same basis, so that what was computed and what is
compared are one thing.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection

from accounts.models import Organization
from backflush.queries import sql
from backflush.queries.rows import (
    CompletionRow,
    HeldDocument,
    HeldLine,
    InputRow,
    ItemRow,
    OutputRecipe,
    PostedPick,
    RecipeRows,
    StockRow,
    UpstreamRow,
    UseRow,
)

NO_LOT = ("", None, None, None)  # code, received, expires, unit cost


@dataclass
class Basis:
    """The rows that a set of completions is computed from, keyed for use.

    `recipes`, `held`, `posted` and `upstream` are keyed by output, `use` by order, `stock` by item.
    """

    organization: Organization
    completions: list[CompletionRow]
    recipes: dict[int, OutputRecipe]
    held: dict[int, list[HeldDocument]]
    use: dict[int, list[UseRow]]
    posted: dict[int, list[PostedPick]]
    upstream: dict[int, list[UpstreamRow]]
    items: dict[int, ItemRow]
    costs: Costs
    stock: list[StockRow]
    stocking_locations: list[int]
    location_parents: dict[int, int | None]
    lot_ids: dict[tuple[int, str], int]

    @cached_property
    def outputs_of_order(self) -> dict[int, set[int]]:
        """The outputs of each order that are computed together."""
        found: dict[int, set[int]] = defaultdict(set)
        for completion in self.completions:
            found[completion.order_id].add(completion.output_id)
        return found


class Costs:
    """Standard costs by item and day."""

    def __init__(self, rows: Iterable[tuple[int, dt.date | None, dt.date | None, Decimal]]) -> None:
        self._spans: dict[int, list[tuple[dt.date, dt.date, Decimal]]] = defaultdict(list)
        for item_id, starts, ends, cost in rows:
            self._spans[item_id].append((starts or dt.date.min, ends or dt.date.max, cost))
        for spans in self._spans.values():
            spans.sort()

    def on(self, item_id: int, day: dt.date) -> Decimal | None:
        """The standard cost of that day; None where none is known."""
        spans = self._spans.get(item_id)
        if not spans:
            return None
        at = bisect_right(spans, day, key=lambda span: span[0]) - 1
        return spans[at][2] if at >= 0 and day <= spans[at][1] else None


def basis_of(
    organization: Organization,
    completion_ids: Sequence[int],
    *,
    own_backflush_ids: Sequence[int] = (),
    extra_item_ids: Iterable[int] = (),
    with_stock: bool = True,
    against_ids: Iterable[int] | None = None,
) -> Basis:
    """Read what these completions are computed from.

    `own_backflush_ids` are the documents being recomputed: their picks are not missing from the stock, and their use
    counts as free. `with_stock` False leaves the stock out: the check for staleness does not need it.
    `against_ids` limits whose lines are read to the documents that these were computed against.
    """
    completions = [CompletionRow._make(row) for row in _rows(sql.COMPLETIONS, list(completion_ids))]
    outputs = list({row.output_id for row in completions})
    orders = list({row.order_id for row in completions})
    item_ids = {row.item_id for row in completions}
    item_ids.update(extra_item_ids)
    recipes = _recipes(outputs, item_ids)
    held: dict[int, list[HeldDocument]] = defaultdict(list)
    documents: dict[int, HeldDocument] = {}
    for output_id, *rest in _rows(sql.HELD_UNITS, outputs):
        document = documents[rest[0]] = HeldDocument(*rest)
        held[output_id].append(document)
    wanted_lines = list(documents) if against_ids is None else [i for i in against_ids if i in documents]
    for backflush_id, *rest in _rows(sql.HELD_LINES, wanted_lines) if wanted_lines else ():
        line = HeldLine._make(rest)
        documents[backflush_id].lines.append(line)
        item_ids.add(line.item_id)  # what stood in on an earlier part need not be in the recipe
    own = set(own_backflush_ids)
    use: dict[int, list[UseRow]] = defaultdict(list)
    for row in _rows(sql.USE, orders):
        if row[-1] is None or row[-1] in own:
            report = UseRow._make(row[:-1])
            use[report.order_id].append(report)
            item_ids.update(i for i in (report.item_id, report.stands_in_for_id) if i)
    posted: dict[int, list[PostedPick]] = defaultdict(list)
    if corrected := [row.output_id for row in completions if takes_back(row, use[row.order_id])]:
        for output_id, *rest in _rows(sql.POSTED, corrected):
            posted[output_id].append(PostedPick._make(rest))
            item_ids.add(rest[1])
    upstream: dict[int, list[UpstreamRow]] = defaultdict(list)
    if pointed := [row.output_id for row in completions if row.reporting_points]:
        for output_id, *rest in _rows(sql.UPSTREAM, pointed):
            upstream[output_id].append(UpstreamRow._make(rest))
    wanted = list(item_ids)
    return Basis(
        organization=organization,
        completions=completions,
        recipes=recipes,
        held=held,
        use=use,
        posted=posted,
        upstream=upstream,
        items={row[0]: ItemRow._make(row) for row in _rows(sql.ITEMS, wanted)},
        costs=Costs(_rows(sql.COSTS, wanted)),
        stock=_stock(list(own), wanted) if with_stock else [],
        stocking_locations=[row[0] for row in _rows(sql.STOCKING)],
        location_parents=dict(_rows(sql.PARENTS)),
        lot_ids=_named_lots(use),
    )


def _stock(own_backflush_ids: list[int], item_ids: list[int]) -> list[StockRow]:
    """What is there of these items, less what other open documents have picked."""
    balances = _rows(sql.STOCK, own_backflush_ids, item_ids, item_ids)
    named = {row[2] for row in balances if row[2]}
    lots = {pk: lot for pk, *lot in _rows(sql.LOTS, list(named))} if named else {}
    return [StockRow(*row, *lots.get(row[2], NO_LOT)) for row in balances]


def takes_back(completion: CompletionRow, use: Sequence[UseRow]) -> bool:
    """Whether something of it may come back: a correction, units moved from good to scrap, use reported back."""
    return completion.good < 0 or completion.scrap < 0 or any(row.quantity < 0 for row in use)


def _recipes(outputs: list[int], item_ids: set[int]) -> dict[int, OutputRecipe]:
    """The recipes of these outputs; the items they name are added to `item_ids`."""
    shared: dict[str, RecipeRows] = {}
    recipes: dict[int, OutputRecipe] = {}
    samples: dict[int, RecipeRows] = {}
    for output_id, digest, ids in _rows(sql.RECIPES, outputs):
        if digest not in shared:
            shared[digest] = samples[output_id] = RecipeRows(digest)
        recipes[output_id] = OutputRecipe(shared[digest], ids)
    for row in _rows(sql.INPUTS, list(samples)):
        line = InputRow._make(row)
        samples[line.output_id].rows.append(line)
        item_ids.add(line.item_id)
        if line.substitutes:
            item_ids.update(substitute["item_id"] for substitute in json.loads(line.substitutes))
    return recipes


def _named_lots(use: dict[int, list[UseRow]]) -> dict[tuple[int, str], int]:
    """The lots that reports of use name, by item and code (no query where none does)."""
    named = {(row.item_id, row.lot_code) for rows in use.values() for row in rows if row.lot_code}
    if not named:
        return {}
    found = _rows(sql.LOTS_BY_CODE, [item for item, _ in named], [code for _, code in named])
    return {(item, code): lot for item, code, lot in found}


def _rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
