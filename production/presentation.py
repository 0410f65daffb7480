"""Rows of this room's pages as they are printed, made before a template sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import Organization
from production.choices import BackflushState, Basis, LineType, LossMethod, OrderStatus, Supply
from production.models import Completion, WorkOrder, WorkOrderInput
from production.queries.orders import Progress
from production.queries.recipe_changes import Change
from production.queries.recipes import RecipeLine
from ui import cells, formats
from ui.cells import StateTable

STATES: StateTable = {
    OrderStatus.DRAFT.value: ("Draft", "mute"),
    OrderStatus.ENTERED.value: ("Entered", "mute"),
    OrderStatus.PLACED.value: ("Placed", "info"),
    OrderStatus.PRODUCTION.value: ("Production", "accent"),
    OrderStatus.IN_TRANSIT.value: ("In Transit", "accent"),
    OrderStatus.PARTIAL.value: ("Partial", "warn"),
    OrderStatus.RECEIVED.value: ("Received", "good"),
    OrderStatus.COMPLETED.value: ("Completed", "good"),
    OrderStatus.CANCELLED.value: ("Cancelled", "bad"),
}
REPORT_STATES: StateTable = {
    BackflushState.NONE.value: ("Waiting", "warn"),
    BackflushState.LIVE.value: ("Drafted", "info"),
    BackflushState.POSTED.value: ("Posted", "good"),
}


class Usage(Protocol):
    """What lines of bills, snapshots and recipes have in common."""

    @property
    def basis(self) -> str: ...
    @property
    def usage(self) -> Decimal: ...
    @property
    def usage_per(self) -> Decimal: ...
    @property
    def fixed_quantity(self) -> Decimal: ...
    @property
    def unit(self) -> str: ...
    @property
    def loss_percent(self) -> Decimal: ...
    @property
    def loss_method(self) -> str: ...


def usage_words(line: Usage) -> str:
    """How much a line takes: `2.5 G per 10, and 3 G once`."""
    usage, per = formats.quantity(line.usage), formats.quantity(line.usage_per)
    words = {
        Basis.PER_UNIT.value: f"{usage} {line.unit} each",
        Basis.PER_N.value: f"{usage} {line.unit} per {per}",
        Basis.PER_BATCH.value: f"{usage} {line.unit} per batch of {per}",
        Basis.PIECES.value: f"{usage} {line.unit} for {per} pieces",
        Basis.ORDER_QUANTITY.value: f"{usage} {line.unit} per {per} ordered",
        Basis.WHOLE_LOT.value: "the whole lot",
        Basis.PER_ORDER.value: "",
    }[str(line.basis)]
    fixed = f"{formats.quantity(line.fixed_quantity)} {line.unit} once" if line.fixed_quantity else ""
    if not line.usage and fixed and line.basis != Basis.WHOLE_LOT:
        words = ""
    return ", and ".join(part for part in (words, fixed) if part)


def loss_words(line: Usage) -> str:
    """The loss and what it does to the usage, as in a line's sum: `4 % (× 1.04)`, `4 % (÷ 0.96)`."""
    if not line.loss_percent:
        return ""
    share = line.loss_percent / 100
    if line.loss_method == LossMethod.YIELD.value:
        factor = f"÷ {formats.quantity(1 - share)}"
    else:
        factor = f"× {formats.quantity(1 + share)}"
    return f"{formats.percent(line.loss_percent, places=4)} ({factor})"


def order_url(organization: Organization, number: str) -> str:
    return reverse("production:order", args=[organization.slug, number])


def bill_url(organization: Organization, item_id: int) -> str:
    return reverse("production:bill", args=[organization.slug, item_id])


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order of the list."""

    lead: SafeString
    product: str
    ordered: str
    good: str
    scrap: str
    status: SafeString
    remark: SafeString | str
    site: str
    due: SafeString
    is_late: bool


def order_rows(
    orders: Iterable[WorkOrder], progress: Mapping[int, Progress], organization: Organization
) -> list[OrderRow]:
    today, rows = timezone.localdate(), []
    for order in orders:
        done = progress.get(order.pk) or Progress()
        names = [output.item.sku for output in done.outputs]
        about = done.outputs[0].item.description if len(names) == 1 else ""
        remark: SafeString | str = ""
        if order.is_closed:
            remark = cells.tag("closed", "mute")
        elif done.waiting:
            remark = cells.tag(f"{done.waiting} waiting", "warn")
        rows.append(
            OrderRow(
                lead=cells.code(order.number, order_url(organization, order.number), about),
                product=", ".join(names),
                ordered=formats.quantity(done.ordered),
                good=formats.quantity(done.good),
                scrap=formats.quantity(done.scrap) if done.scrap else "",
                status=cells.status_pill(order.status, STATES),
                remark=remark,
                site=order.work_site.code if order.work_site else "",
                due=cells.day(order.due_on, this_year=today.year),
                is_late=bool(
                    order.due_on and order.due_on < today and not order.finished_on and not order.is_closed
                ),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A completion on its order's page."""

    moment: SafeString
    product: str
    operation: str
    reference: str
    good: str
    scrap: str
    reason: str
    lot: str
    is_final: bool
    state: SafeString
    source: str
    change_url: str


