"""A recomputed document over its old lines: what is the same line stays the same row, so its history reads on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Any

from accounts.tenancy.writes import allocate_ids, delete_rows, insert_rows, update_rows
from backflush.actions.lines import LINE_COLUMNS, Document, insert_picks, line_values, pick_values
from backflush.models import BackflushLine, LotPick

Key = tuple[int | None, int, int | None]

# What a room above has said of a line must go on naming it: each answers which of these lines stay, emptied.
ASKED_ABOUT: list[Callable[[Sequence[int]], Collection[int]]] = []
EMPTY: dict[str, Any] = {
    **{name: Decimal(0) for name in LINE_COLUMNS if name.endswith("_quantity")},
    **{name: 0 for name in LINE_COLUMNS if name.endswith("_minor")},
    "is_beyond_tolerance": False,
    "flags": [],
    "terms": {},
}


def rewrite_lines(document: Document, *, actor: Any, reason: str) -> None:
    """Update, insert and delete lines to what was computed; picks are written anew where they differ.

    A line that a signer asked about is emptied rather than deleted, so that the question can be read on.
    """
    old = {
        (line.input_id, line.item_id, line.stands_in_for_id): line
        for line in BackflushLine.objects.filter(backflush_id=document.backflush_id)
    }
    computed = {_key(line, document.inputs): line for line in document.computed.lines}
    inputs = {key[0] for key in computed}
    # A line whose item was exchanged keeps its reason and note through the input it serves.
    kept_words = {key[0]: (line.reason_id, line.note) for key, line in old.items() if key not in computed}
    gone = [line.pk for key, line in old.items() if key not in computed]
    delete_rows(
        LotPick,
        list(LotPick.objects.filter(line__backflush_id=document.backflush_id).values_list("pk", flat=True)),
        actor=actor,
        reason=reason,
    )
    asked = {pk for ask in ASKED_ABOUT for pk in ask(gone)} if gone else set()
    delete_rows(BackflushLine, [pk for pk in gone if pk not in asked], actor=actor, reason=reason)
    update_rows(
        BackflushLine,
        list(EMPTY),
        [(pk, *EMPTY.values()) for pk in sorted(asked)],
        actor=actor,
        reason=reason,
    )
    fresh = [key for key in computed if key not in old]
    ids = dict(zip(fresh, allocate_ids(BackflushLine, len(fresh)), strict=True))
    ids.update({key: line.pk for key, line in old.items() if key in computed})
    position = max((line.position for line in old.values()), default=0)
    rows = []
    for key in fresh:
        position += 1
        line = computed[key]
        reason_id, note = kept_words.get(key[0], (None, "")) if key[0] in inputs else (None, "")
        if reason_id is None and line.scrap_minor:
            reason_id = document.default_reason_id
        rows.append(
            (ids[key], document.backflush_id, position, reason_id, note, *line_values(line, document.inputs))
        )
    insert_rows(
        BackflushLine,
        ["id", "backflush_id", "position", "reason_id", "note", *LINE_COLUMNS],
        rows,
        actor=actor,
        reason=reason,
    )
    changed = []
    for key, stored in old.items():
        if key in computed:
            values = line_values(computed[key], document.inputs)
            if values != tuple(getattr(stored, name) for name in LINE_COLUMNS):
                changed.append((stored.pk, *values))
    update_rows(BackflushLine, LINE_COLUMNS, changed, actor=actor, reason=reason)
    insert_picks(
        [pick for key, line in computed.items() for pick in pick_values(ids[key], line)],
        actor=actor,
        reason=reason,
    )


def _key(line: Any, inputs: Any) -> Key:
    return (inputs[line.input_key] if line.input_key is not None else None, line.item, line.stands_in_for)
