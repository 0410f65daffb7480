"""What a file cannot answer by itself, put as questions; and what it hints at without proving it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from .aliases import match_headers, other_matches
from .dates import parse_moment
from .evidence import Choice, Decision, Question
from .header import SEARCHED, find_header
from .issues import NATIVE, MappingError
from .kinds import DATED, NUMERIC, ColumnSpec, ColumnType, KindSpec
from .mapping import DATE_ORDERS, NO_HEADER, Mapping
from .numbers import BadValue, parse_number
from .source import Source
from .table import Table
from .values import Conventions, is_blank
from .words import plain

SAMPLES = 3
_BATCHES = (
    "board qty|board quantity|boards|build qty|build quantity|batch size|batch quantity|lot size|base quantity|"
    "number of boards|number of units|losgröße|losgroesse|basismenge|quantité de base|tamaño de lote"
)
_BATCH_WORDS = frozenset(map(plain, _BATCHES.split("|")))


def choose_sheet(source: Source, kind: KindSpec, mapping: Mapping) -> tuple[Source, Decision | Question]:
    """The one sheet that has all the columns that this kind needs; else the first, and a question."""
    given = {*mapping.constants, *(name for name, place in mapping.columns.items() if place is not None)}
    needed = {spec.name for spec in kind.required} - given
    fitting = []
    for sheet in source.sheets:
        top = source.at_sheet(sheet).top(SEARCHED)
        try:
            header = find_header(top, kind.name, mapping)
        except MappingError:
            continue
        if header.row != NO_HEADER and needed <= set(match_headers(list(header.names), kind.name)):
            fitting.append(sheet)
    if len(fitting) == 1:
        return source.at_sheet(fitting[0]), Decision(
            "sheet", fitting[0], f"of {len(source.sheets)} sheets it alone has the columns of {kind.name}"
        )
    return source.at_sheet(source.sheets[0]), Question(
        "sheet",
        f"Which sheet is to be read? There is {', '.join(map(repr, source.sheets))}.",
        tuple(Choice(sheet, sheet) for sheet in source.sheets),
        code="ask_sheet",
    )


def ask_column(table: Table, spec: ColumnSpec) -> Question:
    free = [index for index in range(table.width) if index not in table.sources.values()]
    fitting = [index for index in free if _fits(table, index, spec)]
    known = other_matches(list(table.header.names), table.kind.name, spec.name)
    same = [index for index in known if index in free]
    is_quantity = spec.type in NUMERIC
    heads = ", ".join(table.header.label(index) for index in range(min(table.width, 20))) or "none"
    what = "No quantity column" if spec.type is ColumnType.QUANTITY else "No column"
    return Question(
        f"columns.{spec.name}",
        f"{what} is known for {spec.name} ({spec.help.rstrip('.')}). The file has: {heads}. Say which column it is, "
        "or give one value for all rows.",
        tuple(Choice(given(table, index), table.header.label(index)) for index in (same or fitting)[:20]),
        likely=given(table, fitting[0]) if len(fitting) == 1 else None,
        code="no_quantity_column" if is_quantity else "no_column",
    )


def _fits(table: Table, index: int, spec: ColumnSpec) -> bool:
    """Could these values be of the column's type, by any convention?"""
    texts = samples(table, index)
    if spec.type in NUMERIC:
        return bool(texts) and all(_is_number(table.number(spec.name, text)) for text in texts)
    if spec.type in DATED:
        return bool(texts) and all(_is_date(text) for text in texts)
    return bool(texts)


def _is_number(text: str) -> bool:
    for mark in (".", ","):
        try:
            parse_number(text, mark, None, currency=True)
        except BadValue:
            continue
        return True
    return False


def _is_date(text: str) -> bool:
    for order in DATE_ORDERS:
        try:
            parse_moment(text, order)
        except BadValue:
            continue
        return True
    return False


def given(table: Table, index: int) -> str | int:
    """A column by its header where that is clear, else by its number."""
    name = table.header.names[index].strip() if index < len(table.header.names) else ""
    same = sum(1 for other in table.header.names if plain(other) == plain(name))
    return name if name and plain(name) and same == 1 else index


