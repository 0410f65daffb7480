"""From the rows of a basis to the engine's inputs, and the fingerprint of what was computed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from backflush.engine import enums, types
from backflush.engine.places import Supply, SupplyPlan
from backflush.engine.shares import held_share
from backflush.engine.stock import StockPool
from backflush.engine.stock import StockRow as PoolRow
from backflush.queries.basis import Basis, takes_back
from backflush.queries.rows import CompletionRow, HeldDocument, HeldLine, InputRow, UseRow

PERCENT = Decimal("0.0001")


class DayFacts(dict[int, types.ItemFacts]):
    """Item facts as of one day, made when first asked for."""

    def __init__(self, basis: Basis, day: dt.date) -> None:
        super().__init__()
        self._basis = basis
        self._day = day

    def __missing__(self, item_id: int) -> types.ItemFacts:
        row = self._basis.items[item_id]
        facts = types.ItemFacts(
            key=item_id,
            standard_cost=self._basis.costs.on(item_id, self._day),
            tracking=enums.Tracking(row.tracking),
            rounding_step=row.rounding_step,
            rounding=enums.Rounding(row.rounding_direction) if row.rounding_direction else None,
            negative_policy=enums.NegativePolicy(row.negative_policy) if row.negative_policy else None,
            supply_location=row.supply_location_id,
            is_stock_known=row.is_stock_known,
            tolerance_percent=row.tolerance_percent,
            tolerance_minor=row.tolerance_minor,
            stock_unit=row.unit,
        )
        self[item_id] = facts
        return facts

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._basis.items

    def get(self, item_id: int, default: Any = None) -> Any:
        try:
            return self[item_id]
        except KeyError:
            return default


class InputsBuilder:
    """Builds engine inputs for the completions of one basis. The stock pool is shared among them, in order."""

    def __init__(self, basis: Basis) -> None:
        organization = basis.organization
        self.basis = basis
        self.policies = types.Policies(
            currency_decimals=organization.currency_decimals,
            negative_policy=enums.NegativePolicy(organization.negative_policy),
            finished_goods_at=enums.FinishedGoodsAt(organization.finished_goods_at),
            is_stock_at_standard=organization.is_stock_at_standard,
            # As the database keeps it: 0 and 0.0000 are one policy, and an object that was just made is no other.
            tolerance_percent=Decimal(organization.tolerance_percent).quantize(PERCENT),
            tolerance_minor=organization.tolerance_minor,
        )
        self.pool = StockPool(
            (
                PoolRow(
                    item=row.item_id,
                    location=row.location_id,
                    lot=row.lot_id,
                    quantity=row.on_hand,
                    unit_cost=row.unit_cost,
                    received_on=row.received_on,
                    expires_on=row.expires_on,
                    code=row.lot_code,
                )
                for row in basis.stock
            ),
            enums.LotOrder(organization.lot_order),
        )
        self._facts: dict[dt.date, DayFacts] = {}
        self._fact_texts: dict[tuple[int, dt.date], str] = {}
        self._plans: dict[int | None, SupplyPlan] = {}
        self._recipes: dict[Any, types.Recipe] = {}
        self._recipe_digests: dict[int, str] = {}
        self._facts_digests: dict[tuple[int, int, dt.date], str] = {}

    def inputs_for(
        self,
        completion: CompletionRow,
        *,
        against: Sequence[HeldDocument],
        use: Sequence[UseRow] = (),
        edits: Sequence[Mapping[str, Any]] = (),
    ) -> types.CompletionInputs:
        """The engine's inputs. Input keys are positions in the snapshot, so that equal recipes share one object."""
        own = self.basis.recipes.get(completion.output_id)
        is_plain = not (against or use or edits or takes_back(completion, use))
        keys = (
            {} if is_plain or own is None else {pk: position for position, pk in own.ids_by_position.items()}
        )
        return types.CompletionInputs(
            recipe=self.recipe_of(completion),
            good=completion.good,
            scrap=completion.scrap,
            items=self.facts_on(completion.completed_on),
            stock=self.pool,
            places=self._plan(completion.work_site_id),
            policies=self.policies,
            order_quantity=completion.order_quantity,
            operation=completion.operation,
            scrap_operation=completion.scrap_operation,
            has_scrap_reason=completion.scrap_reason_id is not None,
            totals=tuple(_totals(against)),
            held=_held(against, keys),
            posted=self._posted(completion, keys) if takes_back(completion, use) else {},
            reported=tuple(self._reported(row, keys) for row in use),
            edits=tuple(_edit(edit, keys) for edit in edits),
            upstream=self.upstream_of(completion.output_id),
        )

    def facts_on(self, day: dt.date) -> DayFacts:
        if day not in self._facts:
            self._facts[day] = DayFacts(self.basis, day)
        return self._facts[day]

    def recipe_of(self, completion: CompletionRow) -> types.Recipe:
        found = self.basis.recipes.get(completion.output_id)
        policy = str(completion.scrap_policy or self.basis.organization.scrap_policy)
        digest = found.shared.digest if found else ""
        identity = (policy, completion.planned_loss, tuple(completion.reporting_points), digest)
        recipe = self._recipes.get(identity)
        if recipe is None:
            rows = found.shared.rows if found else []
            positions = {row.id: row.position for row in rows}
            recipe = self._recipes[identity] = types.Recipe(
                inputs=tuple(self._recipe_input(row, positions) for row in rows),
                planned_loss_percent=completion.planned_loss,
                scrap_policy=enums.ScrapPolicy(policy),
                reporting_points=tuple(completion.reporting_points),
                last_operation=max(completion.reporting_points, default=None),
            )
            self._recipe_digests[id(recipe)] = hashlib.sha256(repr(identity).encode()).hexdigest()
        return recipe

    def supply_of(self, completion: CompletionRow, input_id: int | None, facts: types.ItemFacts) -> Supply:
        """In which order locations supply a stored line."""
        own = self.basis.recipes.get(completion.output_id)
        place = None
        if own is not None and input_id is not None:
            place = next(
                (
                    row.supply_location_id
                    for row, pk in zip(own.shared.rows, own.ids, strict=True)
                    if pk == input_id
                ),
                None,
            )
        return self._plan(completion.work_site_id).supply(place, facts.supply_location)

    def upstream_of(self, output_id: int) -> tuple[types.UpstreamWip, ...]:
        rows = self.basis.upstream.get(output_id)
        if not rows:
            return ()
        left: dict[int, list[Any]] = defaultdict(lambda: [0, Decimal(0), 0, Decimal(0)])
        for row in rows:
            if row.operation is not None and row.wip_minor:
                left[row.operation][0] += row.wip_minor
                left[row.operation][1] += row.good
            for taken in json.loads(row.taken or "[]"):
                left[taken["operation"]][2] += taken["minor"]
                left[taken["operation"]][3] += Decimal(taken["units"])
        return tuple(types.UpstreamWip(operation, *sums) for operation, sums in sorted(left.items()))

    def fingerprint(
        self,
        completion: CompletionRow,
        *,
        against: Sequence[HeldDocument],
        use: Sequence[UseRow],
        edited_item_ids: Sequence[int] = (),
    ) -> str:
        """A digest of everything the figures depend on, but for stock, which posting checks pick by pick."""
        recipe = self.recipe_of(completion)
        organization = self.basis.organization
        extra = {line.item_id for document in against for line in document.lines}
        extra.update(row.item_id for row in use)
        extra.update(edited_item_ids)
        parts = (
            self._recipe_digests[id(recipe)],
            completion[8:14],
            completion[15:20],
            [(d.backflush_id, d.operation, d.good, d.scrap, d.scrap_operation, d.lines) for d in against],
            [row[3:] for row in use],
            self._recipe_facts(recipe, completion),
            [self._fact_text(item_id, completion.completed_on) for item_id in sorted(extra)],
            self.upstream_of(completion.output_id) if completion.scrap else (),
            self.policies,
            organization.is_cost_required,
            str(organization.lot_order),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def _recipe_facts(self, recipe: types.Recipe, completion: CompletionRow) -> str:
        """A digest of the facts of the product and of all items of the recipe on the completion's day."""
        key = (id(recipe), completion.item_id, completion.completed_on)
        if key not in self._facts_digests:
            item_ids = {line.item for line in recipe.inputs} | {completion.item_id}
            texts = [self._fact_text(item_id, completion.completed_on) for item_id in sorted(item_ids)]
            self._facts_digests[key] = hashlib.sha256(repr(texts).encode()).hexdigest()
        return self._facts_digests[key]

    def _fact_text(self, item_id: int, day: dt.date) -> str:
        key = (item_id, day)
        if key not in self._fact_texts:
            # Whether stock is known belongs to the stock, not to what the figures depend on.
            row = self.basis.items[item_id]
            self._fact_texts[key] = repr((*row[:10], row.item_class, self.basis.costs.on(item_id, day)))
        return self._fact_texts[key]

    def _plan(self, site: int | None) -> SupplyPlan:
        if site not in self._plans:
            self._plans[site] = SupplyPlan(
                site=site,
                stocking=tuple(self.basis.stocking_locations),
                parents={place: up for place, up in self.basis.location_parents.items() if up is not None},
            )
        return self._plans[site]

    def _recipe_input(self, row: InputRow, positions: Mapping[int, int]) -> types.RecipeInput:
        return types.RecipeInput(
            key=row.position,
            item=row.item_id,
            basis=enums.Basis(row.basis),
            usage=row.usage,
            usage_per=row.usage_per,
            fixed_quantity=row.fixed_quantity,
            loss_percent=row.loss_percent,
            loss_method=enums.LossMethod(row.loss_method),
            factor_numerator=row.factor_numerator,
            factor_denominator=row.factor_denominator,
            rounding_step=row.rounding_step,
            rounding=enums.Rounding(row.rounding_direction) if row.rounding_direction else None,
            line_type=enums.LineType(row.line_type),
            supply=enums.Supply(row.supply),
            supply_location=row.supply_location_id,
            operation=row.operation,
            parent=positions[row.phantom_parent_id] if row.phantom_parent_id else None,
            is_phantom=row.is_phantom,
            planned_loss_percent=row.planned_loss,
            substitutes=tuple(
                types.Substitute(s["item_id"], Decimal(s["factor"]))
                for s in json.loads(row.substitutes or "[]")
            ),
            unit=row.unit,
            stock_unit=self.basis.items[row.item_id].unit,
        )

    def _reported(self, row: UseRow, keys: Mapping[int, int]) -> types.ReportedUse:
        lot = self.basis.lot_ids.get((row.item_id, row.lot_code)) if row.lot_code else None
        return types.ReportedUse(
            item=row.item_id,
            quantity=row.quantity,
            input_key=keys.get(row.input_id) if row.input_id else None,
            stands_in_for=row.stands_in_for_id,
            factor=row.factor,
            lot=lot,
            location=row.location_id,
            is_lot_unknown=bool(row.lot_code) and lot is None,
        )

    def _posted(
        self, completion: CompletionRow, keys: Mapping[int, int]
    ) -> dict[int, tuple[types.PostedUse, ...]]:
        """By input, latest first, what stands of each posting: what came back since was taken from the latest."""
        stacks: dict[int, list[types.PostedUse]] = defaultdict(list)
        for row in reversed(self.basis.posted.get(completion.output_id, ())):
            if row.input_id in keys:
                use = types.PostedUse(
                    row.item_id, row.location_id, row.lot_id, row.quantity, row.unit_cost, row.factor
                )
                _stack_up(stacks[keys[row.input_id]], use)
        return {key: tuple(reversed(stack)) for key, stack in stacks.items()}


def _stack_up(stack: list[types.PostedUse], use: types.PostedUse) -> None:
    """Put a posting on top, or take a return off the latest postings of its item, place and lot."""
    left = use.quantity
    for at in range(len(stack) - 1, -1, -1):
        row = stack[at]
        same = (row.item, row.location, row.lot) == (use.item, use.location, use.lot)
        if not same or row.quantity * left >= 0:
            continue
        part = min(abs(left), abs(row.quantity)).copy_sign(row.quantity)
        stack[at] = row._replace(quantity=row.quantity - part)
        left += part
    if left:
        stack.append(use._replace(quantity=left))


def _totals(against: Iterable[HeldDocument]) -> Iterable[types.OperationTotals]:
    for document in against:
        if document.scrap and document.scrap_operation not in (None, document.operation):
            yield types.OperationTotals(document.operation, document.good)
            yield types.OperationTotals(document.scrap_operation, Decimal(0), document.scrap)
        else:
            yield types.OperationTotals(document.operation, document.good, document.scrap)


def _held(against: Iterable[HeldDocument], keys: Mapping[int, int]) -> dict[int, tuple[types.Held, ...]]:
    sums: dict[tuple[int, int, Decimal], list[HeldLine]] = defaultdict(list)
    for document in against:
        for line in document.lines:
            if line.input_id in keys:
                sums[(keys[line.input_id], line.item_id, line.factor)].append(line)
    held: dict[int, list[types.Held]] = defaultdict(list)
    for (key, item, factor), lines in sums.items():
        held[key].append(_summed(item, factor, lines))
    return {key: tuple(found) for key, found in held.items()}


def _summed(item: int, factor: Decimal, lines: Sequence[HeldLine]) -> types.Held:
    nothing = Decimal(0)
    exact = [{"exact": json.loads(line.exact)} for line in lines if line.exact]
    shares = held_share(exact) if exact else (None, None)
    return types.Held(
        item=item,
        standard=sum((line.standard for line in lines), nothing),
        expected=sum((line.expected for line in lines), nothing),
        actual=sum((line.actual for line in lines), nothing),
        origin_standard=sum((line.origin_standard for line in lines), nothing),
        origin_expected=sum((line.origin_expected for line in lines), nothing),
        factor=factor,
        skipped=sum((line.expected for line in lines if not line.actual), nothing),
        share_standard=shares[0],
        share_expected=shares[1],
    )


def _edit(edit: Mapping[str, Any], keys: Mapping[int, int]) -> types.Edit:
    lots = edit.get("lots")
    return types.Edit(
        input_key=keys.get(edit["input_id"]) if edit.get("input_id") else None,
        item=edit["item_id"],
        actual_quantity=Decimal(edit["actual_quantity"]) if edit.get("actual_quantity") is not None else None,
        item_used=edit.get("item_used_id"),
        factor=Decimal(edit["factor"]) if edit.get("factor") else None,
        lots=None
        if lots is None
        else tuple(
            types.ChosenLot(
                lot.get("lot_id"),
                lot.get("location_id"),
                Decimal(lot["quantity"]) if lot.get("quantity") is not None else None,
            )
            for lot in lots
        ),
    )
