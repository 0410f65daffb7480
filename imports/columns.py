"""The page on which a person says how a file is read: what it shows, and the mapping that its answers make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imports.reading.kinds import KINDS
from imports.reading.mapping import (
    BLANKS,
    DATE_ORDERS,
    DAY_NUMBERS,
    DECIMAL_MARKS,
    QUANTITIES,
    THOUSANDS_MARKS,
)
from imports.reading.propose import Outline, Proposal
from imports.reading.words import plain

UNUSED = ""
SHOWN_AT_ONCE = 15
FIRST_COLUMNS = 8
MARKS = {".": "point  1.5", ",": "comma  1,5"}
THOUSANDS = {
    ",": "comma  1,234",
    ".": "point  1.234",
    " ": "space  1 234",
    "'": "apostrophe  1'234",
    "_": "underscore  1_234",
    "": "none",
}
DAYS = {
    "1900": "are days, counted from 1900",
    "1904": "are days, counted from 1904",
    "no": "are refused",
}
ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
BLANK_WORDS = {
    "keep": "nothing is said: what is there stays",
    "empty": "it is empty, or zero",
    "above": "the same as in the row above",
}
TOTAL_WORDS = {"each": "what each row adds", "running": "running totals: the difference counts"}


# What it means to leave a question open that may stay open: said, so that the next file does not ask again.
LEFT_AS_IT_IS: dict[str, Any] = {"quantities": "each", "usage_per": "unit", "skip_totals": False}


@dataclass(frozen=True, slots=True)
class Select:
    """A choice of the page: what is proposed is chosen, and the evidence stands below it."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str
    evidence: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of the file with values from it, and what it is taken for."""

    index: int
    header: str
    samples: tuple[str, ...]
    select: Select


def file_columns(proposal: Proposal) -> list[FileColumn]:
    """Every column of the file, in its order."""
    evidence = {decision.key: decision.evidence for decision in proposal.decisions}
    options = (
        (UNUSED, "not used"),
        *((spec.name, spec.name + ("*" if spec.required else "")) for spec in proposal.kind.columns),
    )
    return [
        FileColumn(
            column.index,
            column.header,
            column.samples,
            Select(
                f"column-{column.index}",
                column.header,
                options,
                column.canonical or UNUSED,
                evidence.get(f"columns.{column.canonical}", "") if column.canonical else "",
            ),
        )
        for column in proposal.columns
    ]


def worth_a_look(columns: list[FileColumn]) -> tuple[list[FileColumn], list[FileColumn]]:
    """A wide file's used columns and its first ones; the others are folded away."""
    if len(columns) <= SHOWN_AT_ONCE:
        return columns, []
    first = {column.index for column in columns[:FIRST_COLUMNS]}
    shown = [column for column in columns if column.index in first or column.select.value != UNUSED]
    return shown, [column for column in columns if column not in shown]


def settings(proposal: Proposal, sheets: Sequence[str] = ()) -> list[Select]:
    """How numbers, dates and blanks are meant, and which sheet. Only what this kind of file has."""
    mapping = proposal.mapping
    evidence = {decision.key: decision.evidence for decision in proposal.decisions}
    asked = {question.key: question for question in proposal.questions}

    def one(name: str, label: str, words: Mapping[str, str], value: Any, unsaid: str) -> Select:
        question = asked.get(name)
        options = dict(words)
        if question is not None:
            options |= {_word(c.value): c.label for c in question.choices if _word(c.value) not in options}
        chosen = "?" if value is None else _word(value)
        if chosen == "?" and question is not None and question.likely is not None:
            chosen = _word(question.likely)
        text = question.text if question is not None else ""
        return Select(name, label, (("?", unsaid), *options.items()), chosen, evidence.get(name, ""), text)

    found = [
        one("decimal_mark", "Decimal mark", MARKS, mapping.decimal_mark, "as the values prove"),
        one("thousands_mark", "Thousands mark", THOUSANDS, mapping.thousands_mark, "as the values prove"),
        one("date_order", "Dates", ORDERS, mapping.date_order, "as the values prove"),
        one("blank", "A blank cell", BLANK_WORDS, mapping.blank, "is refused where needed"),
        one(
            "skip_totals",
            "Rows that read as totals",
            {"true": "are left out", "false": "are refused"},
            mapping.skip_totals,
            "are refused",
        ),
    ]
    if "day_numbers" in asked or mapping.day_numbers:
        words = {} if "day_numbers" in asked else DAYS
        found.insert(3, one("day_numbers", "Numbers as dates", words, mapping.day_numbers, "say which"))
    if len(sheets) > 1:
        names = {name: name for name in sheets}
        found.insert(0, one("sheet", "Sheet", names, mapping.sheet, "the only one with cells"))
    if proposal.kind.name == "completions":
        found.append(one("quantities", "Quantities", TOTAL_WORDS, mapping.quantities, "what each row adds"))
    if proposal.kind.name == "boms" and "usage_per" not in [c.canonical for c in proposal.columns]:
        words = {
            "unit": "for one unit",
            "10": "for 10 units",
            "100": "for 100 units",
            "1000": "for 1,000 units",
        }
        words |= {"batch": "per batch", "order": "once per order"}
        found.append(one("usage_per", "Usages are", words, mapping.usage_per, "for one unit"))
    return found


