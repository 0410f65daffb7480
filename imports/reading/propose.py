"""What a file says about itself: the proposed mapping with its evidence, and the questions that are left."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from .aliases import other_matches
from .ask import ask_column, choose_sheet, given, hints, samples
from .blocks import Record
from .daynumbers import judge_day_numbers
from .evidence import Decision, Question, contradictions, judge_date_order, judge_decimal_mark
from .header import SEARCHED, Header, find_header, without_reason
from .kinds import KINDS, KindSpec
from .mapping import NO_HEADER, Mapping
from .source import Source, TextSource
from .table import Table, lay_out
from .words import plain

_JUDGED = {judge_decimal_mark: "decimal_mark", judge_date_order: "date_order"}


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column of the file, as the page shows it."""

    index: int
    header: str
    samples: tuple[str, ...]
    canonical: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """`mapping` is complete but for the questions; `signature` finds the mapping remembered for these headers."""

    kind: KindSpec
    mapping: Mapping
    decisions: tuple[Decision, ...]
    questions: tuple[Question, ...]
    columns: tuple[SourceColumn, ...]
    signature: str
    facts: dict[str, str]
    data_rows: int

    @property
    def is_settled(self) -> bool:
        """Is nothing left to ask that the file cannot be read without?"""
        return not any(question.is_blocking for question in self.questions)


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the table stands and what its columns are called; `header_row` is -1 where there is no header."""

    header_row: int
    headers: tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """A file laid out, its mapping filled with what could be proven, and what could not be."""

    source: Source
    table: Table
    mapping: Mapping
    decisions: tuple[Decision, ...]
    questions: tuple[Question, ...]


def propose_mapping(
    source: Source,
    kind: str,
    mapping: Mapping | None = None,
    *,
    is_recalled: bool = False,
    units: Collection[str] = (),
) -> Proposal:
    """What `mapping` (a remembered or half-answered one) leaves open is proposed, with evidence.

    With `is_recalled` it was made for another file with these headers, and what this file's values disprove is asked
    again. `units` are known beside the usual ones. Raises UnreadableFile, and MappingError where the given mapping does
    not fit the file.
    """
    settled = settle(source, KINDS[kind], mapping or Mapping(), is_recalled=is_recalled, units=units)
    table = settled.table
    columns: dict[str, str | int | None] = dict.fromkeys(table.kind.names)
    for name, index in table.sources.items():
        columns[name] = given(table, index)
    for name in (*settled.mapping.constants, *(["usage_per"] if settled.mapping.usage_per else [])):
        columns.pop(name, None)
    names = {index: name for name, index in table.sources.items()}
    return Proposal(
        kind=table.kind,
        mapping=settled.mapping.with_(
            columns=columns,
        ),
        decisions=settled.decisions,
        questions=settled.questions,
        columns=tuple(
            SourceColumn(index, table.header.label(index), samples(table, index), names.get(index))
            for index in range(table.width)
        ),
        signature=header_signature(source, kind),
        facts=source.facts(),
        data_rows=int(table.is_data.sum()),
    )


def settle(
    source: Source,
    kind: KindSpec,
    mapping: Mapping,
    *,
    is_recalled: bool = False,
    units: Collection[str] = (),
) -> Settled:
    """The file laid out by the mapping, with every gap of the mapping proven or asked."""
    source = source.mapped(mapping)
    decisions: list[Decision] = []
    questions: list[Question] = []
    if isinstance(source, TextSource):
        decisions.append(Decision("delimiter", source.delimiter, source.delimiter_evidence))
    if source.needs_sheet:
        source, chosen = choose_sheet(source, kind, mapping)
        if isinstance(chosen, Question):
            questions.append(chosen)
        else:
            decisions.append(chosen)
            mapping = mapping.with_(sheet=chosen.value)
    table = lay_out(source, kind, mapping, units)
    decisions.append(Decision("header_row", table.header.row, table.header.evidence))
    mapping = mapping.with_(header_row=table.header.row)
    for name, index in table.sources.items():
        if name not in mapping.columns:
            decisions.append(
                Decision(f"columns.{name}", table.header.label(index), _column_evidence(table, name))
            )
    if table.levels is not None and "parent_sku" in table.columns:
        label = table.label("level")
        words = f"{label} tells what each row belongs to: the last row above that is one level higher"
        decisions.append(Decision("parents", label, words))
    for spec in kind.required:
        if spec.name not in table.columns:
            questions.append(ask_column(table, spec))
    disproved = contradictions(table, mapping) if is_recalled else []
    questions += disproved
    decisions += _still_so(table, mapping, {question.key for question in disproved})
    for question in disproved:
        mapping = mapping.with_(**{question.key: None})
        if question.key == "decimal_mark":
            mapping = mapping.with_(thousands_mark=None)
    for judge in (judge_decimal_mark, judge_date_order):
        if any(question.key == _JUDGED[judge] for question in questions):
            continue
        verdict = judge(table, mapping)
        if isinstance(verdict, Question):
            questions.append(verdict)
        elif isinstance(verdict, Decision):
            decisions.append(verdict)
            mapping = mapping.with_(**{verdict.key: verdict.value})
    days = judge_day_numbers(table, mapping, source.day_zero)
    if isinstance(days, Question):
        questions.append(days)
    elif isinstance(days, Decision):
        decisions.append(days)
    questions += hints(table, mapping)
    return Settled(source, table, mapping, tuple(decisions), tuple(questions))


def outline(source: Source, kind: str, mapping: Mapping) -> Outline:
    """The file's columns, told from its first rows alone. Raises as `propose_mapping` does."""
    top, header = _headed(source.mapped(mapping), kind, mapping)
    width = len(header.names) if header.row != NO_HEADER else max(map(len, top), default=0)
    return Outline(header.row, tuple(header.label(index) for index in range(width)))


def _headed(source: Source, kind: str, mapping: Mapping) -> tuple[list[Record], Header]:
    if source.needs_sheet:
        source, _ = choose_sheet(source, KINDS[kind], mapping)
    top = source.top(SEARCHED)
    return top, find_header(top, kind, mapping)


def header_signature(source: Source, kind: str) -> str:
    """The same for files with the same headers, whatever their case and signs; of a file without, its width. Refused
    rows that come back mended have the headers of their file.

    Judged from the file alone: where a person said that the header is elsewhere, the next file finds that answer.
    """
    top, header = _headed(source, kind, Mapping())
    width = max(map(len, top), default=0)
    heads = "\x1f".join(map(plain, without_reason(header.names))) if header.row != NO_HEADER else f"{width}"
    return hashlib.sha256(f"{kind}\x1e{heads}".encode()).hexdigest()


def _still_so(table: Table, mapping: Mapping, disproved: set[str]) -> list[Decision]:
    """What this file's values show of what the mapping says already."""
    fresh = mapping.with_(decimal_mark=None, thousands_mark=None, date_order=None)
    verdicts = (judge_decimal_mark(table, fresh), judge_date_order(table, fresh))
    return [
        Decision(verdict.key, getattr(mapping, verdict.key), verdict.evidence)
        for verdict in verdicts
        if verdict is not None and verdict.key not in disproved and getattr(mapping, verdict.key)
    ]


def _column_evidence(table: Table, name: str) -> str:
    index = table.sources[name]
    label = table.header.label(index)
    others = [
        table.header.label(other)
        for other in other_matches(list(table.header.names), table.kind.name, name)
        if other != index and other not in table.sources.values()
    ]
    also = f"; {', '.join(others[:3])} could be meant too" if others else ""
    return f"{label} is a known name of {name}{also}"
