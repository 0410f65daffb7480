"""The example of the rules, section 8, as rows: 8 good, 2 scrapped, three components and a by-product."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from approvals.actions.signing import approve_backflush
from approvals.actions.submitting import submit_backflush
from backflush.actions.drafting import draft_backflushes
from backflush.actions.editing import LineChange, edit_backflush
from backflush.models import Backflush, BackflushLine
from inventory.models import JournalLine, ReasonCode, StockBalance, StockEntry
from tests import factories


@dataclass(slots=True)
class Shop:
    """An organization with people who each do one thing."""

    organization: Organization
    planner: User
    controller: User
    other_controller: User

    def draft(self, **which: Any) -> Backflush:
        """Draft what waits; exactly one document comes of it."""
        result = draft_backflushes(organization=self.organization, actor=self.planner, **which)
        assert result.refused == []
        assert len(result.drafted) == 1
        return self.again(result.drafted[0])

    def again(self, pk: int) -> Backflush:
        with bind(self.organization):
            return Backflush.objects.get(pk=pk)

    def lines(self, backflush: Backflush) -> dict[str, BackflushLine]:
        """Lines by SKU."""
        with bind(self.organization):
            found = BackflushLine.objects.filter(backflush=backflush).select_related(
                "item", "stands_in_for", "reason"
            )
            return {line.item.sku: line for line in found}

    def reason(self, *, is_abnormal: bool = False) -> ReasonCode:
        with bind(self.organization):
            return ReasonCode.objects.filter(is_abnormal=is_abnormal).earliest("pk")

    def change(self, backflush: Backflush, sku: str, **values: Any) -> Backflush:
        """Change the line of an item."""
        change = LineChange(line_id=self.lines(backflush)[sku].pk, **values)
        edit_backflush(
            organization=self.organization, backflush_id=backflush.pk, changes=[change], actor=self.planner
        )
        return self.again(backflush.pk)

    def give_reasons(self, backflush: Backflush) -> None:
        """A normal reason on every line that has none."""
        reason = self.reason()
        changes = [
            LineChange(line_id=line.pk, reason_id=reason.pk)
            for line in self.lines(backflush).values()
            if line.reason_id is None
        ]
        if changes:
            edit_backflush(
                organization=self.organization, backflush_id=backflush.pk, changes=changes, actor=self.planner
            )

    def submit(self, backflush: Backflush) -> Backflush:
        self.give_reasons(backflush)
        submit_backflush(organization=self.organization, backflush_id=backflush.pk, actor=self.planner)
        return self.again(backflush.pk)

    def approve(self, backflush: Backflush, **values: Any) -> Backflush:
        approve_backflush(
            organization=self.organization, backflush_id=backflush.pk, actor=self.controller, **values
        )
        return self.again(backflush.pk)

    def post(self, backflush: Backflush) -> Backflush:
        return self.approve(self.submit(backflush))

    def journal(self, backflush: Backflush) -> dict[str, int]:
        """Amounts by account part; WIP apart as in and out."""
        with bind(self.organization):
            rows = JournalLine.objects.filter(entry__source_id=backflush.pk).values_list(
                "role", "amount_minor"
            )
            sums: dict[str, int] = {}
            for role, amount in rows:
                name = role if role != "wip" else ("wip_in" if amount > 0 else "wip_out")
                sums[name] = sums.get(name, 0) + amount
            return sums

    def balance(self, sku: str) -> tuple[Decimal, int]:
        """On hand and value over all places."""
        with bind(self.organization):
            rows = StockBalance.objects.filter(item__sku=sku).values_list("on_hand", "value_minor")
            return sum((row[0] for row in rows), Decimal(0)), sum(row[1] for row in rows)

    def entries(self, backflush: Backflush) -> list[StockEntry]:
        with bind(self.organization):
            return list(
                StockEntry.objects.filter(source_id=backflush.pk, source_kind="backflush").order_by("pk")
            )


def open_shop(slug: str = "acme", **policies: Any) -> Shop:
    organization = factories.make_organization(slug, **policies)
    return Shop(
        organization,
        factories.make_member(organization, "planner"),
        factories.make_member(organization, "controller"),
        factories.make_member(organization, "controller"),
    )


def simple_order(
    shop: Shop, *, quantity: Any = 10, good: Any = 10, scrap: Any = 0, usage: Any = 2, **item: Any
) -> Any:
    """One component M (5.00, 1,000 on hand) in one product P; returns the order."""
    organization = shop.organization
    material = factories.make_item(organization, "M", cost=5, **item)
    product = factories.make_product(organization, "P")
    factories.make_bom(organization, product, [(material, usage)])
    factories.set_stock(organization, material, 1000, unit_cost=5)
    order = factories.make_order(organization, product, quantity, "WO-1")
    factories.make_completion(organization, order, good, scrap)
    return order
