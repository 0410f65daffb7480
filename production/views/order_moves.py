"""What is done with an order as a whole: each on a page that asks first."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from accounts.validation import answer_on_form
from production.actions.changing import change_work_order
from production.actions.orders import finish_order, move_work_order, reopen_order
from production.actions.snapshots import retake_snapshot
from production.choices import OrderStatus
from production.forms import NoteForm, OrderChangeForm, ReasonForm, RecipeForm
from production.models import WorkOrderOutput
from production.views.common import confirm, order_or_404, refused, to_order
from production.views.order_parts import MOVE_WORDS

MEANS = {
    OrderStatus.PLACED: ["From now on it takes completions; the first one moves it to Production."],
    OrderStatus.PRODUCTION: ["It takes completions, and they can be backflushed."],
    OrderStatus.CANCELLED: ["It takes no completions any more and cannot be taken up again."],
    OrderStatus.COMPLETED: ["Its completions can still be backflushed until it is closed."],
}


@requires("release_orders")
def move(request: OrganizationRequest, number: str, status: str) -> HttpResponse:
    order = order_or_404(number)
    if status not in OrderStatus.values:
        raise Http404
    to = OrderStatus(status)
    form_class = ReasonForm if to is OrderStatus.CANCELLED else NoteForm
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            move_work_order(order, to=to.value, actor=request.user, reason=form.cleaned_data["reason"])
        except AppError as error:
            return refused(request, error, order)
        messages.success(request, f"Order {order.number} is moved to {to.label}.")
        return to_order(request, order)
    return confirm(
        request,
        order,
        title=f"{MOVE_WORDS[to]}: {order.number}",
        question=f"The order is {order.get_status_display()} and will be {to.label}.",
        consequences=MEANS.get(to, []),
        action=MOVE_WORDS[to],
        is_dangerous=to is OrderStatus.CANCELLED,
        form=form,
    )


@requires("release_orders")
def change_order(request: OrganizationRequest, number: str) -> HttpResponse:
    """Its quantity, due day and site."""
    order = order_or_404(number)
    form = OrderChangeForm(request.POST or None, order=order)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            changed = change_work_order(
                order,
                quantities=form.quantities(),
                due_on=data["due_on"],
                work_site=data["work_site"],
                actor=request.user,
                reason=data["reason"],
            )
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, f"Order {order.number} is changed.")
            return to_order(request, changed)
    return confirm(
        request,
        order,
        title=f"Change {order.number}",
        question="Its recipe and what was reported stay as they are.",
        consequences=["Drafts that were computed with what changes must be computed anew."],
        action="Change the order",
        form=form,
    )


@requires("release_orders")
def finish(request: OrganizationRequest, number: str) -> HttpResponse:
    order = order_or_404(number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            finish_order(order, actor=request.user, reason=form.cleaned_data["reason"])
        except AppError as error:
            return refused(request, error, order)
        messages.success(request, f"Nothing more is expected of order {order.number}.")
        return to_order(request, order)
    return confirm(
        request,
        order,
        title=f"Finish {order.number} as it is?",
        question="Say that nothing more will be completed.",
        consequences=[
            "The last completion becomes the final one.",
            "The order closes as soon as all its completions are posted.",
        ],
        action="Finish the order",
        form=form,
    )


@requires("reopen_orders")
def reopen(request: OrganizationRequest, number: str) -> HttpResponse:
    order = order_or_404(number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_order(order, actor=request.user, reason=form.cleaned_data["reason"])
        except AppError as error:
            return refused(request, error, order)
        messages.success(request, f"Order {order.number} is open again.")
        return to_order(request, order)
    return confirm(
        request,
        order,
        title=f"Reopen {order.number}?",
        question="A closed order takes no completion and no backflush until somebody reopens it.",
        consequences=[
            "What is posted stays posted, and nothing is consumed twice.",
            "It takes completions and corrections again, and closes with the next final one.",
        ],
        action="Reopen the order",
        is_dangerous=True,
        form=form,
    )


@requires("release_orders")
def take_recipe(request: OrganizationRequest, number: str, output_id: int) -> HttpResponse:
    order = order_or_404(number)
    output = WorkOrderOutput.objects.filter(work_order=order, pk=output_id).select_related("item").first()
    if output is None:
        raise Http404
    form = RecipeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            retake_snapshot(output, actor=request.user, reason=data["reason"], on=data["on"])
        except AppError as error:
            return refused(request, error, order)
        messages.success(request, f"Order {order.number} has the recipe of {output.item.sku} anew.")
        return to_order(request, order)
    return confirm(
        request,
        order,
        title=f"Take the recipe of {output.item.sku} anew?",
        question="The order keeps the recipe that it was made with until you say otherwise.",
        consequences=["Its drafts are computed from the bill of materials as it holds on the day you give."],
        action="Take it anew",
        form=form,
    )