def report_rows(
    reports: Iterable[Completion], order: WorkOrder, organization: Organization, *, may_change: bool
) -> list[ReportRow]:
    zone, year = timezone.get_current_timezone(), timezone.localdate().year
    rows = []
    for report in reports:
        points = report.output.reporting_points
        operation = report.operation_number or (points[-1] if points else None)
        scrap = formats.quantity(report.scrap_quantity) if report.scrap_quantity else ""
        if scrap and report.scrap_operation_number:
            scrap += f" at {report.scrap_operation_number}"
        url = ""
        if may_change and report.backflush_state != BackflushState.POSTED and not order.is_closed:
            url = reverse("production:change", args=[organization.slug, order.number, report.pk])
        if report.recorded_by_id:
            source = str(report.recorded_by)
        elif report.import_row:
            source = f"file, row {report.import_row}"
        else:
            source = ""
        rows.append(
            ReportRow(
                moment=cells.time(report.completed_at, zone, this_year=year),
                product=report.output.item.sku,
                operation="" if operation is None else str(operation),
                reference=report.reference,
                good=formats.quantity(report.good_quantity),
                scrap=scrap,
                reason=report.scrap_reason.name if report.scrap_reason else "",
                lot=report.output_lot_code,
                is_final=report.is_final,
                state=cells.status_pill(report.backflush_state, REPORT_STATES),
                source=source,
                change_url=url,
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class InputRow:
    """A line of an order's recipe."""

    position: str
    lead: SafeString
    depth: int
    usage: str
    loss: str
    operation: str
    supply: str
    substitutes: str
    change: SafeString | str


def input_rows(
    inputs: Iterable[tuple[WorkOrderInput, int]],
    changes: Mapping[int, Change],
    skus: Mapping[int, str],
    organization: Organization,
) -> list[InputRow]:
    """Lines with their depth: how many phantoms they lie in."""
    rows = []
    for line, depth in inputs:
        component = line.component
        rows.append(
            InputRow(
                position="" if depth else str(line.position),
                lead=cells.code(component.sku, bill_url(organization, component.pk), component.description),
                depth=min(depth, 6),
                usage=usage_words(line),
                loss=loss_words(line),
                operation="" if line.operation_number is None else str(line.operation_number),
                supply=_supply(line),
                substitutes=", ".join(_substitute(entry, skus) for entry in line.substitutes),
                change=_change(changes.get(line.pk)),
            )
        )
    return rows


def _supply(line: WorkOrderInput) -> str:
    words = []
    if line.line_type == LineType.BYPRODUCT:
        words.append("by-product")
    if line.is_phantom:
        words.append("phantom")
    if line.supply == Supply.HAND:
        words.append("issued by hand")
    if line.supply_location:
        words.append(f"from {line.supply_location.code}")
    return ", ".join(words)


def _substitute(entry: Mapping[str, object], skus: Mapping[int, str]) -> str:
    item_id = entry["item_id"]
    sku = skus.get(item_id, "") if isinstance(item_id, int) else ""
    factor = Decimal(str(entry["factor"]))
    return sku if factor == 1 else f"{sku} × {formats.quantity(factor)}"


def _change(change: Change | None) -> SafeString | str:
    if change is None:
        return ""
    if change.kind == "gone":
        return cells.tag("not in the bill now", "warn")
    if change.now is None or set(change.columns) - {"usage", "per", "basis", "fixed quantity", "unit"}:
        return cells.tag("other " + ", ".join(change.columns) + " now", "warn")
    return cells.tag(f"now {usage_words(change.now)}", "warn")


def added_words(lines: Iterable[RecipeLine], skus: Mapping[int, str]) -> list[str]:
    """What the bill has now and the recipe has not."""
    return [f"{skus.get(line.component_id, '')}: {usage_words(line)}" for line in lines]
