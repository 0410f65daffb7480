"""The accounts of the journal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.errors import AppError
from accounts.history import history_of_model
from accounts.http import OrganizationRequest
from accounts.validation import answer_on_form
from accounts.views.history import SHOWN, history_page
from inventory.actions.rules import remove_account_mapping, save_account_mapping
from inventory.forms_rules import AccountForm, WhyForm
from inventory.models import AccountMapping
from inventory.queries.rules import accounts_by_part
from ui.components import Crumb


def _crumbs(request: OrganizationRequest) -> list[Crumb]:
    slug = request.organization.slug
    return [
        Crumb("Settings", reverse("accounts:settings", args=[slug])),
        Crumb("Accounts", reverse("rules:accounts", args=[slug])),
    ]


@requires("read_books")
def account_list(request: OrganizationRequest) -> HttpResponse:
    parts = accounts_by_part()
    context = {
        "parts": parts,
        "missing": [part.label for part, found in parts if not any(not one.item_class for one in found)],
        "may_change": "maintain_rules" in request.rights,
        "crumbs": _crumbs(request)[:1],
    }
    return render(request, "inventory/accounts.html", context)


@requires("maintain_rules")
def new_account(request: OrganizationRequest) -> HttpResponse:
    return _form(request, None)


@requires("maintain_rules")
def edit_account(request: OrganizationRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(AccountMapping, pk=pk))


def _form(request: OrganizationRequest, mapping: AccountMapping | None) -> HttpResponse:
    form = AccountForm(request.POST or None, mapping=mapping)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_account_mapping(
                organization=request.organization, mapping=mapping, actor=request.user, **form.cleaned_data
            )
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, f"{saved.get_role_display()} goes to {saved.account_code} from now on.")
            return redirect("rules:accounts", request.organization.slug)
    slug = request.organization.slug
    context = {
        "form": form,
        "title": "Change the account" if mapping and mapping.pk else "New account",
        "remove_url": reverse("rules:remove_account", args=[slug, mapping.pk])
        if mapping and mapping.pk and mapping.item_class
        else "",
        "back_url": reverse("rules:accounts", args=[slug]),
        "crumbs": _crumbs(request),
    }
    return render(request, "inventory/rule_form.html", context, status=422 if form.errors else 200)


@requires("maintain_rules")
def remove_account(request: OrganizationRequest, pk: int) -> HttpResponse:
    mapping = get_object_or_404(AccountMapping.objects.select_related("organization"), pk=pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_account_mapping(mapping=mapping, actor=request.user, why=form.cleaned_data["why"])
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, "Removed: the account for all items counts now.")
            return redirect("rules:accounts", request.organization.slug)
    slug = request.organization.slug
    context = {
        "title": f"Remove the account of {mapping.item_class or 'all items'}",
        "question": f"{mapping.get_role_display()} of {mapping.item_class or 'all items'} is {mapping.account_code}.",
        "consequences": ["Postings take the account for all items.", "What was posted keeps its account."],
        "action": "Remove it",
        "form": form,
        "back_url": reverse("rules:accounts", args=[slug]),
        "crumbs": _crumbs(request),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)


@requires("read_books")
def accounts_history(request: OrganizationRequest) -> HttpResponse:
    events = history_of_model(AccountMapping, limit=SHOWN)
    return history_page(request, title="How the accounts changed", crumbs=_crumbs(request), events=events)
