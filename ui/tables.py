"""The base of every table of django-tables2: our template, labels for folded rows, columns for values.

A column's ``td`` class says how it behaves: ``lead`` opens the line, ``key`` stays beside it when the row folds, ``n``
aligns numbers, ``p2`` and ``p3`` leave first when room is short (they come back in the folded row).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.safestring import SafeString

from ui import cells, formats


def td(classes: str) -> dict[str, dict[str, str]]:
    """The attributes of a column whose cells have these classes."""
    return {"td": {"class": classes}}


class Table(tables.Table):
    """Fifty rows to a page, in the look. Give ``empty_text`` in Meta or show an empty state instead of the table."""

    class Meta:
        template_name = "django_tables2/backflush.html"
        per_page = 50

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in self.columns.all():
            attrs = column.column.attrs
            own = attrs.setdefault("td", {})
            own.setdefault("class", "")
            own.setdefault("data-label", str(column.header))
            # Written once per column: django-tables2 would put the same attributes together for every cell.
            column.column.td_html = flatatt(column.attrs["td"])


class QuantityColumn(tables.Column):
    """A quantity or a count at the right, with every digit it has."""

    def __init__(self, *args: Any, is_signed: bool = False, classes: str = "n", **kwargs: Any) -> None:
        super().__init__(*args, attrs=td(classes), **kwargs)
        self.is_signed = is_signed

    def render(self, value: Decimal | int) -> str:
        return formats.quantity(value, signed=self.is_signed)


class MoneyColumn(tables.Column):
    """Minor units at the right. The table carries the ``organization`` whose currency it is."""

    def __init__(self, *args: Any, classes: str = "n", **kwargs: Any) -> None:
        super().__init__(*args, attrs=td(classes), **kwargs)

    def render(self, value: int, table: Any) -> str | SafeString:
        owner = table.organization
        return formats.money(value, owner.currency_code, owner.currency_decimals)


class VarianceColumn(MoneyColumn):
    """Minor units of a variance: sign, letter and colour."""

    def render(self, value: int, table: Any) -> str | SafeString:
        owner = table.organization
        return cells.variance_money(value, owner.currency_code, owner.currency_decimals)


class PillColumn(tables.Column):
    """A state as a pill, its words and tone looked up in ``states``."""

    def __init__(self, *args: Any, states: cells.StateTable, classes: str = "bare", **kwargs: Any) -> None:
        super().__init__(*args, attrs=td(classes), **kwargs)
        self.states = states

    def render(self, value: str, record: Any, bound_column: Any) -> SafeString:
        # Not ``value``: for a field with choices django-tables2 hands over the label instead of the state.
        return cells.status_pill(bound_column.accessor.resolve(record), self.states)


class CodeColumn(tables.Column):
    """The lead of a line: a code, linked by ``url(record)``, with ``describe(record)`` softly below."""

    def __init__(
        self,
        *args: Any,
        url: Callable[[Any], str] | None = None,
        describe: Callable[[Any], str] | None = None,
        classes: str = "lead",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, attrs=td(classes), **kwargs)
        self.url_of = url
        self.description_of = describe

    def render(self, value: Any, record: Any) -> SafeString:
        return cells.code(
            str(value),
            self.url_of(record) if self.url_of else "",
            self.description_of(record) if self.description_of else "",
        )


class DayColumn(tables.Column):
    def __init__(self, *args: Any, classes: str = "nowrap", **kwargs: Any) -> None:
        super().__init__(*args, attrs=td(classes), **kwargs)

    def render(self, value: date, table: Any) -> SafeString:
        return cells.day(value, this_year=timezone.localdate().year)
