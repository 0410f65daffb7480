"""The SQL that formats a file's cells where the rows are, so that a file costs little more than copying them out.

Three layers, each reading the columns of the one below: `raw` values, `cells` as they stand in the file (NULL where a
value does not fit its column), and one `line` per entry, which is NULL as soon as one of its cells is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exports.choices import ColumnSource, DateFormat
from inventory.choices import AccountRole

from .layouts import Layout, LayoutColumn

DATE_PATTERNS: dict[str, str] = {
    DateFormat.ISO: "YYYY-MM-DD",
    DateFormat.ISO_SLASHES: "YYYY/MM/DD",
    DateFormat.DIGITS: "YYYYMMDD",
    DateFormat.MONTH_FIRST: "MM/DD/YYYY",
    DateFormat.DAY_FIRST: "DD/MM/YYYY",
    DateFormat.DAY_FIRST_DOTS: "DD.MM.YYYY",
    DateFormat.DAY_FIRST_DASHES: "DD-MM-YYYY",
}
APART = "\x01"  # between texts that are looked at together
# What a spreadsheet takes for the start of a formula; the full-width forms are folded to these by some.
FORMULA_STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]

# What stands in the entry itself, or is made of it: SQL over s (entry_id, n) and e (the entry).
SOURCES: dict[str, str] = {
    ColumnSource.ENTRY_ID: "e.id::text",
    ColumnSource.BATCH_NUMBER: "%(batch)s::text",
    ColumnSource.BATCH_DATE: "%(batch)s || '-' || to_char(e.effective_date::timestamp, 'YYYYMMDD')",
    ColumnSource.EXTERNAL_ID: "%(batch)s || '-' || s.n::text",
    ColumnSource.LINE_NUMBER: "s.n::text",
    ColumnSource.SIGNED_QUANTITY: "e.quantity",
    ColumnSource.RELIEF_QUANTITY: "-e.quantity",
    ColumnSource.ABSOLUTE_QUANTITY: "abs(e.quantity)",
    ColumnSource.UNIT_COST: "e.unit_cost",
    ColumnSource.AMOUNT: "e.amount_minor::numeric * %(minor_unit)s::numeric",
    ColumnSource.EVENT: "e.event",
    ColumnSource.EFFECTIVE_DATE: "to_char(e.effective_date::timestamp, %(date_pattern)s)",
    ColumnSource.DOCUMENT: "e.document_number",
    ColumnSource.WORK_ORDER: "e.order_number",
    ColumnSource.MEMO: "rtrim(e.document_number || ' ' || e.order_number)",
}
ACCOUNT = (
    "coalesce((SELECT a.account_code FROM inventory_accountmapping a "
    f"WHERE a.role = '{AccountRole.INVENTORY_ADJUSTMENT.value}' AND a.item_class IN (d.item_class, '') "
    "ORDER BY a.item_class DESC LIMIT 1), '')"
)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A table that many entries point to with `key`, and what its rows d give."""

    alias: str
    table: str
    key: str
    is_optional: bool
    sources: Mapping[str, str]


DIMENSIONS = (
    Dimension(
        "i",
        "inventory_item",
        "item_id",
        False,
        {
            ColumnSource.SKU: "d.sku",
            ColumnSource.DESCRIPTION: "d.description",
            ColumnSource.UNIT: "d.unit",
            ColumnSource.ACCOUNT: ACCOUNT,
        },
    ),
    Dimension("l", "inventory_location", "location_id", False, {ColumnSource.LOCATION: "d.code"}),
    Dimension("t", "inventory_lot", "lot_id", True, {ColumnSource.LOT: "d.code"}),
    Dimension("r", "inventory_reasoncode", "reason_id", True, {ColumnSource.REASON: "d.code"}),
)
SHARED = frozenset(source for dimension in DIMENSIONS for source in dimension.sources)


class Parameters:
    """Values for the statement, each under a name of its own."""

    def __init__(self, **named: Any) -> None:
        self.values: dict[str, Any] = dict(named)

    def add(self, value: Any) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


