"""Submit, approve, return, discard, reverse: each a press of a button or a page that asks first."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from approvals.actions.recomputing import recompute
from approvals.actions.reversing import reverse
from approvals.actions.signing import approve_backflush, return_backflush
from approvals.actions.submitting import submit_backflush
from approvals.forms import NoteForm, ReasonForm, ReturnForm
from approvals.queries.documents import queue_of
from approvals.views.common import document_crumbs, document_or_404, refused, to_document
from backflush.actions.submitting import discard_backflush
from inventory.periods import closed_spans, first_open_day


@requires("submit_backflush")
@require_POST
def submit(request: OrganizationRequest, number: str) -> HttpResponse:
    backflush = document_or_404(number)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        result = submit_backflush(
            organization=request.organization, backflush_id=backflush.pk, actor=request.user, note=note
        )
    except AppError as error:
        return refused(request, error, number)
    if result.posted:
        messages.success(request, f"{number} is a standard run and is posted without a signature.")
    else:
        messages.success(request, f"{number} is submitted and waits for a signature.")
    return to_document(request, number)


@requires("sign_backflush")
@require_POST
def approve(request: OrganizationRequest, number: str) -> HttpResponse:
    backflush = document_or_404(number)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    day = backflush.completion.completed_on
    post_on = first_open_day(day, closed_spans()) if request.POST.get("first_open_day") else None
    try:
        result = approve_backflush(
            organization=request.organization,
            backflush_id=backflush.pk,
            actor=request.user,
            note=note,
            post_on=post_on,
        )
    except AppError as error:
        if error.code == "PERIOD_CLOSED":
            return _ask_open_day(request, number, error)
        return refused(request, error, number)
    if result.posted:
        messages.success(request, f"{number} is approved and posted.")
    else:
        messages.success(request, f"{number} is signed; another signature is needed.")
    mine, _ = queue_of(request.user, request.membership.role, request.organization, limit=50)
    if request.POST.get("next") and mine:
        return to_document(request, mine[0].backflush.number)
    return to_document(request, number)


def _ask_open_day(request: OrganizationRequest, number: str, error: AppError) -> HttpResponse:
    backflush = document_or_404(number)
    context = {
        "title": f"Post {number} on the first open day?",
        "question": error.message,
        "consequences": ["Stock and journal carry that day; the completion keeps its own."],
        "action": "Post on the first open day",
        "back_url": f"/o/{request.organization.slug}/review/{number}/",
        "fields": {"first_open_day": "1", "note": request.POST.get("note", "")},
        "crumbs": document_crumbs(request, backflush),
    }
    return render(request, "ui/confirm.html", context, status=422)


@requires("sign_backflush")
def send_back(request: OrganizationRequest, number: str) -> HttpResponse:
    backflush = document_or_404(number)
    form = ReturnForm(request.POST or None, backflush=backflush)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            return_backflush(
                organization=request.organization,
                backflush_id=backflush.pk,
                actor=request.user,
                note=data["note"],
                line_id=data["line"].pk if data["line"] else None,
                proposed_quantity=data["proposed_quantity"],
            )
        except AppError as error:
            return refused(request, error, number)
        messages.success(request, f"{number} is back with its planner.")
        return redirect("approvals:queue", request.organization.slug)
    context = {
        "title": f"Return {number} with a question",
        "question": "It goes back to its planner, who answers or mends it and submits it again.",
        "consequences": ["Signatures given so far count no more."],
        "action": "Return it",
        "form": form,
        "back_url": f"/o/{request.organization.slug}/review/{number}/",
        "crumbs": document_crumbs(request, backflush),
    }
    return render(request, "ui/confirm.html", context)


@requires("edit_backflush")
def discard(request: OrganizationRequest, number: str) -> HttpResponse:
    backflush = document_or_404(number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            discard_backflush(
                organization=request.organization,
                backflush_id=backflush.pk,
                actor=request.user,
                reason=form.cleaned_data["reason"],
            )
        except AppError as error:
            return refused(request, error, number)
        messages.success(request, f"{number} is discarded; its completion waits again.")
        return to_document(request, number)
    context = {
        "title": f"Discard {number}?",
        "question": "The draft ends. Nothing was posted.",
        "consequences": [
            "Its completion waits for a new draft.",
            "Reports of use that it held are free again.",
        ],
        "action": "Discard the draft",
        "is_dangerous": True,
        "form": form,
        "back_url": f"/o/{request.organization.slug}/review/{number}/",
        "crumbs": document_crumbs(request, backflush),
    }
    return render(request, "ui/confirm.html", context)


@requires("reverse_backflush")
def reverse_posting(request: OrganizationRequest, number: str) -> HttpResponse:
    backflush = document_or_404(number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reversed_ = reverse(
                organization=request.organization,
                backflush_id=backflush.pk,
                actor=request.user,
                reason=form.cleaned_data["reason"],
            )
        except AppError as error:
            return refused(request, error, number)
        day = reversed_.reversed_on
        moved = f" on {day:%d %b %Y}, the first open day" if day and day != reversed_.posted_on else ""
        messages.success(request, f"{number} is reversed{moved}. Its completion waits for a new draft.")
        return to_document(request, number)
    context = {
        "title": f"Reverse {number}?",
        "question": "The opposite of every stock entry and journal line is posted, in your name.",
        "consequences": [
            "Components go back to the lots they came from; finished goods go out at the value they came in.",
            "What was made and is used already goes below zero, or refuses the reversal: as its item's rule says.",
            "Where the ERP has loaded the original, the inverse falls due for export.",
            "The completion waits for a new draft.",
        ],
        "action": "Reverse the posting",
        "is_dangerous": True,
        "form": form,
        "back_url": f"/o/{request.organization.slug}/review/{number}/",
        "crumbs": document_crumbs(request, backflush),
    }
    return render(request, "ui/confirm.html", context)


@requires("edit_backflush")
@require_POST
def compute_again(request: OrganizationRequest, number: str) -> HttpResponse:
    backflush = document_or_404(number)
    try:
        recompute(organization=request.organization, backflush_id=backflush.pk, actor=request.user)
    except AppError as error:
        return refused(request, error, number)
    messages.success(request, f"{number} is computed again; the history shows what changed.")
    return to_document(request, number)
