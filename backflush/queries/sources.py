"""Where each number of a line comes from: the bill's row, the reports, the cost, earlier parts; with file and row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from accounts.files import file_names, row_of_file
from accounts.models import Organization
from backflush.choices import LineSource
from backflush.models import Backflush, BackflushLine
from ui import formats

SHOWN_REPORTS = 5

BILL_ROWS = """
SELECT l.id, m.revision, i.position, g.import_row, m.import_id
FROM backflush_backflushline l
JOIN production_workorderinput i ON i.id = l.input_id
LEFT JOIN production_bomline g ON g.id = i.bom_line_id
LEFT JOIN production_billofmaterials m ON m.id = g.bom_id
WHERE l.id = ANY(%s)
"""

REPORTS = """
SELECT u.item_id, u.input_id, u.quantity, u.lot_code, u.import_row, u.import_id
FROM backflush_helduse h JOIN production_reporteduse u ON u.id = h.reported_use_id
WHERE h.backflush_id = %s AND h.is_live ORDER BY u.id
"""

EARLIER = """
SELECT number FROM backflush_backflush WHERE id = ANY(%s) AND status NOT IN ('REVERSED', 'DISCARDED') ORDER BY id
"""


class Source(NamedTuple):
    """A number's name, and where it was read."""

    label: str
    words: str


class _Report(NamedTuple):
    item_id: int
    input_id: int | None
    quantity: Decimal
    lot_code: str
    import_row: int | None
    import_id: int | None


def sources_of(
    backflush: Backflush, lines: Sequence[BackflushLine], organization: Organization
) -> dict[int, list[Source]]:
    """By line, where its numbers come from (four queries, whatever the number of lines)."""
    bills = {row[0]: row[1:] for row in _rows(BILL_ROWS, [line.pk for line in lines])}
    reports = [_Report(*row) for row in _rows(REPORTS, backflush.pk)]
    completion = backflush.completion
    files = file_names(
        {bill[3] for bill in bills.values()}
        | {report.import_id for report in reports}
        | {completion.import_id}
    )
    earlier = [number for (number,) in _rows(EARLIER, list(backflush.computed_against))]
    reported = _by_line(reports)
    found: dict[int, list[Source]] = {}
    for line in lines:
        sources = found[line.pk] = []
        if line.pk in bills:
            revision, position, row, import_id = bills[line.pk]
            where = f"bill{f' rev {revision}' if revision else ''}, line {position}"
            sources.append(Source("Usage", _joined(where, row_of_file(row, files.get(import_id)))))
        else:
            sources.append(Source("Usage", "not on the bill"))
        if line.input_id is not None:
            told = f"completion {completion.reference}" if completion.reference else "the completion"
            row_words = row_of_file(completion.import_row, files.get(completion.import_id or 0))
            sources.append(Source("Good and scrap", _joined(told, row_words or "entered by hand")))
        if "held" in line.terms and earlier:
            sources.append(Source("Earlier parts", ", ".join(earlier)))
        sources.append(Source("Actual", _actual(line, reported, files)))
        if line.standard_unit_cost is not None:
            cost = formats.unit_cost(
                line.standard_unit_cost, organization.currency_code, organization.currency_decimals
            )
            words = f"{cost}, the standard of {formats.day(completion.completed_on)}"
        else:
            words = "no standard cost on that day"
        sources.append(Source("Unit cost", words))
    return found


def _by_line(reports: Sequence[_Report]) -> dict[tuple[int, int | None], list[_Report]]:
    """Reports by item, and by the input that they name, if any."""
    found: dict[tuple[int, int | None], list[_Report]] = defaultdict(list)
    for report in reports:
        found[report.item_id, report.input_id].append(report)
    return found


def _actual(
    line: BackflushLine, reported: dict[tuple[int, int | None], list[_Report]], files: dict[int, str]
) -> str:
    if line.source == LineSource.EDITED:
        return "changed by hand; the history says by whom"
    if line.source != LineSource.REPORTED:
        return "nothing was reported, so it is the expected quantity"
    rows = [*reported.get((line.item_id, line.input_id), ()), *reported.get((line.item_id, None), ())]
    told = []
    for report in rows[:SHOWN_REPORTS]:
        lot = f" of lot {report.lot_code}" if report.lot_code else ""
        where = row_of_file(report.import_row, files.get(report.import_id or 0))
        told.append(_joined(f"{formats.quantity(report.quantity)}{lot}", where))
    if len(rows) > SHOWN_REPORTS:
        told.append(f"{len(rows) - SHOWN_REPORTS} more")
    return "reported " + "; ".join(told) if told else "reported for another line: none was used here"


def _joined(words: str, where: str) -> str:
    return f"{words}, {where}" if where else words


def _rows(statement: str, parameter: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [parameter])
        return list(cursor.fetchall())
