"""The style guide: every component on one page, with made-up figures. Only where DEBUG is on."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django_tables2 import RequestConfig

from ui import samples
from ui.components import Progress

ROWS_TO_LOAD = 48210


def _only_while_developing() -> None:
    if not settings.DEBUG:
        raise Http404


def _progress(done: int) -> Progress:
    is_running = done < ROWS_TO_LOAD
    url = reverse("ui:styleguide_progress", args=[done]) if is_running else ""
    return Progress("Loading completions-1119.csv", done, ROWS_TO_LOAD, url, is_running)


def styleguide(request: HttpRequest) -> HttpResponse:
    _only_while_developing()
    table = samples.SampleTable(samples.ROWS)
    RequestConfig(request, paginate={"per_page": 8}).configure(table)
    wrong = samples.SampleForm({"code": "TOO LONG A CODE", "kind": "normal", "is_active": "on", "who": "all"})
    wrong.is_valid()
    wrong.add_error(None, "A reason with this code exists already. Choose another code or edit that reason.")
    if "message" in request.GET:
        messages.success(request, "Posted BF-000411. 14 lines relieved, the order is closed.")
        messages.error(
            request, "BF-000410 was changed by Priya since you opened it. Load the page again to see what."
        )
    context = samples.context() | {
        "table": table,
        "filter_form": samples.SampleFilter(request.GET or None),
        "form": samples.SampleForm(),
        "wrong_form": wrong,
        "upload_form": samples.SampleUpload(),
        "progress": _progress(18400),
        "paged": Paginator(range(620), 50).get_page(request.GET.get("p", 6)),
    }
    return render(request, "ui/styleguide.html", context)


def styleguide_progress(request: HttpRequest, done: int) -> HttpResponse:
    """The answer a running progress bar gets: itself, a little further."""
    _only_while_developing()
    return render(request, "ui/progress.html", {"progress": _progress(min(done + 4200, ROWS_TO_LOAD))})
