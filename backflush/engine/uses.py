"""Which items were used for which input: reported use shared out, and people's edits laid over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from .enums import Source
from .errors import EngineError
from .recipe import CompiledInput, CompiledRecipe, Driver
from .scale import MICRO, half_away, micro
from .types import ONE, ChosenLot, CompletionInputs, Edit, ReportedUse


class Use:
    """One item used for one input. Quantity in millionths, signed as on the line; None: as expected.

    `f_n ÷ f_d` stock units of it stand for one of the input's item.
    """

    __slots__ = (
        *("f_d", "f_n", "factor", "is_lot_unknown", "item"),
        *("lots", "quantity", "source", "stands_in_for"),
    )

    def __init__(
        self,
        item: int,
        factor: Decimal | None,
        quantity: int | None,
        source: Source,
        stands_in_for: int | None,
    ) -> None:
        self.item = item
        self.quantity = quantity
        self.source = source
        self.stands_in_for = stands_in_for
        self.lots: list[ChosenLot] = []
        self.is_lot_unknown = False
        if factor is None:
            self.factor, self.f_n, self.f_d = ONE, 1, 1
        else:
            self.set_factor(factor)

    def set_factor(self, factor: Decimal | None) -> None:
        if factor is not None and factor <= 0:
            raise EngineError("INVALID", "A substitute's factor is more than zero.", (self.item,))
        self.factor = ONE if factor is None else factor
        self.f_n, self.f_d = self.factor.as_integer_ratio()


class Resolved:
    """Uses by input position, and those of items that the recipe does not know."""

    __slots__ = ("by_input", "extras")

    def __init__(self) -> None:
        self.by_input: dict[int, list[Use]] = {}
        self.extras: list[Use] = []

    def add(self, line: CompiledInput, row: ReportedUse, amount: int) -> None:
        """Put part of a reported row on an input, in the line's sign."""
        uses = self.by_input.setdefault(line.position, [])
        use = next((use for use in uses if use.item == row.item), None)
        if use is None:
            use = _use_for(line, row.item, row.factor, 0, Source.REPORTED)
            uses.append(use)
        use.quantity = (use.quantity or 0) + line.sign * amount
        if row.lot is not None or row.location is not None:
            use.lots.append(ChosenLot(row.lot, row.location, Decimal(abs(amount)) / MICRO))
        use.is_lot_unknown |= row.is_lot_unknown


def resolve_uses(
    inputs: CompletionInputs,
    recipe: CompiledRecipe,
    expected: Sequence[int],
    drivers: Sequence[Driver],
    drafted: Callable[[CompiledInput], list[Use]],
) -> Resolved:
    """Share reported use among inputs (`expected` in millionths, by position), then apply the edits.

    `drafted` gives the uses of an input that nobody reported, for an edit to change.
    """
    resolved = Resolved()
    open_rows: dict[tuple[int, int | None], list[ReportedUse]] = {}
    for row in inputs.reported:
        if row.input_key is None:
            open_rows.setdefault((row.item, row.stands_in_for), []).append(row)
            continue
        line = recipe.by_key.get(row.input_key)
        if line is None:
            raise EngineError("INVALID", f"Use is reported for input {row.input_key}, which is not there.")
        resolved.add(line, row, micro(row.quantity))
    for (item, stands_in_for), rows in open_rows.items():
        lines = _candidates(recipe, item, stands_in_for, drivers)
        if lines:
            _share_out(resolved, lines, rows, expected)
        else:
            _add_extra(resolved, rows)
    for edit in inputs.edits:
        _apply_edit(resolved, recipe, edit, drafted)
    return resolved


def factor_for(line: CompiledInput, item: int, given: Decimal | None) -> Decimal | None:
    """The factor that was given, else the one of the bill's substitute, else one to one."""
    if item == line.item:
        return None
    if given is not None:
        return given
    return next((s.factor for s in line.source.substitutes if s.item == item), None)


def _use_for(
    line: CompiledInput, item: int, factor: Decimal | None, quantity: int | None, source: Source
) -> Use:
    stands_in_for = None if item == line.item else line.item
    return Use(item, factor_for(line, item, factor), quantity, source, stands_in_for)


