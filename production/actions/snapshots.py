"""The recipe as it stood: copied to an order once, for one order or for a hundred thousand."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Min
from django.utils import timezone
from django_scopes import get_scope

from accounts.errors import AppError
from accounts.tenancy.writes import allocate_ids, insert_copies, insert_rows, update_rows, update_where
from production.choices import BackflushState
from production.models import Completion, ReportedUse, WorkOrderInput, WorkOrderOutput
from production.queries.clock import today_in
from production.queries.reading import batches
from production.queries.recipes import Recipe, RecipeBook, RecipeLine

AT_A_TIME = 2_000
INPUT_COLUMNS = RecipeLine._fields[1:]
OUTPUT_COLUMNS = (
    "bom_id",
    "scrap_policy",
    "planned_loss_percent",
    "bom_output_quantity",
    "reporting_points",
    "snapshot_date",
    "snapshot_at",
)


class SnapshotTarget(NamedTuple):
    """An output line that needs its recipe, and the day on which the recipe must hold.

    `reported_at` are operations that its completions report at: they are reporting points of this order.
    """

    output_id: int
    item_id: int
    on: dt.date
    reported_at: tuple[int, ...] = ()


@dataclass(slots=True)
class Snapshots:
    """What became of each output: how many have a recipe now, which have no bill, and what hinders the others."""

    taken: int = 0
    without_bill: list[int] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)


def take_snapshots(targets: Sequence[SnapshotTarget], *, actor: Any, reason: str) -> Snapshots:
    """Copy the recipes to outputs that have none yet: outputs and inputs are written with their history, set-wise.

    An output without a bill on its day, or whose recipe cannot be used (a unit without conversion, a phantom without a
    bill, a circle), is left without a snapshot and told in the answer.
    """
    answer = Snapshots()
    book = RecipeBook({target.item_id for target in targets})
    outputs: list[tuple[Any, ...]] = []
    recipes: list[tuple[int, Recipe]] = []
    for target in targets:
        recipe = book.recipe(target.item_id, target.on)
        if recipe is None:
            answer.without_bill.append(target.output_id)
        elif recipe.problem:
            answer.problems[target.output_id] = recipe.problem
        else:
            points = book.points(target.item_id, recipe, target.reported_at)
            outputs.append((target.output_id, *snapshot_values(recipe, target.on, points)))
            recipes.append((target.output_id, recipe))
    update_rows(WorkOrderOutput, OUTPUT_COLUMNS, outputs, actor=actor, reason=reason)
    insert_inputs(recipes, actor=actor, reason=reason)
    answer.taken = len(recipes)
    return answer


def ensure_snapshots(output_ids: Iterable[int], *, actor: Any, reason: str) -> Snapshots:
    """Take the snapshots that are still missing, each on its order's day: ordered, started, first completed, or today.

    For the first draft of an order that was made before its bill was known. Outputs that have one are left alone.
    """
    targets: list[SnapshotTarget] = []
    today = today_in(get_scope()["organization"])
    for batch in batches(sorted(set(output_ids))):
        rows = WorkOrderOutput.objects.filter(pk__in=batch, snapshot_at=None)
        reported: dict[int, set[int]] = defaultdict(set)
        for output, number in (
            Completion.objects.filter(output_id__in=batch, operation_number__isnull=False)
            .values_list("output_id", "operation_number")
            .distinct()
        ):
            if number is not None:
                reported[output].add(number)
        for pk, item, ordered, started, completed in rows.annotate(
            first=Min("completions__completed_on")
        ).values_list("pk", "item_id", "work_order__ordered_on", "work_order__started_on", "first"):
            day = ordered or completed or started or today
            targets.append(SnapshotTarget(pk, item, day, tuple(reported[pk])))
    return take_snapshots(targets, actor=actor, reason=reason) if targets else Snapshots()


def retake_snapshot(
    output: WorkOrderOutput, *, actor: Any, reason: str, on: dt.date | None = None
) -> WorkOrderOutput:
    """Take an output's recipe anew, as bills stand on `on` (today): with a reason, and while no backflush is live.

    The lines of the old one stay, no longer current, because reversed and discarded backflushes point at them.
    """
    if not reason.strip():
        raise AppError("REASON_REQUIRED", "Say why the recipe is taken anew.")
    output = WorkOrderOutput.objects.select_for_update(of=("self",)).get(pk=output.pk)
    live = Completion.objects.filter(output=output).exclude(backflush_state=BackflushState.NONE.value)
    if live.exists():
        raise AppError(
            "INVALID_STATE",
            "A backflush of this order is live: discard or reverse it first, then take the recipe anew.",
        )
    day = on or today_in(get_scope()["organization"])
    book = RecipeBook({output.item_id})
    recipe = book.recipe(output.item_id, day)
    if recipe is None:
        raise AppError("NO_BILL_OF_MATERIALS", f"No bill of materials of {output.item} holds on {day}.")
    if recipe.problem:
        raise AppError("INVALID", recipe.problem)
    old = list(WorkOrderInput.objects.filter(output=output, is_current=True).values_list("pk", flat=True))
    linked = list(ReportedUse.objects.filter(input_id__in=old).values_list("pk", flat=True))
    update_where(ReportedUse, linked, {"input_id": None}, actor=actor, reason=reason)
    update_where(WorkOrderInput, old, {"is_current": False}, actor=actor, reason=reason)
    named = Completion.objects.filter(output=output).values_list("operation_number", flat=True)
    reported = {number for number in named if number is not None}
    values = snapshot_values(recipe, day, book.points(output.item_id, recipe, reported))
    update_rows(WorkOrderOutput, OUTPUT_COLUMNS, [(output.pk, *values)], actor=actor, reason=reason)
    insert_inputs([(output.pk, recipe)], actor=actor, reason=reason)
    output.refresh_from_db()
    return output


def snapshot_values(recipe: Recipe, on: dt.date, points: list[int]) -> tuple[Any, ...]:
    """What an output line keeps of its recipe, in the order of OUTPUT_COLUMNS."""
    return (
        recipe.bom_id,
        get_scope()["organization"].scrap_policy,
        recipe.planned_loss_percent,
        recipe.output_quantity,
        points,
        on,
        timezone.now(),
    )


def insert_inputs(recipes: Iterable[tuple[int, Recipe]], *, actor: Any, reason: str) -> None:
    """Write the inputs of many outputs. Only recipes with phantoms need to know their ids beforehand."""
    who = {"actor": actor, "reason": reason}
    flat: list[tuple[int, Recipe]] = []
    layered: list[tuple[int, Recipe]] = []
    for output_id, recipe in recipes:
        (layered if recipe.has_phantoms else flat).append((output_id, recipe))
    insert_copies(WorkOrderInput, "output_id", ((o, recipe.rows) for o, recipe in flat), INPUT_COLUMNS, **who)
    for batch in batches(layered, AT_A_TIME):
        ids = iter(allocate_ids(WorkOrderInput, sum(len(recipe.lines) for _, recipe in batch)))
        insert_rows(
            WorkOrderInput,
            ["id", "output_id", "phantom_parent_id", *INPUT_COLUMNS],
            _layered(batch, ids),
            **who,
        )


def _layered(recipes: Iterable[tuple[int, Recipe]], ids: Iterator[int]) -> Iterator[tuple[Any, ...]]:
    """Rows with their ids; a phantom comes before its lines, and one statement may hold both."""
    for output_id, recipe in recipes:
        own = [next(ids) for _ in recipe.lines]
        for pk, line in zip(own, recipe.lines, strict=True):
            parent = None if line.parent is None else own[line.parent]
            yield (pk, output_id, parent, *line[1:])