def cells_statement(layout: Layout, parameters: Parameters) -> str:
    """SELECT n, entry_id, quantity, amount_minor, raw values r0…, finished cells c0…, ready texts q…; unordered."""
    finished = ", ".join(
        f"({_finished(layout, column, f'r{at}', parameters)}) AS c{at}"
        for at, column in enumerate(layout.columns)
    )
    raw = ", ".join(f"r{at}" for at in range(len(layout.columns)))
    ready = "".join(f", q{at}" for at, column in enumerate(layout.columns) if _is_ready(column))
    values = _raw_statement(layout, parameters)
    return f"SELECT n, entry_id, quantity, amount_minor, {raw}, {finished}{ready} FROM ({values}) raw"


def lines_statement(layout: Layout, parameters: Parameters) -> str:
    """SELECT n, quantity, amount_minor and the entry's line, NULL where something does not fit; unordered.

    Hardly any text needs an apostrophe or quotes. What many entries share is made ready once for each row that they
    point to; of the rest one look at all the texts of a line tells, and only then is each looked at by itself.
    """
    plain, careful, texts = [], [], []
    for at, column in enumerate(layout.columns):
        cell = f"c{at}"
        if _is_ready(column):
            plain.append(f"q{at}")
            careful.append(f"q{at}")
        elif column.is_text:
            value = cell if _is_limited(column) else f"r{at}"
            plain.append(value)
            texts.append(value)
            careful.append(_quoted_text(layout, cell, parameters))
        else:
            plain.append(_quoted_number(layout, column, cell))
            careful.append(plain[-1])
    joint = f" || {parameters.add(layout.delimiter)} || "
    line = joint.join(plain)
    if texts:
        apart = f" || {parameters.add(APART)} || "
        special = parameters.add(_special(layout))
        line = f"CASE WHEN {apart.join(texts)} ~ {special} THEN {joint.join(careful)} ELSE {line} END"
    if len(layout.columns) == 1:
        line = f"coalesce(nullif({line}, ''), CASE WHEN c0 = '' THEN '\"\"' END)"  # an empty line is no row
    cells = cells_statement(layout, parameters)
    # OFFSET 0 keeps PostgreSQL from computing the line anew wherever it is used.
    return f"SELECT n, quantity, amount_minor, {line} AS line FROM ({cells}) cells OFFSET 0"


def body_statement(layout: Layout, parameters: Parameters) -> str:
    """SELECT all lines as one text, their totals, how many there are and how many do not fit."""
    end = parameters.add(layout.end)
    return (
        f"SELECT coalesce(string_agg(line, {end} ORDER BY n) || {end}, ''), coalesce(sum(quantity), 0), "
        "coalesce(sum(amount_minor), 0)::bigint, count(*), count(*) - count(line) "
        f"FROM ({lines_statement(layout, parameters)}) lines"
    )


def _raw_statement(layout: Layout, parameters: Parameters) -> str:
    """SELECT n, entry_id, quantity, amount_minor, raw values as r0…, and texts made ready for the file as q…"""
    values = {
        f"r{at}": _value(column, parameters)
        for at, column in enumerate(layout.columns)
        if column.source not in SHARED
    }
    joins = []
    for dimension in DIMENSIONS:
        places = [at for at, column in enumerate(layout.columns) if column.source in dimension.sources]
        if not places:
            continue
        shared = {}
        for at in places:
            column = layout.columns[at]
            text = _translated(column, dimension.sources[column.source], parameters)
            shared[f"r{at}"] = text
            if _is_ready(column):
                shared[f"q{at}"] = _quoted_text(
                    layout, f"({_finished(layout, column, text, parameters)})", parameters
                )
        values |= {
            name: f"coalesce({dimension.alias}.{name}, '')"
            if dimension.is_optional
            else f"{dimension.alias}.{name}"
            for name in shared
        }
        listed = ", ".join(f"{value} AS {name}" for name, value in shared.items())
        # Many entries: each row is made ready once. Few: only the rows that they point to.
        once = "OFFSET 0" if parameters.values["is_long"] else ""
        joins.append(
            f"{'LEFT JOIN' if dimension.is_optional else 'JOIN'} "
            f"(SELECT d.id, {listed} FROM {dimension.table} d {once}) {dimension.alias} "
            f"ON {dimension.alias}.id = e.{dimension.key}"
        )
    listed = ", ".join(f"{value} AS {name}" for name, value in values.items())
    return (
        f"SELECT s.n, s.entry_id, e.quantity, e.amount_minor, {listed} "
        "FROM unnest(%(entry_ids)s::bigint[]) WITH ORDINALITY AS s(entry_id, n) "
        f"JOIN inventory_stockentry e ON e.id = s.entry_id {' '.join(joins)} OFFSET 0"
    )


