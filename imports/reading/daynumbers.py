"""Days as spreadsheets count them: 45992 is 1 December 2025, or 2 December 2029 where the workbook counts from 1904.

A number in a column of dates is never taken for a day by itself. Where all values of a column are numbers of plausible
days, the person is asked once, or the mapping says it.
"""

from __future__ import annotations

from .dates import DAY_ZERO, day_number, is_no_date
from .evidence import Choice, Decision, Question, Verdict
from .issues import shown
from .kinds import DATED
from .mapping import Mapping
from .table import Table
from .values import is_blank


def said_day_zero(mapping: Mapping, own: str | None) -> str | None:
    """From when the days of this file are counted, where the mapping says that its numbers are days.

    A workbook's `own` way of counting comes before what was said of another file.
    """
    return None if mapping.day_numbers in (None, "no") else own or mapping.day_numbers


def day_columns(table: Table, system: str) -> frozenset[str]:
    """The columns of dates in which every value is the number of a plausible day (or no date at all)."""
    return frozenset(name for name in table.sources if _numbers(table, name, system))


def judge_day_numbers(table: Table, mapping: Mapping, system: str | None) -> Verdict:
    """None where no column is so. `system` is how the workbook counts, None for a file that does not tell."""
    if mapping.day_numbers == "no":
        return None
    systems = (system,) if system else tuple(DAY_ZERO)
    found = {one: names for one in systems if (names := sorted(day_columns(table, one)))}
    if said := said_day_zero(mapping, system):
        if said not in found:
            return None
        return Decision("day_numbers", mapping.day_numbers, _evidence(table, found[said], said))
    if not found:
        return None
    one = next(iter(found))
    example = _numbers(table, found[one][0], one)[0]
    choices = [
        Choice(one, f"{day:%d %B %Y} (counted from {one})")
        for one in found
        if (day := day_number(example, one))
    ]
    return Question(
        "day_numbers",
        f"{', '.join(map(table.label, found[one]))}: all values are numbers such as {shown(example)}. Are they days as "
        "spreadsheets count them?",
        (*choices, Choice("no", "no: refuse them")),
        likely=one,
        code="ask_day_numbers",
        evidence=_evidence(table, found[one], one),
    )


def _numbers(table: Table, name: str, system: str) -> list[str]:
    """The column's day numbers, or nothing where one of its values is anything else."""
    if table.kind.column(name).type not in DATED:
        return []
    column = table.columns[name]
    numbers = []
    for text, count in zip(column.texts, column.counts(table.is_evidence).tolist(), strict=True):
        if not count or is_blank(text):
            continue
        if day_number(text, system) is not None:
            numbers.append(text)
        elif not is_no_date(text):
            return []
    return numbers


def _evidence(table: Table, names: list[str], system: str) -> str:
    examples = [_numbers(table, name, system) for name in names]
    first = examples[0][0]
    day = day_number(first, system)
    return (
        f"all {sum(map(len, examples)):,} different values of {', '.join(map(table.label, names))} are day numbers: "
        f"{shown(first)} is {day:%d %B %Y}"
    )
