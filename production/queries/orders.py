"""Orders as lists and pages read them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts.errors import AppError
from production.choices import BackflushState, OrderStatus
from production.models import Completion, Document, WorkOrder, WorkOrderInput, WorkOrderOutput

ZERO = Decimal(0)
WAITING = BackflushState.NONE.value
OPEN_STATES = (
    OrderStatus.PLACED,
    OrderStatus.PRODUCTION,
    OrderStatus.IN_TRANSIT,
    OrderStatus.PARTIAL,
    OrderStatus.RECEIVED,
    OrderStatus.COMPLETED,
)
SORTS = {
    "number": ("number",),
    "due": ("due_on", "-id"),
    "ordered": ("ordered_on", "-id"),
    "status": ("status", "-id"),
}


def prefix(field_name: str, text: str) -> Q:
    """Texts that begin so. The range is for the index, because row security lets no LIKE use one."""
    found = Q(**{f"{field_name}__gte": text, f"{field_name}__startswith": text})
    following = ord(text[-1]) + 1
    if following < 0xD800:
        found &= Q(**{f"{field_name}__lt": text[:-1] + chr(following)})
    return found


def found_orders(
    *,
    search: str = "",
    status: str = "",
    state: str = "",
    site: int | None = None,
    due_from: dt.date | None = None,
    due_to: dt.date | None = None,
    sort: str = "",
    before: int | None = None,
) -> QuerySet[WorkOrder]:
    """Orders whose number or product begins so, newest first. `state`: open, closed, waiting (for a backflush).

    `before` goes on after the order with this key, where they are not sorted otherwise.
    """
    orders = WorkOrder.objects.all()
    if search:
        texts = {search, search.upper()}
        numbers, skus = Q(), Q()
        for text in texts:
            numbers |= prefix("number", text)
            skus |= prefix("item__sku", text)
        made = WorkOrderOutput.objects.filter(skus).values("work_order_id")
        orders = orders.filter(numbers | Q(pk__in=made))
    if status:
        orders = orders.filter(status=status)
    if state == "open":
        orders = orders.filter(is_closed=False, status__in=OPEN_STATES)
    elif state == "closed":
        orders = orders.filter(is_closed=True)
    elif state == "waiting":
        waiting = Completion.objects.filter(backflush_state=WAITING).values("output__work_order_id")
        orders = orders.filter(pk__in=waiting, is_closed=False)
    if site is not None:
        orders = orders.filter(work_site_id=site)
    if due_from is not None:
        orders = orders.filter(due_on__gte=due_from)
    if due_to is not None:
        orders = orders.filter(due_on__lte=due_to)
    if before is not None:
        orders = orders.filter(pk__lt=before)
    column = sort.removeprefix("-")
    order_by = SORTS.get(column, ("-id",))
    if sort.startswith("-") and column in SORTS:
        order_by = ("-" + order_by[0], *order_by[1:])
    return orders.select_related("work_site").order_by(*order_by)


@dataclass(slots=True)
class Progress:
    """What an order makes and how far it is. Good counts at the last operation only."""

    outputs: list[WorkOrderOutput] = field(default_factory=list)
    good: Decimal = ZERO
    scrap: Decimal = ZERO
    waiting: int = 0

    @property
    def ordered(self) -> Decimal | None:
        known = [output.quantity for output in self.outputs if output.quantity is not None]
        return sum(known, ZERO) if known else None


def progress_of(order_ids: Iterable[int]) -> dict[int, Progress]:
    """Outputs and sums of these orders, in two queries."""
    ids = list(order_ids)
    found: dict[int, Progress] = defaultdict(Progress)
    last: dict[int, int | None] = {}
    outputs = WorkOrderOutput.objects.filter(work_order_id__in=ids).select_related("item").order_by("pk")
    order_of: dict[int, int] = {}
    for output in outputs:
        found[output.work_order_id].outputs.append(output)
        order_of[output.pk] = output.work_order_id
        last[output.pk] = output.reporting_points[-1] if output.reporting_points else None
    reports = Completion.objects.filter(output__work_order_id__in=ids)
    for output_id, operation, good, scrap, state in reports.values_list(
        "output_id", "operation_number", "good_quantity", "scrap_quantity", "backflush_state"
    ):
        progress = found[order_of[output_id]]
        end = last[output_id]
        if operation is None or end is None or operation >= end:
            progress.good += good
        progress.scrap += scrap
        progress.waiting += state == WAITING
    return found


@dataclass(slots=True)
class OutputProgress:
    """One thing that an order makes. Good counts at its last operation only."""

    output: WorkOrderOutput
    good: Decimal = ZERO
    scrap: Decimal = ZERO


def output_progress(order_ids: Iterable[int]) -> dict[int, list[OutputProgress]]:
    """What these orders make and how far each of it is, by order, in two queries."""
    ids = list(order_ids)
    outputs = WorkOrderOutput.objects.filter(work_order_id__in=ids).select_related("item").order_by("pk")
    made = {output.pk: OutputProgress(output) for output in outputs}
    reports = Completion.objects.filter(output__work_order_id__in=ids)
    for output_id, operation, good, scrap in reports.values_list(
        "output_id", "operation_number", "good_quantity", "scrap_quantity"
    ):
        points = made[output_id].output.reporting_points
        if operation is None or not points or operation >= points[-1]:
            made[output_id].good += good
        made[output_id].scrap += scrap
    found: dict[int, list[OutputProgress]] = defaultdict(list)
    for progress in made.values():
        found[progress.output.work_order_id].append(progress)
    return found


def named_order(number: str) -> WorkOrder:
    """One order by its number, or NOT_FOUND."""
    order = order_by_number(number)
    if order is None:
        raise AppError("NOT_FOUND", f"There is no work order {number}.", {"work_order": number})
    return order


def guard_known_orders(numbers: Collection[str]) -> None:
    """Raise NOT_FOUND naming the orders that there are not."""
    known = set(WorkOrder.objects.filter(number__in=numbers).values_list("number", flat=True))
    if missing := sorted(set(numbers) - known):
        raise AppError("NOT_FOUND", f"There is no work order {', '.join(missing)}.", {"work_orders": missing})


def order_by_number(number: str) -> WorkOrder | None:
    return WorkOrder.objects.select_related("work_site", "organization").filter(number=number).first()


def completions_of(order: WorkOrder) -> QuerySet[Completion]:
    """What was reported on an order, newest first."""
    reports = Completion.objects.filter(output__work_order=order)
    related = ("output__item", "scrap_reason", "recorded_by")
    return reports.select_related(*related).order_by("-completed_at", "-pk")


def inputs_of(outputs: Iterable[WorkOrderOutput]) -> QuerySet[WorkOrderInput]:
    """The recipe snapshots as they hold now."""
    lines = WorkOrderInput.objects.filter(output__in=[output.pk for output in outputs], is_current=True)
    return lines.select_related("component", "supply_location").order_by("output_id", "position")


def documents_of(order: WorkOrder) -> QuerySet[Document]:
    """An order's papers without their bytes."""
    papers = Document.objects.filter(work_order=order).defer("content")
    return papers.select_related("added_by").order_by("-added_at", "-pk")