def _value(column: LayoutColumn, parameters: Parameters) -> str:
    if column.source == ColumnSource.CONSTANT:
        return f"{parameters.add(column.constant)}::text"
    if column.source == ColumnSource.DIRECTION:
        relief, _, back = column.constant.partition("|")
        return (
            f"CASE WHEN e.quantity < 0 THEN {parameters.add(relief.strip())}::text "
            f"ELSE {parameters.add(back.strip())}::text END"
        )
    value = SOURCES[column.source]
    return value if column.is_number else _translated(column, value, parameters)


def _translated(column: LayoutColumn, text: str, parameters: Parameters) -> str:
    if not column.translations:
        return f"{text}::text"
    return f"coalesce({parameters.add(json.dumps(dict(column.translations)))}::jsonb ->> {text}, {text})"


def _finished(layout: Layout, column: LayoutColumn, raw: str, parameters: Parameters) -> str:
    if column.is_number:
        text = _number(layout, column, raw)
    elif column.is_text and layout.is_guarded:
        starts = parameters.add(FORMULA_STARTS)
        text = f"CASE WHEN left({raw}, 1) = ANY({starts}::text[]) THEN '''' || {raw} ELSE {raw} END"
    else:
        text = raw
    if column.pad_to:
        wide = parameters.add(column.pad_to)
        is_short = f"length({text}) < {wide}::int AND {text} ~ '^[0-9]+$'"
        text = f"CASE WHEN {is_short} THEN lpad({text}, {wide}::int, '0') ELSE {text} END"
    fits = []
    if column.max_length:
        fits.append(f"length({text}) <= {parameters.add(column.max_length)}::int")
    if column.is_required:
        fits.append(f"{raw}::text <> ''")
    return f"CASE WHEN {' AND '.join(fits)} THEN {text} END" if fits else text


def _number(layout: Layout, column: LayoutColumn, raw: str) -> str:
    """A plain number. A unit cost is rounded to the column's decimals; a quantity or an amount must fit them.

    Without decimals an amount has its currency's, all else every digit it has.
    """
    if column.decimals is None:
        text = f"{raw}::text" if column.source == ColumnSource.AMOUNT else f"trim_scale({raw})::text"
    elif column.source == ColumnSource.UNIT_COST:
        text = f"round({raw}, {int(column.decimals)})::text"
    else:
        places = int(column.decimals)
        text = f"CASE WHEN {raw} = round({raw}, {places}) THEN round({raw}, {places})::text END"
    return text if layout.decimal_mark == "." else f"replace({text}, '.', ',')"


def _is_limited(column: LayoutColumn) -> bool:
    """Whether some values do not fit the column, or are filled up."""
    return bool(column.max_length or column.pad_to or column.is_required)


def _is_ready(column: LayoutColumn) -> bool:
    """Whether the column's text can be made ready where it is shared."""
    return column.source in SHARED and not _is_limited(column)


def _special(layout: Layout) -> str:
    """What in a line's texts, set apart, needs a closer look."""
    quotes = f'["\r\n{layout.delimiter}]'
    if not layout.is_guarded:
        return quotes
    starts = "".join(start for start in FORMULA_STARTS if start != "-")
    return f"(^|{APART})[{starts}-]|{quotes}"


def _quoted_text(layout: Layout, cell: str, parameters: Parameters) -> str:
    telling = parameters.add(f'["\r\n{layout.delimiter}]')
    quoted = f"'\"' || replace({cell}, '\"', '\"\"') || '\"'"
    return f"CASE WHEN {cell} ~ {telling} THEN {quoted} ELSE {cell} END"


def _quoted_number(layout: Layout, column: LayoutColumn, cell: str) -> str:
    if column.is_number and layout.decimal_mark == layout.delimiter:
        return f"CASE WHEN strpos({cell}, ',') > 0 THEN '\"' || {cell} || '\"' ELSE {cell} END"
    return cell
