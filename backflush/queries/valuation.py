"""A document's money as the engine's journal takes it; posting and the page's outlook make the same one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from backflush.engine.enums import FinishedGoodsAt, LineType
from backflush.engine.postings import JournalAmounts, JournalInputs, PostedReceipt
from backflush.queries.documents import LineRow
from backflush.queries.inputs import InputsBuilder
from backflush.queries.orders import receives
from backflush.queries.rows import CompletionRow


class Amounts(NamedTuple):
    """A line's amounts, and what its stock entries took (None: its actual cost)."""

    item_id: int
    line_type: str
    standard_cost_minor: int
    actual_cost_minor: int
    substitution_minor: int
    scrap_minor: int
    usage_minor: int
    price_minor: int
    inventory_minor: int


def stored_amounts(lines: Iterable[LineRow], relieved: Mapping[int, int] | None = None) -> list[Amounts]:
    """Of stored lines; `relieved` is what their entries took, by line."""
    return [
        Amounts(
            line.item_id,
            line.line_type,
            line.standard_cost_minor,
            line.actual_cost_minor,
            line.substitution_minor,
            line.scrap_minor,
            line.usage_minor,
            line.price_minor,
            line.actual_cost_minor if relieved is None else relieved.get(line.id, 0),
        )
        for line in lines
    ]


def journal_inputs(
    builder: InputsBuilder,
    completion: CompletionRow,
    lines: Iterable[Amounts],
    *,
    is_emptying: bool,
    receipts: tuple[PostedReceipt, ...] = (),
) -> JournalInputs:
    """What a posting's journal is made from, with the lines summed by item class and line type."""
    organization = builder.basis.organization
    sums: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        entry = sums.setdefault((builder.basis.items[line.item_id].item_class, line.line_type), [0] * 7)
        for place, value in enumerate(line[2:]):
            entry[place] += value
    product = builder.basis.items[completion.item_id]
    return JournalInputs(
        amounts=tuple(
            JournalAmounts(
                standard_cost_minor=values[0],
                actual_cost_minor=values[1],
                substitution_minor=values[2],
                scrap_minor=values[3],
                usage_minor=values[4],
                price_minor=values[5],
                item_class=item_class,
                line_type=LineType(line_type),
                inventory_minor=values[6],
            )
            for (item_class, line_type), values in sums.items()
        ),
        good=completion.good,
        scrap=completion.scrap,
        finished_goods_at=FinishedGoodsAt(organization.finished_goods_at),
        currency_decimals=organization.currency_decimals,
        receives=receives(completion),
        is_emptying=is_emptying,
        is_scrap_abnormal=completion.is_scrap_abnormal,
        conversion_cost=completion.conversion_cost,
        output_standard_cost=builder.facts_on(completion.completed_on)[completion.item_id].standard_cost,
        output_class=product.item_class,
        scrap_operation=completion.scrap_operation or completion.operation,
        upstream=builder.upstream_of(completion.output_id),
        receipts=receipts,
    )
