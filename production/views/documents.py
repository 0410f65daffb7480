"""Papers of an order: given, fetched, taken away."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from production.actions.documents import MOST_BYTES, add_document, remove_document
from production.forms import DocumentForm, ReasonForm
from production.models import Document
from production.views.common import confirm, order_or_404, refused, to_order


@requires("release_orders")
@require_POST
def add(request: OrganizationRequest, number: str) -> HttpResponse:
    order = order_or_404(number)
    form = DocumentForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "Choose a file first.")
        return to_order(request, order)
    file = form.cleaned_data["file"]
    if file.size > MOST_BYTES:
        messages.error(request, f"The file is larger than {MOST_BYTES // 1024**2} MB.")
        return to_order(request, order)
    try:
        paper = add_document(order, name=file.name, content=file.read(), actor=request.user)
    except AppError as error:
        return refused(request, error, order)
    messages.success(request, f"{paper.name} is kept with the order.")
    return to_order(request, order)


@requires("read_books")
def fetch(request: OrganizationRequest, number: str, pk: int) -> HttpResponse:
    """Always as an attachment: nothing that was given to us is ever shown as a page of ours."""
    paper = _paper(number, pk)
    header = content_disposition_header(as_attachment=True, filename=paper.name)
    return HttpResponse(
        bytes(paper.content),
        content_type=paper.content_type,
        headers={"Content-Disposition": header or "attachment"},
    )


@requires("release_orders")
def remove(request: OrganizationRequest, number: str, pk: int) -> HttpResponse:
    paper = _paper(number, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_document(paper, actor=request.user, reason=form.cleaned_data["reason"])
        except AppError as error:
            return refused(request, error, paper.work_order)
        messages.success(request, f"{paper.name} is taken away.")
        return to_order(request, paper.work_order)
    return confirm(
        request,
        paper.work_order,
        title=f"Take {paper.name} away?",
        question="The file is deleted; the history keeps its name and your reason.",
        consequences=[],
        action="Take it away",
        is_dangerous=True,
        form=form,
    )


def _paper(number: str, pk: int) -> Document:
    papers = Document.objects.select_related("work_order__organization")
    paper = papers.filter(work_order=order_or_404(number), pk=pk).first()
    if paper is None:
        raise Http404
    return paper
