"""A computed document on its way into the books, and out of them again, as actions do it with rows."""

from __future__ import annotations

from collections.abc import Iterable

from backflush.engine.postings import JournalAmounts, JournalLine
from backflush.engine.results import ComputedBackflush, Pick


def journal_amounts(computed: ComputedBackflush, item_classes: dict[int, str]) -> tuple[JournalAmounts, ...]:
    """The lines' amounts for `JournalInputs`; items without a class count in the class without a name."""
    return tuple(
        JournalAmounts(
            line.standard_cost_minor,
            line.actual_cost_minor,
            line.substitution_minor,
            line.scrap_minor,
            line.usage_minor,
            line.price_minor,
            item_classes.get(line.item, ""),
            line.line_type,
        )
        for line in computed.lines
    )


def flipped_lines(lines: Iterable[JournalLine]) -> tuple[JournalLine, ...]:
    """The posted lines flipped, never computed again."""
    return tuple(line._replace(amount_minor=-line.amount_minor) for line in lines)


def flipped_picks(picks: Iterable[Pick]) -> tuple[Pick, ...]:
    """The posted picks with quantity and amount flipped: same location, lot and unit cost."""
    return tuple(
        pick._replace(quantity=-pick.quantity, amount_minor=-pick.amount_minor, is_short=False)
        for pick in picks
    )
