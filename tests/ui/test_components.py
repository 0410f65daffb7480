"""The tag library: what each component writes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from ui import cells, charts
from ui.components import Crumb, Event, Fact, Figure, Journal, JournalRow, KeyHint, Progress, Step, Tab

USD = SimpleNamespace(currency_code="USD", currency_decimals=2)
S = "\N{NO-BREAK SPACE}"


def render(source: str, **context: Any) -> str:
    context.setdefault("request", RequestFactory().get("/list"))
    return Template("{% load ui %}" + source).render(Context(context)).strip()


def test_filters_print_as_the_functions_do() -> None:
    shown = render(
        "{{ q|quantity }} {{ m|money:usd }} {{ c|unit_cost:usd }} "
        "{{ p|percent }} {{ n|counted:'entry,entries' }} {{ one|counted:'line' }} {{ 4249|file_size }}",
        q=Decimal("1234.500"),
        m=421260,
        usd=USD,
        c=Decimal("0.0245"),
        p=Decimal("37.78"),
        n=3,
        one=1,
    )
    assert shown == f"1,234.5 $4,212.60 $0.0245 37.8{S}% 3 entries 1 line 4.2 kB"


@pytest.mark.parametrize(
    ("minor", "shown"),
    [
        (31280, f'<span class="u">+$312.80{S}U</span>'),
        (-1805, f'<span class="f">−$18.05{S}F</span>'),
        (0, "$0.00"),
    ],
)
def test_variance_filter_colours_what_has_a_letter(minor: int, shown: str) -> None:
    assert render("{{ minor|variance:usd }}", minor=minor, usd=USD) == shown


def test_moments_are_shown_in_the_active_zone() -> None:
    at = datetime(2020, 12, 31, 23, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Oslo")):
        assert (
            render("{{ at|moment }}", at=at)
            == '<time datetime="2020-12-31T23:30:00+00:00">1 Jan 2021 00:30</time>'
        )
        assert render("{{ at|day }}", at=at) == '<time datetime="2021-01-01">1 Jan 2021</time>'
    assert render("{{ at|day }}", at=date(2020, 2, 29)) == '<time datetime="2020-02-29">29 Feb 2020</time>'
    assert render("{{ at|moment }}{{ at|day }}", at=None) == "––"


def test_status_pill_takes_words_and_tone_from_the_table() -> None:
    states = {"posted": ("Posted", "good")}
    assert (
        render("{% status_pill 'posted' states %}", states=states)
        == '<span class="pill tone-good">Posted</span>'
    )


def test_pill_refuses_an_unknown_tone() -> None:
    with pytest.raises(ValueError, match="'red' is no tone"):
        cells.pill("Posted", "red")


def test_words_of_others_are_escaped() -> None:
    nasty = "<script>alert(1)</script>"
    for shown in (
        cells.pill(nasty),
        cells.tag(nasty),
        cells.code(nasty, nasty, nasty),
        cells.toned(nasty, "u"),
        cells.bar_with_words(charts.variance_bar(1, 2, label=nasty)),
        render("{% emptystate title %}{% endemptystate %}", title=nasty),
        render("{% figures items %}", items=[Figure(nasty, nasty, nasty)]),
        render("{% timeline items %}", items=[Event(nasty, nasty)]),
    ):
        assert "<script>" not in shown


def test_variance_bar_is_drawn_with_its_words_beside_it() -> None:
    shown = render("{% variance_bar bar %}", bar=charts.variance_bar(21, 42, label="+21 %"))
    assert '<rect class="u" x="42" y="1" width="21" height="6" rx="1.5"/>' in shown
    assert shown.endswith("</svg>+21 %</span>")
    assert "style=" not in shown


def test_figures_show_note_tone_and_link() -> None:
    shown = render("{% figures items %}", items=[Figure("Usage", "+$1.00 U", "3 lines", "u", "/lines")])
    assert '<dt>Usage</dt><dd class="u"><a href="/lines">+$1.00 U</a> <small>3 lines</small></dd>' in shown


def test_breadcrumbs_timeline_tabs_steps_facts() -> None:
    assert '<li><a href="/r">Review</a></li><li>WO-1</li>' in render(
        "{% breadcrumbs items %}", items=[Crumb("Review", "/r"), Crumb("WO-1")]
    )
    assert '<li class="now">Waiting<small>since 16:20</small></li>' in render(
        "{% timeline items %}", items=[Event("Waiting", "since 16:20", "now")]
    )
    assert '<a href="/j" aria-current="page">Journal <span class="count">0</span></a>' in render(
        "{% tabs items %}", items=[Tab("Journal", "/j", 0, True)]
    )
    assert '<li class="done">File</li><li aria-current="step">Check</li><li>Load</li>' in render(
        "{% steps items %}", items=[Step("File", "done"), Step("Check", "now"), Step("Load")]
    )
    assert '<dt>Order</dt><dd><a href="/o">WO-1</a></dd>' in render(
        "{% facts items %}", items=[Fact("Order", "WO-1", "/o")]
    )


def test_journal_shows_both_sides_and_their_sum() -> None:
    book = Journal(
        [JournalRow("1410", "WIP", "5.00"), JournalRow("1310", "Raw", "", "5.00")], "5.00", "5.00", "USD"
    )
    shown = render("{% journal book %}", book=book)
    assert "Debit, USD" in shown
    assert '<td class="lead credit"><span class="code">1310</span> Raw</td>' in shown
    assert shown.count("5.00") == 4


def test_progress_asks_again_only_while_it_runs() -> None:
    running = render("{% progress work %}", work=Progress("Loading", 18400, 48210, "/jobs/1"))
    assert 'hx-get="/jobs/1" hx-trigger="every 1s"' in running
    assert "18,400 of 48,210" in running
    assert 'value="38"' in running
    done = render("{% progress work %}", work=Progress("Loaded", 48210, 48210, "/jobs/1", False, "All rows."))
    assert "hx-get" not in done
    assert "All rows." in done
    waiting = render("{% progress work %}", work=Progress("Loading", 0, 0, "/jobs/1"))
    assert "waiting to start" in waiting
    assert "value=" not in waiting


def test_key_hints_name_each_key() -> None:
    shown = render("{% key_hints items %}", items=[KeyHint("j k", "next, previous")])
    assert shown == '<span class="wide-only"><kbd>j</kbd> <kbd>k</kbd> next, previous</span>'


def test_icon_is_hidden_from_those_who_listen() -> None:
    assert 'aria-hidden="true"' in render("{% icon 'cube' %}")


def test_week_chart_is_named_and_brings_its_table() -> None:
    chart = charts.week_chart(
        [charts.Week("1 Sep", (300,))], [("usage", "Usage")], title="By week", write=str
    )
    shown = render("{% week_chart chart %}", chart=chart)
    assert shown.count('role="img" aria-label="By week. 1 weeks') == 2
    assert '<td class="lead">1 Sep</td><td class="n">300</td><td class="n key">300</td>' in shown
    assert "style=" not in shown


def test_messages_for_htmx_are_added_to_the_toasts() -> None:
    said = [SimpleNamespace(level_tag="error", __str__=lambda: "x")]
    source = '{% include "ui/messages.html" with oob=True %}'
    assert render(source, messages=[]) == ""
    shown = render(source, messages=said)
    assert shown.startswith('<div hx-swap-oob="beforeend:#toasts"><div class="notice tone-bad" role="alert"')
