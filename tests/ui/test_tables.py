"""Tables of django-tables2 in the look."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from django_tables2 import RequestConfig

from ui.tables import (
    CodeColumn,
    DayColumn,
    MoneyColumn,
    PillColumn,
    QuantityColumn,
    Table,
    VarianceColumn,
)

S = "\N{NO-BREAK SPACE}"


class Sample(Table):
    number = CodeColumn(url=lambda record: f"/b/{record['number']}", describe=lambda record: record["item"])
    state = PillColumn(states={"posted": ("Posted", "good")})
    good = QuantityColumn(verbose_name="Good")
    cost = MoneyColumn(verbose_name="Cost")
    variance = VarianceColumn(verbose_name="Variance", classes="n key")
    due = DayColumn(verbose_name="Due", classes="p3")
    organization = SimpleNamespace(currency_code="USD", currency_decimals=2)

    class Meta(Table.Meta):
        empty_text = "None yet."


ROW = {
    "number": "BF-1",
    "item": "P-310 <Pump>",
    "state": "posted",
    "good": Decimal("1180.500"),
    "cost": 421260,
    "variance": -1805,
    "due": date(2020, 11, 19),
}


def render(rows: list[dict[str, Any]], query: str = "") -> str:
    return render_table(Sample(rows), query)


def render_table(table: Table, query: str = "") -> str:
    request = RequestFactory().get(f"/list{query}")
    request.user = AnonymousUser()
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    source = "{% load django_tables2 %}{% render_table table %}"
    return Template(source).render(Context({"request": request, "table": table}))


def test_table_cells_are_printed_and_labelled() -> None:
    shown = render([ROW])
    assert (
        '<td class="lead" data-label="Number"><a class="code" href="/b/BF-1">BF-1</a> '
        '<span class="desc">P-310 &lt;Pump&gt;</span></td>' in shown
    )
    assert '<td class="bare" data-label="State"><span class="pill tone-good">Posted</span></td>' in shown
    assert '<td class="n" data-label="Good">1,180.5</td>' in shown
    assert '<td class="n" data-label="Cost">$4,212.60</td>' in shown
    assert f'<td class="key n" data-label="Variance"><span class="f">−$18.05{S}F</span></td>' in shown
    assert '<time datetime="2020-11-19">19 Nov 2020</time>' in shown
    assert '<th scope="col" class="p3">' in shown


def test_table_says_how_it_is_sorted() -> None:
    shown = render([ROW], "?sort=-good")
    assert (
        '<th scope="col" class="n" aria-sort="descending"><a class="sort" href="?sort=good">Good</a></th>'
        in shown
    )


def test_table_without_rows_says_so() -> None:
    assert '<tr class="empty"><td colspan="6">None yet.</td></tr>' in render([])


def test_table_pages_keep_the_order() -> None:
    shown = render([ROW] * 120, "?sort=good&page=2")
    assert "51–100 of 120" in shown
    assert 'href="/list?sort=good&amp;page=3"' in shown


def test_labels_of_one_table_do_not_reach_another() -> None:
    class Other(Sample):
        good = QuantityColumn(verbose_name="Built")

    assert 'data-label="Built"' in render_table(Other([ROW]))
    assert 'data-label="Good"' in render([ROW])