def _candidates(
    recipe: CompiledRecipe, item: int, stands_in_for: int | None, drivers: Sequence[Driver]
) -> list[CompiledInput]:
    """The inputs a row without a key can mean: of that item, else those it is a listed substitute for."""
    wanted = item if stands_in_for is None else stands_in_for
    lines = [line for line in recipe.inputs if line.item == wanted]
    if not lines and stands_in_for is None:
        lines = [line for line in recipe.inputs if any(s.item == item for s in line.source.substitutes)]
    lines = [line for line in lines if line.sign > 0] or lines
    return [line for line in lines if drivers[line.group].is_touched] or lines


def _share_out(
    resolved: Resolved, lines: list[CompiledInput], rows: list[ReportedUse], expected: Sequence[int]
) -> None:
    """In order up to what each input expects; the last takes the rest."""
    total = sum(micro(row.quantity) for row in rows)
    direction = -1 if total < 0 else 1
    room = []
    for line in lines:
        resolved.by_input.setdefault(line.position, [])
        covered = sum(
            half_away((use.quantity or 0) * use.f_d, use.f_n) for use in resolved.by_input[line.position]
        )
        need = direction * line.sign * (expected[line.position] - covered)
        factor = _use_for(line, rows[0].item, rows[0].factor, 0, Source.REPORTED)
        room.append(max(0, need * factor.f_n // factor.f_d))
    for row in rows:
        left = micro(row.quantity)
        if left * direction > 0:
            for at, line in enumerate(lines[:-1]):
                part = min(abs(left), room[at])
                if part:
                    room[at] -= part
                    resolved.add(line, row, direction * part)
                    left -= direction * part
        if left or len(lines) == 1:
            resolved.add(lines[-1], row, left)


def _add_extra(resolved: Resolved, rows: list[ReportedUse]) -> None:
    first = rows[0]
    extra = Use(first.item, first.factor, 0, Source.REPORTED, first.stands_in_for)
    for row in rows:
        extra.quantity = (extra.quantity or 0) + micro(row.quantity)
        if row.lot is not None or row.location is not None:
            extra.lots.append(ChosenLot(row.lot, row.location, abs(row.quantity)))
        extra.is_lot_unknown |= row.is_lot_unknown
    resolved.extras.append(extra)


def _apply_edit(
    resolved: Resolved,
    recipe: CompiledRecipe,
    edit: Edit,
    drafted: Callable[[CompiledInput], list[Use]],
) -> None:
    if edit.input_key is None:
        uses = resolved.extras
        line = None
    else:
        line = recipe.by_key.get(edit.input_key)
        if line is None:
            raise EngineError(
                "INVALID", f"Input {edit.input_key} is not there any more: edit the line again."
            )
        if line.position not in resolved.by_input:
            resolved.by_input[line.position] = [] if line.is_hand else drafted(line)
        uses = resolved.by_input[line.position]
    use = next((use for use in uses if use.item == edit.item), None)
    if use is None:
        if line is None:
            use = Use(edit.item, edit.factor, 0, Source.EDITED, None)
        else:
            use = _use_for(line, edit.item, edit.factor, None, Source.EDITED)
        uses.append(use)
    use.source = Source.EDITED
    if edit.item_used is not None and edit.item_used != use.item:
        _put_in_place(use, line, edit.item_used, edit.factor)
        _join(uses, use)
    elif edit.factor is not None and use.stands_in_for is not None:
        use.set_factor(edit.factor)
    if edit.actual_quantity is not None:
        use.quantity = micro(edit.actual_quantity)
    if edit.lots is not None:
        use.lots = list(edit.lots)
        use.is_lot_unknown = False


def _join(uses: list[Use], changed: Use) -> None:
    """One line per item: a use that became an item which is there already takes that one's quantity too."""
    for other in [use for use in uses if use is not changed and use.item == changed.item]:
        if changed.quantity is not None:
            changed.quantity += other.quantity or 0
        changed.lots += other.lots
        changed.is_lot_unknown |= other.is_lot_unknown
        uses.remove(other)


def _put_in_place(use: Use, line: CompiledInput | None, item: int, factor: Decimal | None) -> None:
    """Another item in a use's place; a quantity that stood there is converted."""
    before_n, before_d = use.f_n, use.f_d
    use.item = item
    use.stands_in_for = None if line is None or item == line.item else line.item
    use.set_factor(factor if line is None else factor_for(line, item, factor))
    use.lots = []
    use.is_lot_unknown = False
    if use.quantity is not None:
        use.quantity = half_away(use.quantity * before_d * use.f_n, before_n * use.f_d)
