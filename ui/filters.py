"""What filter bars, chips, sort heads and pagers need: addresses that change one thing and keep the rest."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import HttpRequest

from ui import formats
from ui.components import Chip

SEARCH_FIELDS = ("q", "query", "search")


def address(request: HttpRequest, **changes: str | int | None) -> str:
    """The present address with some parameters changed; ``None`` removes one."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    text = query.urlencode()
    return f"{request.path}?{text}" if text else request.path


def _shown(field: BoundField, value: Any) -> str:
    """A filter's value as its own control writes it."""
    if isinstance(value, (list, tuple)) or hasattr(value, "all"):
        return ", ".join(_shown(field, item) for item in value)
    choices = getattr(field.field, "choices", None)
    if choices is not None and not hasattr(value, "pk"):
        for option, label in choices:
            inner = label if isinstance(label, (list, tuple)) else [(option, label)]
            for inner_option, inner_label in inner:
                if str(inner_option) == str(value):
                    return str(inner_label)
    if value is True:
        return "yes"
    if hasattr(value, "strftime"):
        return formats.day(value)
    if isinstance(value, slice):
        return f"{value.start or '…'} to {value.stop or '…'}"
    return str(value)


def chips(request: HttpRequest, form: BaseForm) -> list[Chip]:
    """One chip per filter that is set, each with the address that takes it away."""
    if not form.is_bound:
        return []
    form.is_valid()
    found = []
    for field in form.visible_fields():
        value = form.cleaned_data.get(field.name)
        if value in (None, "", [], ()) or (hasattr(value, "exists") and not value.exists()):
            continue
        names = [
            name for name in request.GET if name == field.html_name or name.startswith(f"{field.html_name}_")
        ]
        if names:
            label = f"{field.label}: {_shown(field, value)}"
            found.append(Chip(label, address(request, page=None, **dict.fromkeys(names))))
    return found


def kept_parameters(request: HttpRequest, form: BaseForm) -> list[tuple[str, str]]:
    """Parameters that are not the form's own (the sort order, say) and must survive its submission."""
    own = {field.html_name for field in form}
    return [
        (name, value)
        for name, values in request.GET.lists()
        if name != "page" and name not in own and not any(name.startswith(f"{field}_") for field in own)
        for value in values
    ]


def sort_context(request: HttpRequest, label: str, field: str, parameter: str = "sort") -> dict[str, Any]:
    """What a sortable head shows: its address and the order that holds now. A second press turns the order round."""
    present = request.GET.get(parameter, "")
    order = "ascending" if present == field else "descending" if present == f"-{field}" else ""
    following = f"-{field}" if order == "ascending" else field
    return {"label": label, "order": order, "url": address(request, **{parameter: following, "page": None})}


def pager_context(request: HttpRequest, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Page numbers with their addresses, gaps where numbers are left out, and what is shown of how many."""
    paginator = page.paginator
    numbers = []
    for number in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        is_gap = not isinstance(number, int)
        url = "" if is_gap else address(request, **{parameter: number})
        numbers.append({"number": number, "url": url, "is_gap": is_gap, "is_current": number == page.number})
    return {
        "page": page,
        "numbers": numbers,
        "has_pages": paginator.num_pages > 1,
        "shown": f"{page.start_index():,d}–{page.end_index():,d} of {paginator.count:,d}",
        "previous_url": address(request, **{parameter: page.previous_page_number()})
        if page.has_previous()
        else "",
        "next_url": address(request, **{parameter: page.next_page_number()}) if page.has_next() else "",
    }
