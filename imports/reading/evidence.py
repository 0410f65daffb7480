"""Decimal mark and date order, proven from all values of a file; where they cannot be, the question to ask."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from .dates import ORDER_WORDS, parse_moment, possible_orders
from .issues import NATIVE, shown
from .kinds import DATED, NUMERIC, ColumnType
from .mapping import Mapping
from .numbers import BadValue, bare, number_pattern, parse_number
from .table import Table
from .values import is_blank

MARK_WORDS = {",": "decimal comma", ".": "decimal point"}
# One cell in a long column does not decide for the others: they must be outnumbered less than this.
OUTNUMBERED = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its value in the mapping, and what it would mean for this file."""

    value: str | int | bool
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the file cannot answer. `key` is the mapping's key ("columns.sku" for a column); `likely` is a hint
    for the page and is never taken by itself. Without an answer to a blocking one, nothing is read."""

    key: str
    text: str
    choices: tuple[Choice, ...] = ()
    likely: str | int | bool | None = None
    is_blocking: bool = True
    code: str = "question"
    evidence: str = ""

    @property
    def remedy(self) -> str:
        """How the mapping answers it."""
        name = self.key.removeprefix("columns.")
        if name != self.key:
            return f'In the mapping: "columns": {{"{name}": …}}, or "constants": {{"{name}": …}}.'
        answers = " or ".join(json.dumps(choice.value, ensure_ascii=False) for choice in self.choices)
        return f'In the mapping: "{self.key}": {answers}.'


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, and the evidence for it in words."""

    key: str
    value: str | int | bool | None
    evidence: str


Verdict = Decision | Question | None


def judge_decimal_mark(table: Table, mapping: Mapping) -> Verdict:
    """None where no value needs a mark."""
    if mapping.decimal_mark is not None:
        return None
    if mapping.thousands_mark in (",", "."):
        mark = "," if mapping.thousands_mark == "." else "."
        return Decision("decimal_mark", mark, "the mapping's thousands mark leaves no other")
    rows: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for name, text, count in _texts(table, NUMERIC | {ColumnType.NUMBER}):
        meaning = _mark_of(text, table.kind.column(name).type)
        rows[meaning] += count
        rows["all"] += count
        examples.setdefault(meaning, shown(text.strip()))
    comma, point, open_ = rows[","], rows["."], rows["either"]
    if not comma and not point and not open_:
        return None
    total = rows["all"] - rows["neither"]
    free = rows["none"] + open_
    evidence = (
        f"{comma + free:,} of {total:,} values read as decimal comma; {point + free:,} as decimal point"
    )
    winner, wins, losses = (",", comma, point) if comma > point else (".", point, comma)
    if wins and losses * OUTNUMBERED <= wins and open_ <= wins * OUTNUMBERED:
        proof = f"; {examples[winner]} cannot be read otherwise" if examples.get(winner) else ""
        return Decision("decimal_mark", winner, evidence + proof)
    if not wins and (sums := _proven_by_sums(table)):
        return sums
    example = examples.get("either") or examples.get(",") or examples[winner]
    return Question(
        "decimal_mark",
        f"Is {example} written with a decimal comma or a decimal point? {evidence}"
        + (f", but {examples[',']} and {examples['.']} contradict each other" if comma and point else "")
        + ".",
        tuple(Choice(mark, f"{MARK_WORDS[mark]}: {example} is {_as(example, mark)}") for mark in (",", ".")),
        likely=winner if wins else None,
        code="ask_decimal_mark",
        evidence=evidence,
    )


def _mark_of(text: str, kind: ColumnType) -> str:
    """Which decimal mark a text needs: one of them, either (1,234), none (12), or it is no number (neither)."""
    if text.startswith(NATIVE):
        return "none"
    try:
        body, _ = bare(text, currency=kind is ColumnType.COST, percent=kind is ColumnType.PERCENT)
    except BadValue:
        return "neither"
    body = body.rstrip("0123456789eE+-") if "e" in body.lower() else body
    as_comma = number_pattern(",", None).match(body)
    as_point = number_pattern(".", None).match(body)
    if as_comma and as_point:
        return "either" if "," in body or "." in body else "none"
    return "," if as_comma else "." if as_point else "neither"


def _as(example: str, mark: str) -> str:
    try:
        return format(parse_number(example, mark, None, currency=True, percent=True), "f")
    except BadValue:
        return "not a number"


