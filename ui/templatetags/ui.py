"""The tag library of the look: ``{% load ui %}``. docs/interface.md shows how each is called.

Filters print single values. Lists format their rows before they render (``ui.formats``, ``ui.cells``); these wrap the
same functions for the few values of a page's head and side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ui import cells, charts, filters, formats
from ui.browsers import browser_name
from ui.components import Crumb, Event, Fact, Figure, Journal, KeyHint, Progress, Step, Tab

register = template.Library()

# --- values -------------------------------------------------------------------------------------------------------


@register.filter
def quantity(value: Decimal | int | None) -> str:
    return formats.quantity(value)


@register.filter
def browser(user_agent: str) -> str:
    return browser_name(user_agent)


@register.filter
def money(minor: int | None, organization: formats.HasCurrency) -> str:
    return formats.money(minor, organization.currency_code, organization.currency_decimals)


@register.filter
def variance(minor: int | None, organization: formats.HasCurrency) -> SafeString:
    return cells.variance_money(minor, organization.currency_code, organization.currency_decimals)


@register.filter
def unit_cost(value: Decimal | None, organization: formats.HasCurrency) -> str:
    return formats.unit_cost(value, organization.currency_code, organization.currency_decimals)


@register.filter
def percent(value: Decimal | int | None, places: int = 1) -> str:
    return formats.percent(value, places=places)


@register.filter
def day(value: date | datetime | None) -> SafeString:
    """A day; of a moment, the day it has in the present time zone."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return cells.day(value, this_year=timezone.localdate().year)


@register.filter
def moment(value: datetime | None) -> SafeString:
    """A moment in the present time zone, which is the organization's."""
    return cells.time(value, timezone.get_current_timezone(), this_year=timezone.localdate().year)


@register.filter
def counted(number: int, words: str) -> str:
    """``{{ 3|counted:"line" }}`` or ``{{ n|counted:"entry,entries" }}``."""
    one, _, many = words.partition(",")
    return formats.count(number, one, many or None)


@register.filter
def file_size(size: int) -> str:
    return formats.file_size(size)


@register.filter
def message_tone(level: str) -> str:
    """The tone of one of Django's message levels."""
    return {"success": "good", "warning": "warn", "error": "bad", "info": "info"}.get(level, "mute")


# --- small pieces -------------------------------------------------------------------------------------------------

register.simple_tag(cells.pill, name="pill")
register.simple_tag(cells.status_pill, name="status_pill")
register.simple_tag(cells.tag, name="tag")
register.simple_tag(cells.icon, name="icon")
register.simple_tag(cells.bar_with_words, name="variance_bar")


@register.simple_tag
def key(name: str) -> SafeString:
    return format_html("<kbd>{}</kbd>", name)


@register.inclusion_tag("ui/week_chart.html")
def week_chart(chart: charts.WeekChart) -> dict[str, Any]:
    return {"chart": chart}


# --- parts of a page ----------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/breadcrumbs.html")
def breadcrumbs(crumbs: Iterable[Crumb]) -> dict[str, Any]:
    return {"crumbs": crumbs}


@register.inclusion_tag("ui/figures.html")
def figures(items: Iterable[Figure]) -> dict[str, Any]:
    return {"figures": items}


@register.inclusion_tag("ui/timeline.html")
def timeline(events: Iterable[Event]) -> dict[str, Any]:
    return {"events": events}


@register.inclusion_tag("ui/tabs.html")
def tabs(items: Iterable[Tab], label: str = "Views") -> dict[str, Any]:
    return {"tabs": items, "label": label}


@register.inclusion_tag("ui/facts.html")
def facts(items: Iterable[Fact], lines: bool = False) -> dict[str, Any]:
    return {"facts": items, "lines": lines}


@register.inclusion_tag("ui/steps.html")
def steps(items: Iterable[Step]) -> dict[str, Any]:
    return {"steps": items}


@register.inclusion_tag("ui/journal.html")
def journal(book: Journal, caption: str = "Journal") -> dict[str, Any]:
    return {"journal": book, "caption": caption}


@register.inclusion_tag("ui/progress.html")
def progress(work: Progress) -> dict[str, Any]:
    return {"progress": work}


@register.inclusion_tag("ui/key_hints.html")
def key_hints(hints: Iterable[KeyHint]) -> dict[str, Any]:
    return {"hints": [(hint.keys.split(), hint.does) for hint in hints]}


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(
    context: Mapping[str, Any], page: Page[Any], parameter: str = "page", target: str = ""
) -> dict[str, Any]:
    """``target`` is the selector of the list, when htmx should swap it instead of loading the page."""
    return filters.pager_context(context["request"], page, parameter) | {"target": target}


@register.inclusion_tag("ui/filter_bar.html", takes_context=True)
def filter_bar(
    context: Mapping[str, Any], form: BaseForm, target: str = "", label: str = "Filter the list"
) -> dict[str, Any]:
    """``target`` is the selector of the list, when htmx should swap it as the filters change."""
    request: HttpRequest = context["request"]
    return {
        "form": form,
        "target": target,
        "label": label,
        "path": request.path,
        "search_fields": filters.SEARCH_FIELDS,
        "is_set": bool(filters.chips(request, form)),
        "kept": filters.kept_parameters(request, form),
    }


@register.inclusion_tag("ui/filter_chips.html", takes_context=True)
def filter_chips(context: Mapping[str, Any], form: BaseForm) -> dict[str, Any]:
    return {"chips": filters.chips(context["request"], form), "path": context["request"].path}


@register.inclusion_tag("ui/sort_head.html", takes_context=True)
def sort_head(
    context: Mapping[str, Any], label: str, field: str, classes: str = "", parameter: str = "sort"
) -> dict[str, Any]:
    return filters.sort_context(context["request"], label, field, parameter) | {"classes": classes}


@register.simple_block_tag(end_name="endemptystate")
def emptystate(content: str, title: str, icon: str = "inbox") -> SafeString:
    """Why nothing is here and the next step, inside: a paragraph and, in ``.actions``, a button."""
    return format_html(
        '<div class="empty-state">{}<h2>{}</h2>{}</div>', cells.icon(icon, 24), title, SafeString(content)
    )


@register.simple_block_tag(end_name="endnotice")
def notice(content: str, tone: str = "info") -> SafeString:
    """A remark that stays on the page."""
    return format_html(
        '<div class="notice tone-{}" role="note"><div>{}</div></div>', tone, SafeString(content)
    )
