"""The journal of one posting: balanced lines that leave no WIP behind.

All amounts are whole minor units, debit positive. What goes out of WIP is made by subtraction, so that the lines add up
to zero whatever rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .enums import AccountRole, FinishedGoodsAt, LineType
from .errors import EngineError
from .postings import Journal, JournalAmounts, JournalInputs, JournalLine, PostedReceipt, UpstreamTaken
from .scale import half_away, micro, quantity
from .types import UpstreamWip

WIP_IN, WIP_OUT, UPSTREAM_SCRAP = "in", "out", "upstream scrap"


def build_journal(inputs: JournalInputs) -> Journal:
    """Book a posting by rules section 8: inventory, variances or scrap loss, conversion, receipt, WIP in and out."""
    return _Booking(inputs).journal()


def upstream_scrap(upstream: Sequence[UpstreamWip], scrap: Decimal, operation: int) -> int:
    """What earlier points consumed for units scrapped at `operation`, in minor units."""
    return sum(_share(point, micro(scrap)) for point in upstream if point.operation < operation)


def _share(point: UpstreamWip, units: int) -> int:
    """left × units ÷ units not yet taken; units that come back bring what they took."""
    taken = micro(point.taken_units)
    if units < 0:
        count, money = taken, point.taken_minor
    else:
        count, money = micro(point.put_units) - taken, point.left_minor
    if count <= 0:
        return 0
    if abs(units) >= count:
        return money if units > 0 else -money
    return half_away(money * units, count)


def _came_in_at(receipts: Sequence[PostedReceipt], units: int) -> int | None:
    """The value of the latest `units` received; None where fewer are standing."""
    value = 0
    for receipt in receipts:
        standing = micro(receipt.quantity)
        if standing <= 0:
            continue
        part = min(units, standing)
        value += (
            receipt.amount_minor if part == standing else half_away(receipt.amount_minor * part, standing)
        )
        units -= part
        if not units:
            return value
    return None


class _Booking:
    def __init__(self, inputs: JournalInputs) -> None:
        self.inputs = inputs
        self.good = micro(inputs.good)
        self.scrap = micro(inputs.scrap)
        self.is_standard = inputs.finished_goods_at is FinishedGoodsAt.STANDARD
        self.is_receipt = inputs.receives and self.good != 0
        self.unit = 10 ** (12 - inputs.currency_decimals)
        self.sums: dict[tuple[AccountRole, str, str], int] = {}
        self.taken: list[UpstreamTaken] = []

    def book(self, role: AccountRole, item_class: str, amount: int, memo: str = "") -> None:
        key = (role, item_class, memo)
        self.sums[key] = self.sums.get(key, 0) + amount

    def journal(self) -> Journal:
        inputs = self.inputs
        material = sum(self._material(amounts) for amounts in inputs.amounts)
        scrapped, moved, received, rest = self._upstream()
        output = inputs.output_class
        conversion = 0
        if inputs.receives:
            conversion = half_away(self.good * micro(inputs.conversion_cost), self.unit)
            self.book(AccountRole.CONVERSION_ABSORBED, output, -conversion)
        own = material + conversion
        self.book(AccountRole.WIP, output, own, WIP_IN)
        loss_role = AccountRole.SCRAP_VARIANCE if self.is_standard else AccountRole.SCRAP_LOSS
        self.book(loss_role, output, scrapped, UPSTREAM_SCRAP)
        self.book(AccountRole.WIP, output, -scrapped, UPSTREAM_SCRAP)
        receipt = 0
        if self.is_receipt:
            to_give = own + moved + received
            receipt = self._receipt_value(to_give if self.is_standard else to_give + rest)
            self.book(AccountRole.FINISHED_GOODS, output, receipt)
            self.book(AccountRole.OUTPUT_VARIANCE, output, to_give + rest - receipt)
            self.book(AccountRole.WIP, output, -(to_give + rest), WIP_OUT)
            left = 0
        elif inputs.receives or inputs.is_emptying:
            # Nothing comes in, and nothing may stay: a set-up at standard, what lost units had consumed.
            gone = own + moved + rest
            role = AccountRole.OUTPUT_VARIANCE
            if not self.is_standard and not self.good:
                role = AccountRole.SCRAP_LOSS
            self.book(role, output, gone)
            self.book(AccountRole.WIP, output, -gone, WIP_OUT)
            left = 0
        else:
            left = own + moved
        lines = tuple(
            JournalLine(role, item_class, amount, memo)
            for (role, item_class, memo), amount in self.sums.items()
            if amount
        )
        if sum(line.amount_minor for line in lines):
            raise EngineError(
                "INVALID", "The line amounts do not add up: actual is not standard and variances."
            )
        return Journal(
            lines=lines,
            receipt_quantity=inputs.good if self.is_receipt else quantity(0),
            receipt_minor=receipt,
            receipt_unit_cost=quantity(
                half_away(abs(receipt) * self.unit, abs(self.good)) if self.is_receipt else 0
            ),
            upstream=tuple(self.taken),
            upstream_scrap_minor=upstream_scrap(inputs.upstream, inputs.scrap, self._found_at()),
            wip_minor=left,
        )

    def _material(self, amounts: JournalAmounts) -> int:
        """Book a line's stock and its variances or loss; returns what goes into WIP."""
        item_class = amounts.item_class
        actual = amounts.actual_cost_minor
        stock = actual if amounts.inventory_minor is None else amounts.inventory_minor
        is_byproduct = amounts.line_type is LineType.BYPRODUCT
        role = AccountRole.BYPRODUCT_INVENTORY if is_byproduct else AccountRole.COMPONENT_INVENTORY
        self.book(role, item_class, -stock)
        self.book(AccountRole.ROUNDING, item_class, stock - actual)
        if self.is_standard:
            self.book(AccountRole.SUBSTITUTION_VARIANCE, item_class, amounts.substitution_minor)
            self.book(AccountRole.SCRAP_VARIANCE, item_class, amounts.scrap_minor)
            self.book(AccountRole.USAGE_VARIANCE, item_class, amounts.usage_minor)
            self.book(AccountRole.PRICE_VARIANCE, item_class, amounts.price_minor)
            return amounts.standard_cost_minor
        loss = 0
        if not self.good:
            loss = actual
        elif self.inputs.is_scrap_abnormal:
            loss = amounts.scrap_minor
        self.book(AccountRole.SCRAP_LOSS, item_class, loss)
        return actual - loss

    def _found_at(self) -> int:
        """Where scrap was found: unnamed, after every earlier point."""
        named = self.inputs.scrap_operation
        return named if named is not None else max((p.operation for p in self.inputs.upstream), default=0) + 1

    def _upstream(self) -> tuple[int, int, int, int]:
        """Earlier points' money: lost with scrap, moved on with normal scrap, received, and what is left at the end."""
        lost = moved = received = rest = 0
        is_lost = self.is_standard or self.inputs.is_scrap_abnormal or not self.good
        found_at = self._found_at()
        for point in self.inputs.upstream:
            by_scrap = _share(point, self.scrap) if point.operation < found_at else 0
            units = self.scrap if point.operation < found_at else 0
            by_receipt = 0
            if self.is_receipt:
                after = UpstreamWip(
                    point.operation,
                    point.put_minor,
                    point.put_units,
                    point.taken_minor + by_scrap,
                    quantity(micro(point.taken_units) + units),
                )
                by_receipt = _share(after, self.good)
                units += self.good
            left = point.left_minor - by_scrap - by_receipt if self.inputs.is_emptying else 0
            if is_lost:
                lost += by_scrap
            else:
                moved += by_scrap
            received += by_receipt
            rest += left
            if by_scrap or by_receipt or left or units:
                self.taken.append(
                    UpstreamTaken(point.operation, by_receipt + left, by_scrap, quantity(units))
                )
        return lost, moved, received, rest

    def _receipt_value(self, to_give: int) -> int:
        """What the finished goods come in at, or go down at."""
        inputs = self.inputs
        if self.good < 0:
            came_in = _came_in_at(inputs.receipts, -self.good)
            return to_give if came_in is None else -came_in
        if self.is_standard and inputs.output_standard_cost is not None:
            return half_away(self.good * micro(inputs.output_standard_cost), self.unit)
        return to_give
