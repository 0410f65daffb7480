"""Work orders as answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.answers.common import digits, sure_digits
from production.choices import BackflushState, OrderStatus
from production.models import Completion, WorkOrder, WorkOrderInput, WorkOrderOutput
from production.queries.orders import OutputProgress, completions_of, inputs_of, output_progress

WAITING = "waiting"


def orders(found: Iterable[WorkOrder]) -> list[dict[str, Any]]:
    """Orders with what they make, in two queries beside the one that found them."""
    rows = list(found)
    made = output_progress([row.pk for row in rows])
    return [_order(row, made.get(row.pk, [])) for row in rows]


def order_detail(row: WorkOrder) -> dict[str, Any]:
    made = output_progress([row.pk]).get(row.pk, [])
    outputs = [progress.output for progress in made]
    skus = {output.pk: output.item.sku for output in outputs}
    return {
        **_order(row, made),
        "inputs": [_input(line, skus) for line in inputs_of(outputs)],
        "completions": [completion(report) for report in completions_of(row)],
    }


def _order(row: WorkOrder, made: list[OutputProgress]) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "status": OrderStatus(row.status).label,
        "is_closed": row.is_closed,
        "site": row.work_site.code if row.work_site else None,
        "ordered_on": row.ordered_on,
        "started_on": row.started_on,
        "finished_on": row.finished_on,
        "due_on": row.due_on,
        "outputs": [_output(progress) for progress in made],
    }


def _output(progress: OutputProgress) -> dict[str, Any]:
    row: WorkOrderOutput = progress.output
    return {
        "item": row.item.sku,
        "description": row.item.description,
        "unit": row.item.unit,
        "quantity": digits(row.quantity),
        "good_quantity": sure_digits(progress.good),
        "scrap_quantity": sure_digits(progress.scrap),
        "conversion_cost": sure_digits(row.conversion_cost),
        "operations": row.reporting_points,
    }


def _input(line: WorkOrderInput, skus: dict[int, str]) -> dict[str, Any]:
    return {
        "output": skus[line.output_id],
        "position": line.position,
        "item": line.component.sku,
        "line_type": line.line_type,
        "basis": line.basis,
        "usage": sure_digits(line.usage),
        "usage_per": sure_digits(line.usage_per),
        "fixed_quantity": sure_digits(line.fixed_quantity),
        "unit": line.unit,
        "loss_percent": sure_digits(line.loss_percent),
        "loss_method": line.loss_method,
        "operation": line.operation_number,
        "supply": line.supply,
        "is_phantom": line.is_phantom,
    }


def completion(report: Completion) -> dict[str, Any]:
    """A report, whose output and item are read with it."""
    return {
        "id": report.pk,
        "item": report.output.item.sku,
        "external_id": report.reference or None,
        "good_quantity": sure_digits(report.good_quantity),
        "scrap_quantity": sure_digits(report.scrap_quantity),
        "operation": report.operation_number,
        "is_final": report.is_final,
        "completed_at": report.completed_at,
        "backflush": WAITING if report.backflush_state == BackflushState.NONE else report.backflush_state,
    }
