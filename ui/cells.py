"""Pieces of HTML inside a table's cell, made in Python so that a long list is formatted before it renders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import lru_cache

import heroicons
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ui import formats
from ui.charts import VarianceBar
from ui.components import TONES

StateTable = Mapping[str, tuple[str, str]]


def pill(label: str, tone: str = "mute") -> SafeString:
    """A state: a word on a tint. ``tone`` is one of ``ui.components.TONES``."""
    if tone not in TONES:
        raise ValueError(f"{tone!r} is no tone; use one of {', '.join(TONES)}")
    return format_html('<span class="pill tone-{}">{}</span>', tone, label)


def status_pill(state: str, table: StateTable) -> SafeString:
    """The pill of ``state``, its words and tone taken from ``table``."""
    label, tone = table[state]
    return pill(label, tone)


def tag(label: str, tone: str = "mute") -> SafeString:
    """A remark beside a figure: a cause, a flag."""
    return format_html('<span class="tag tone-{}">{}</span>', tone, label)


def toned(text: str, tone: str) -> SafeString:
    """``text`` coloured as unfavourable (``u``) or favourable (``f``); the text itself carries sign and letter."""
    return format_html('<span class="{}">{}</span>', tone, text) if tone else format_html("{}", text)


def variance_money(minor: int | None, code: str, decimals: int) -> SafeString:
    """An amount's variance with its sign, letter and colour."""
    return toned(formats.variance_money(minor, code, decimals), formats.tone(minor))


def code(label: str, url: str = "", description: str = "") -> SafeString:
    """The lead of a line: its code, linked, and a soft line of description below."""
    head = (
        format_html('<a class="code" href="{}">{}</a>', url, label)
        if url
        else format_html('<span class="code">{}</span>', label)
    )
    return head + format_html(' <span class="desc">{}</span>', description) if description else head


def time(value: datetime | None, zone: tzinfo, *, this_year: int | None = None) -> SafeString:
    """A moment in ``zone`` inside a time element."""
    if value is None:
        return SafeString(formats.NOTHING)
    text = formats.moment(value, zone, this_year=this_year)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


def day(value: date | None, *, this_year: int | None = None) -> SafeString:
    if value is None:
        return SafeString(formats.NOTHING)
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), formats.day(value, this_year=this_year)
    )


def bar(shape: VarianceBar) -> SafeString:
    """A variance bar as SVG. Its figure in words is its name; put the same words beside it (``bar_with_words``)."""
    drawn = SafeString("")
    if shape.length:
        drawn = format_html(
            '<rect class="{}" x="{}" y="1" width="{}" height="{}" rx="1.5"/>',
            shape.tone,
            shape.x,
            shape.length,
            shape.height - 2,
        )
    if shape.is_cut:
        drawn += format_html('<path class="more" d="{}"/>', shape.mark)
    return format_html(
        '<svg class="bar" width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-hidden="true" focusable="false">'
        '<path class="axis" d="M{2} 0v{1}"/>{3}</svg>',
        shape.width,
        shape.height,
        shape.zero,
        drawn,
    )


def bar_with_words(shape: VarianceBar) -> SafeString:
    """The bar and its words: what a cell shows."""
    return format_html('<span class="bar-cell">{}{}</span>', bar(shape), shape.label)


@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> SafeString:
    """A heroicon that accompanies words; it is hidden from those who listen."""
    style = "micro" if size <= 16 else "mini" if size <= 20 else "outline"
    return mark_safe(  # noqa: S308 - the library's own drawing
        heroicons._render_icon(style, name, size, {"aria_hidden": "true", "focusable": "false"})
    )