def open_questions(proposal: Proposal) -> list[str]:
    """Questions about columns that are missing; the others stand beside their setting."""
    return [question.text for question in proposal.questions if question.key.startswith("columns.")]


def constants(proposal: Proposal) -> list[tuple[str, str, str]]:
    """Columns that the file does not have and that one value can stand for: name, help, value."""
    taken = {column.canonical for column in proposal.columns}
    free = sorted(
        (spec for spec in proposal.kind.columns if spec.name not in taken and spec.name != "usage_per"),
        key=lambda spec: not spec.required,
    )
    return [(spec.name, spec.help, proposal.mapping.constants.get(spec.name, "")) for spec in free]


def document_of(kind: str, answers: Mapping[str, str], file: Outline) -> dict[str, Any]:
    """The mapping that the page's answers make. What was left to the file's own proof stays out of it."""
    columns: dict[str, str | int | None] = dict.fromkeys(KINDS[kind].names)
    headers = [plain(header) for header in file.headers]
    for index, header in enumerate(file.headers):
        name = answers.get(f"column-{index}", UNUSED)
        if name in columns:
            columns[name] = header if _is_clear(header, headers) else index
    document: dict[str, Any] = {"header_row": file.header_row}
    said = {
        name: text
        for name, text in ((spec, answers.get(f"constant-{spec}", "").strip()) for spec in columns)
        if text and columns[name] is None
    }
    for name in said:
        columns.pop(name)
    if said:
        document["constants"] = said
    known = {
        "decimal_mark": DECIMAL_MARKS,
        "thousands_mark": THOUSANDS_MARKS,
        "date_order": DATE_ORDERS,
        "day_numbers": DAY_NUMBERS,
        "blank": BLANKS,
        "quantities": QUANTITIES,
    }
    for name, values in known.items():
        if answers.get(name) in values and name in answers:
            document[name] = answers[name]
    if answers.get("skip_totals") in ("true", "false"):
        document["skip_totals"] = answers["skip_totals"] == "true"
    if answers.get("usage_per", "?") != "?" and columns.get("usage_per") is None:
        columns.pop("usage_per", None)
        document["usage_per"] = answers["usage_per"]
    for name, usual in LEFT_AS_IT_IS.items():
        if f"asked-{name}" in answers and answers.get(name) == "?":
            document[name] = usual
    document |= place_of(answers)
    if answers.get("negative_stock") == "true":
        document["negative_stock"] = True
    document["columns"] = columns
    return document


def place_of(answers: Mapping[str, str]) -> dict[str, Any]:
    """Where the table stands in the file: header row, delimiter, sheet, as far as they are said."""
    place: dict[str, Any] = {}
    if answers.get("header_row", "").isdecimal():
        place["header_row"] = int(answers["header_row"]) - 1
    for name in ("delimiter", "sheet"):
        if answers.get(name, "?") not in ("?", ""):
            place[name] = answers[name]
    return place


def is_elsewhere(answers: Mapping[str, str]) -> bool:
    """Whether the table is now said to stand elsewhere than where the shown columns were read."""
    return any(
        name in answers and answers.get(f"read-{name}", answers[name]) != answers[name]
        for name in ("header_row", "delimiter", "sheet")
    )


def _is_clear(header: str, headers: list[str]) -> bool:
    """Whether a column can be named by its header: it has one, and no other column has the same."""
    is_made_up = re.fullmatch(r"column \d+", header) is not None
    return not is_made_up and plain(header) != "" and headers.count(plain(header)) == 1


def _word(value: object) -> str:
    """A mapping's value as a form's option names it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