def _proven_by_sums(table: Table) -> Decision | None:
    """Ordered = completed + scrapped, row by row: it holds by the right mark and breaks by the wrong one."""
    names = ("order_qty", "completed_qty", "scrap_qty")
    if not all(name in table.sources for name in names):
        return None
    columns = [table.columns[name] for name in names]
    data = table.is_evidence
    triples = np.unique(
        np.stack([column.ids[data] for column in columns], axis=1), axis=0, return_counts=True
    )
    holds: Counter[str] = Counter()
    for ids, count in zip(triples[0].tolist(), triples[1].tolist(), strict=True):
        texts = [
            table.number(name, column.texts[number])
            for name, column, number in zip(names, columns, ids, strict=True)
        ]
        fits = {mark: _adds_up(texts, mark) for mark in (",", ".")}
        if fits[","] != fits["."]:
            holds["," if fits[","] else "."] += count
    (mark, rows), *others = holds.most_common() or [(".", 0)]
    if rows < 2 or others:
        return None
    other = "," if mark == "." else "."
    return Decision(
        "decimal_mark",
        mark,
        f"in {rows:,} rows ordered = completed + scrapped only with a {MARK_WORDS[mark]}, in none only with a "
        f"{MARK_WORDS[other]}",
    )


def _adds_up(texts: list[str], mark: str) -> bool:
    numbers = []
    for text in texts:
        if is_blank(text):
            numbers.append(Decimal(0))
            continue
        try:
            numbers.append(parse_number(text, mark, None))
        except BadValue:
            return False
    return numbers[0] == numbers[1] + numbers[2]


def judge_date_order(table: Table, mapping: Mapping) -> Verdict:
    """None where every date can be read in one way alone."""
    if mapping.date_order is not None:
        return None
    able: Counter[str] = Counter()
    only: Counter[str] = Counter()
    proof: dict[str, str] = {}
    total, differs, example = 0, 0, ""
    for _, text, count in _texts(table, DATED):
        orders = possible_orders(text)
        if orders is None or not orders:
            continue
        total += count
        for order in orders:
            able[order] += count
        if len(orders) == 1:
            order = next(iter(orders))
            only[order] += count
            proof.setdefault(order, shown(text.strip()))
        elif _readings(text, orders) > 1:
            differs += count
            example = example or shown(text.strip())
    if not total:
        return None
    ranked = able.most_common()
    evidence = "; ".join(f"{able[order]:,} of {total:,} dates read as {ORDER_WORDS[order]}" for order in able)
    best, wins = max(only.items(), key=lambda item: item[1], default=(ranked[0][0], 0))
    losses = sum(only.values()) - wins
    if not differs and not losses:
        return Decision("date_order", best, evidence)
    if wins and losses * OUTNUMBERED <= wins and differs <= wins * OUTNUMBERED:
        return Decision("date_order", best, f"{evidence}; {proof[best]} cannot be read otherwise")
    example = example or next(iter(proof.values()))
    return Question(
        "date_order",
        f"Which comes first in {example}: the day, the month or the year? {evidence}.",
        tuple(Choice(order, f"{ORDER_WORDS[order]}: {_day(example, order)}") for order, _ in ranked),
        likely=best if wins else None,
        code="ask_date_order",
        evidence=evidence,
    )


def contradictions(table: Table, mapping: Mapping) -> list[Question]:
    """Where a mapping that was made for another file with these headers says what this file's values disprove."""
    found = []
    marks = judge_decimal_mark(table, mapping.with_(decimal_mark=None, thousands_mark=None))
    if mapping.decimal_mark and isinstance(marks, Decision) and marks.value != mapping.decimal_mark:
        found.append(
            Question(
                "decimal_mark",
                f"Last time these files had a {MARK_WORDS[mapping.decimal_mark]}, but now {marks.evidence}. Which is "
                "it?",
                tuple(Choice(mark, words) for mark, words in MARK_WORDS.items()),
                likely=marks.value,
                code="ask_decimal_mark",
            )
        )
    order = judge_date_order(table, mapping.with_(date_order=None))
    if mapping.date_order and isinstance(order, Decision) and not _all_read_as(table, mapping.date_order):
        found.append(
            Question(
                "date_order",
                f"Last time these files had dates as {ORDER_WORDS[mapping.date_order]}, but now {order.evidence}. "
                "Which is it?",
                tuple(Choice(name, words) for name, words in ORDER_WORDS.items()),
                likely=order.value,
                code="ask_date_order",
            )
        )
    return found


def _all_read_as(table: Table, order: str) -> bool:
    return all(
        order in orders
        for _, text, _ in _texts(table, DATED)
        if (orders := possible_orders(text))  # None needs no order, and none at all is no date in any
    )


def _readings(text: str, orders: frozenset[str]) -> int:
    return len({_day(text, order) for order in orders})


def _day(text: str, order: str) -> str:
    try:
        moment = parse_moment(text, order)
    except BadValue:
        return "no date"
    return f"{moment:%d %B %Y}" if moment else "no date"


def _texts(table: Table, types: frozenset[ColumnType]) -> list[tuple[str, str, int]]:
    """(column, text without a unit, rows) of every distinct filled cell of these types in rows that are data."""
    data = table.is_evidence
    found = []
    for name, column in table.columns.items():
        if name not in table.sources or table.kind.column(name).type not in types:
            continue
        counts = column.counts(data).tolist()
        found += [
            (name, table.number(name, text), count)
            for text, count in zip(column.texts, counts, strict=True)
            if count and not is_blank(text)
        ]
    return found