def samples(table: Table, index: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for record in table.data_rows():
        if index < len(record) and not is_blank(record[index]):
            found[record[index].removeprefix(NATIVE).strip()] = None
        if len(found) == SAMPLES:
            break
    return tuple(found)


def hints(table: Table, mapping: Mapping) -> Iterator[Question]:
    """What is worth asking although the file can be read without an answer."""
    if (count := int((table.is_total & table.is_data).sum())) and mapping.skip_totals is None:
        rows = "row reads as a total" if count == 1 else "rows read as totals or trailers"
        yield Question(
            "skip_totals",
            f"{count:,} {rows}. Leave them out?",
            (Choice(True, "leave them out"), Choice(False, "refuse them")),
            likely=True,
            is_blocking=False,
            code="ask_totals",
        )
    if mapping.blank is None:
        yield from _blanks(table)
    if mapping.usage_per is None and "usage" in table.sources and "usage_per" not in table.columns:
        yield from _batch_size(table, mapping)
    if mapping.quantities is None:
        yield from _running_totals(table, mapping)


def _blanks(table: Table) -> Iterator[Question]:
    """Blank cells that may mean "as above", and blank counts."""
    data = table.is_data & ~table.is_total
    for name in table.kind.groups:
        column = table.columns.get(name)
        if column is None or name not in table.sources:
            continue
        blank = column.where([is_blank(text) for text in column.texts]) & data
        first = int(np.flatnonzero(data)[0]) if data.any() else 0
        if (count := int(blank.sum())) and not blank[first]:
            label = table.label(name)
            yield Question(
                "blank",
                f"{label} is blank in {count:,} row{'' if count == 1 else 's'}, but filled in the first. Does blank "
                "mean: as above?",
                (
                    Choice("above", "as in the row above"),
                    Choice("empty", "nothing is known; refuse these rows"),
                ),
                likely="above",
                is_blocking=False,
                code="ask_blank",
            )
            return
    if "on_hand" in table.sources:
        column = table.columns["on_hand"]
        if count := int((column.where([is_blank(text) for text in column.texts]) & data).sum()):
            yield Question(
                "blank",
                f"{count:,} {'count is' if count == 1 else 'counts are'} blank, which is not zero. What does a blank "
                "count mean?",
                (Choice("keep", "the balance stays as it is"), Choice("empty", "there is nothing: zero")),
                is_blocking=False,
                code="ask_blank",
            )


def _batch_size(table: Table, mapping: Mapping) -> Iterator[Question]:
    """A title such as "Board Qty: 100" over quantities that are all multiples of it."""
    for record in table.top[: max(table.header.row, 0)]:
        for place, cell in enumerate(record[:-1]):
            if plain(cell.removeprefix(NATIVE)) not in _BATCH_WORDS:
                continue
            size = _number(record[place + 1], mapping)
            usages = [
                _number(table.number("usage", text), mapping)
                for text in table.columns["usage"].texts
                if not is_blank(text)
            ]
            known = [usage for usage in usages if usage is not None]
            if size and size > 1 and known and all(usage % size == 0 for usage in known):
                yield Question(
                    "usage_per",
                    f"The title says {cell.strip().rstrip(':')}: {size}, and every quantity is a multiple of {size}. "
                    f"Are the quantities for {size}, not for one?",
                    (Choice(str(size), f"for {size}"), Choice("unit", "for one")),
                    likely=str(size),
                    is_blocking=False,
                    code="ask_usage_per",
                )
                return


def _running_totals(table: Table, mapping: Mapping) -> Iterator[Question]:
    """Orders that report several times, each time more than before."""
    if table.kind.name != "completions" or not {"wo_number", "completed_qty"} <= set(table.sources):
        return
    names = [name for name in ("wo_number", "sku", "operation") if name in table.sources]
    data = np.flatnonzero(table.is_data & ~table.is_total)
    quantities = [
        _number(table.number("completed_qty", text), mapping) for text in table.columns["completed_qty"].texts
    ]
    reports: dict[tuple[int, ...], list[Decimal]] = {}
    for *key, number in zip(
        *(table.columns[name].ids[data].tolist() for name in (*names, "completed_qty")), strict=True
    ):
        quantity = quantities[number]
        if quantity is None:
            return
        reports.setdefault(tuple(key), []).append(quantity)
    several = [report for report in reports.values() if len(report) > 1]
    rising = [report for report in several if report == sorted(report) and report[0] != report[-1]]
    if len(several) < 2 or len(rising) < len(several):
        return
    yield Question(
        "quantities",
        f"{len(several):,} orders report more than once, and in all of them each report is at least the one before. "
        "Are the quantities running totals?",
        (Choice("running", "running totals"), Choice("each", "each report counts its own")),
        is_blocking=False,
        code="ask_running",
    )


def _number(text: str, mapping: Mapping) -> Decimal | None:
    conventions = Conventions.of(mapping)
    try:
        return parse_number(text, conventions.decimal_mark, conventions.thousands_mark)
    except BadValue:
        return None
