"""Addresses that change one thing and keep the rest; chips; pages; sorting."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory

from ui import filters
from ui.components import Chip


class Filter(forms.Form):
    q = forms.CharField(label="Search", required=False)
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "Any"), ("posted", "Posted")])
    since = forms.DateField(label="Since", required=False)


def asked(query: str) -> HttpRequest:
    return RequestFactory().get(f"/list?{query}")


def test_address_changes_one_parameter() -> None:
    request = asked("q=pump&page=3")
    assert filters.address(request, page=4) == "/list?q=pump&page=4"
    assert filters.address(request, page=None) == "/list?q=pump"
    assert filters.address(asked("page=3"), page=None) == "/list"


def test_chips_name_what_is_set_and_take_it_away() -> None:
    request = asked("q=pump&status=posted&since=2025-11-19&sort=-total&page=3")
    assert filters.chips(request, Filter(request.GET)) == [
        Chip("Search: pump", "/list?status=posted&since=2025-11-19&sort=-total"),
        Chip("Status: Posted", "/list?q=pump&since=2025-11-19&sort=-total"),
        Chip("Since: 19 Nov 2025", "/list?q=pump&status=posted&sort=-total"),
    ]


def test_chips_of_nothing_set() -> None:
    assert filters.chips(asked("q=&sort=total"), Filter({"q": ""})) == []
    assert filters.chips(asked(""), Filter()) == []


def test_kept_parameters_survive_the_filter_bar() -> None:
    request = asked("q=pump&sort=-total&page=3&tab=open&tab=mine")
    assert filters.kept_parameters(request, Filter(request.GET)) == [
        ("sort", "-total"),
        ("tab", "open"),
        ("tab", "mine"),
    ]


def test_sort_head_turns_round_on_the_second_press() -> None:
    first = filters.sort_context(asked("page=3"), "Money", "money")
    assert (first["order"], first["url"]) == ("", "/list?sort=money")
    second = filters.sort_context(asked("sort=money"), "Money", "money")
    assert (second["order"], second["url"]) == ("ascending", "/list?sort=-money")
    third = filters.sort_context(asked("sort=-money"), "Money", "money")
    assert (third["order"], third["url"]) == ("descending", "/list?sort=money")


def test_pager_leaves_gaps_and_keeps_filters() -> None:
    page = Paginator(range(620), 50).get_page(6)
    shown = filters.pager_context(asked("q=pump&page=6"), page)
    assert [str(item["number"]) for item in shown["numbers"]] == ["1", "…", "5", "6", "7", "…", "13"]
    assert shown["numbers"][2]["url"] == "/list?q=pump&page=5"
    assert shown["shown"] == "251–300 of 620"
    assert (shown["previous_url"], shown["next_url"]) == ("/list?q=pump&page=5", "/list?q=pump&page=7")


def test_pager_of_one_page_has_no_links() -> None:
    shown = filters.pager_context(asked(""), Paginator(range(3), 50).get_page(1))
    assert (shown["has_pages"], shown["previous_url"], shown["next_url"]) == (False, "", "")


def test_filter_bar_works_as_a_plain_form_and_with_htmx() -> None:
    request = asked("q=pump&sort=-total")
    context = Context({"request": request, "form": Filter(request.GET)})
    plain = Template("{% load ui %}{% filter_bar form %}").render(context)
    assert '<input type="hidden" name="sort" value="-total">' in plain
    assert 'value="pump"' in plain
    assert "hx-" not in plain
    swapped = Template('{% load ui %}{% filter_bar form target="#list" %}').render(context)
    assert 'hx-target="#list" hx-select="#list"' in swapped
