"""Parts of an order's page, put together from queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization
from inventory.models import Item
from production.actions.completion_checks import TAKES_COMPLETIONS
from production.choices import OrderStatus
from production.models import WorkOrder, WorkOrderInput, WorkOrderOutput
from production.presentation import added_words
from production.queries.orders import Progress, inputs_of
from production.queries.reading import batches
from production.queries.recipe_changes import Change, compare_recipes
from production.states import MOVES
from ui import formats
from ui.components import Fact, Figure

# How a move is asked for on a button: the words differ from the status where a person says them differently.
MOVE_WORDS = {
    OrderStatus.DRAFT: "Back to draft",
    OrderStatus.ENTERED: "Enter",
    OrderStatus.PLACED: "Release",
    OrderStatus.PRODUCTION: "Start production",
    OrderStatus.IN_TRANSIT: "Send on its way",
    OrderStatus.PARTIAL: "Mark as partial",
    OrderStatus.RECEIVED: "Mark as received",
    OrderStatus.COMPLETED: "Complete",
    OrderStatus.CANCELLED: "Cancel the order",
}


@dataclass(slots=True)
class Recipes:
    """The recipes of an order's outputs beside the bills of today."""

    inputs: list[tuple[WorkOrderInput, int]]
    changes: dict[int, Change] = field(default_factory=dict)
    skus: dict[int, str] = field(default_factory=dict)
    notes: list[tuple[WorkOrderOutput, str, list[str]]] = field(default_factory=list)
    without: list[WorkOrderOutput] = field(default_factory=list)
    change_count: int = 0


def recipes_of(outputs: list[WorkOrderOutput]) -> Recipes:
    inputs = list(inputs_of(outputs))
    recipes = Recipes(_with_depth(inputs))
    compared = compare_recipes(outputs, inputs, timezone.localdate())
    named = {int(entry["item_id"]) for line in inputs for entry in line.substitutes}
    named |= {line.component_id for comparison in compared.values() for line in comparison.added}
    for batch in batches(sorted(named)):
        recipes.skus.update(Item.objects.filter(pk__in=batch).values_list("pk", "sku"))
    for output in outputs:
        comparison = compared.get(output.pk)
        if comparison is None:
            recipes.without.append(output)
            continue
        recipes.changes |= comparison.changes
        recipes.change_count += comparison.count
        if comparison.problem or comparison.added:
            added = added_words(comparison.added, recipes.skus)
            recipes.notes.append((output, comparison.problem, added))
    return recipes


def _with_depth(inputs: list[WorkOrderInput]) -> list[tuple[WorkOrderInput, int]]:
    """Each phantom directly before its own lines, with their depth: a page of lines reads from above to below."""
    below: dict[int | None, list[WorkOrderInput]] = {}
    for line in inputs:
        below.setdefault(line.phantom_parent_id, []).append(line)
    ordered: list[tuple[WorkOrderInput, int]] = []
    waiting = [(line, 0) for line in reversed(below.get(None, []))]
    while waiting:
        line, depth = waiting.pop()
        ordered.append((line, depth))
        waiting.extend((own, depth + 1) for own in reversed(below.get(line.pk, [])))
    return ordered


def moves_of(order: WorkOrder) -> list[tuple[str, str, bool]]:
    """What a person may do with the order's status: the status, the words, and whether it cannot be undone."""
    now = OrderStatus(order.status)
    return [
        (status.value, MOVE_WORDS[status], status is OrderStatus.CANCELLED)
        for status in OrderStatus
        if status in MOVES[now]
    ]


def next_step(order: WorkOrder) -> tuple[str, str] | None:
    """The move that brings an order to the floor, with its words; nothing once it takes completions."""
    to = {OrderStatus.DRAFT: OrderStatus.ENTERED, OrderStatus.ENTERED: OrderStatus.PLACED}.get(
        OrderStatus(order.status)
    )
    return None if to is None else (to.value, MOVE_WORDS[to])


def takes_completions(order: WorkOrder) -> bool:
    return not order.is_closed and order.status in TAKES_COMPLETIONS


def may_be_changed(order: WorkOrder) -> bool:
    return not order.is_closed and order.status != OrderStatus.CANCELLED


def closing_words(order: WorkOrder, progress: Progress) -> str:
    """What the order still needs, in a sentence; nothing where it is done or not begun."""
    if order.is_closed or not progress.good:
        return ""
    ordered = progress.ordered
    if ordered is not None and progress.good + progress.scrap < ordered:
        left = ordered - progress.good - progress.scrap
        return f"{formats.quantity(left)} of {formats.quantity(ordered)} are not reported yet."
    if progress.waiting:
        return "Everything is reported. It closes when the last completion is posted."
    return ""


def order_figures(order: WorkOrder, progress: Progress) -> list[Figure]:
    unit = progress.outputs[0].item.unit if len(progress.outputs) == 1 else ""
    ordered = progress.ordered
    share = formats.ratio_percent(progress.good, ordered) if ordered else None
    return [
        Figure("Ordered", formats.quantity(ordered) if ordered is not None else "not stated", unit),
        Figure(
            "Good", formats.quantity(progress.good), formats.percent(share) if share is not None else unit
        ),
        Figure("Scrap", formats.quantity(progress.scrap), unit),
        Figure(
            "Without a backflush",
            formats.quantity(progress.waiting),
            "completion" if progress.waiting == 1 else "completions",
        ),
    ]


def order_facts(order: WorkOrder, progress: Progress, organization: Organization) -> list[Fact]:
    year = timezone.localdate().year
    facts = [
        Fact(
            "Makes",
            f"{output.item.sku} {output.item.description}".strip(),
            reverse("production:bill", args=[organization.slug, output.item_id]),
        )
        for output in progress.outputs
    ]
    facts.append(Fact("Kind", order.get_kind_display()))
    if order.work_site:
        facts.append(Fact("Work site", order.work_site.code))
    days: Mapping[str, object] = {
        "Ordered": order.ordered_on,
        "Started": order.started_on,
        "Due": order.due_on,
        "Finished": order.finished_on,
    }
    for label, value in days.items():
        if value is not None:
            facts.append(Fact(label, formats.day(value, this_year=year)))  # type: ignore[arg-type]
    for output in progress.outputs:
        if output.conversion_cost:
            cost = formats.unit_cost(
                output.conversion_cost, organization.currency_code, organization.currency_decimals
            )
            facts.append(Fact("Conversion", f"{cost} each"))
        if output.scrap_allowance_percent:
            facts.append(Fact("Scrap allowance", formats.percent(Decimal(output.scrap_allowance_percent))))
        if output.reporting_points:
            facts.append(Fact("Reports at", ", ".join(map(str, output.reporting_points))))
        if output.snapshot_date:
            facts.append(Fact("Recipe of", formats.day(output.snapshot_date, this_year=year)))
    return facts
