"""How often a member is told by mail."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.history import history_of_model
from accounts.http import OrganizationRequest
from approvals.actions.notices import choose_frequency, wish_of
from approvals.choices import NoticeFrequency
from approvals.forms import NoticeForm
from approvals.models import NoticeWish
from ui.components import Crumb


@requires("read_books")
def notices(request: OrganizationRequest) -> HttpResponse:
    wish = wish_of(request.membership)
    is_told = not request.rights.isdisjoint({"sign_backflush", "submit_backflush"})
    form = NoticeForm(request.POST or None, initial={"frequency": wish.frequency})
    if request.method == "POST" and is_told and form.is_valid():
        choose_frequency(
            membership=request.membership,
            frequency=NoticeFrequency(form.cleaned_data["frequency"]),
            actor=request.user,
        )
        messages.success(request, "Your choice is kept.")
        return redirect("approvals:notices", request.organization.slug)
    context = {
        "form": form,
        "is_told": is_told,
        "address": request.user.email,
        "events": history_of_model(NoticeWish, id=wish.pk, limit=30) if wish.pk else [],
        "crumbs": [Crumb("Settings", reverse("accounts:settings", args=[request.organization.slug]))],
    }
    return render(request, "approvals/notices.html", context, status=422 if form.errors else 200)
