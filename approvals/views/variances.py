"""Where use and standard part, over everything posted."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import requires
from accounts.http import OrganizationRequest
from approvals.forms import VarianceFilter
from approvals.tables import review_tabs, variance_rows
from backflush.queries.variances import lines_in_order, variance_file, variance_lines, with_causes

PER_PAGE = 50


@requires("read_books")
def variance_list(request: OrganizationRequest) -> HttpResponse:
    """Lines that differ from standard, the most money first; all of them as CSV."""
    form = VarianceFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    start, end, item = chosen.get("start"), chosen.get("end"), chosen.get("item", "").strip()
    organization = request.organization
    if request.GET.get("format") == "csv":
        newest = variance_lines(start=start, end=end, item=item)
        content = variance_file(newest, currency_code=organization.currency_code)
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        name = f"{organization.slug}-variances-{timezone.localdate().isoformat()}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    lines = variance_lines(start=start, end=end, item=item, by_money=True)
    page = Paginator(lines.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    kept["format"] = "csv"
    context: dict[str, Any] = {
        "tabs": review_tabs(request, "variances"),
        "form": form,
        "page": page,
        "rows": variance_rows(with_causes(lines_in_order(list(page.object_list))), organization),
        "csv_url": f"?{kept.urlencode()}",
    }
    return render(
        request, "approvals/variances.html#list" if request.htmx else "approvals/variances.html", context
    )
