"""What tests are made of: real rows, written as the product writes them. Each function binds its organization."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection
from django.test import Client, RequestFactory

from accounts.actions.members import add_member
from accounts.actions.organizations import create_organization
from accounts.jobs import perform
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from api.caller import Caller, caller_of
from inventory.choices import ItemKind, LocationKind, SourceKind, StockEvent
from inventory.ledger import NewEntry, post_entries
from inventory.models import Item, ItemCost, Location, Lot, ReasonCode
from production.choices import OrderStatus
from production.models import BillOfMaterials, BomLine, Completion, WorkOrder, WorkOrderOutput

PASSWORD = "correct horse battery staple"
NOON = dt.datetime(2025, 11, 19, 12, tzinfo=dt.UTC)
TODAY = NOON.date()
REASON = "made for a test"
_numbers = count(1)


def next_number() -> int:
    return next(_numbers)


def decimal(value: Decimal | int | str) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value)


def make_organization(slug: str = "acme", *, currency_code: str = "USD", **policies: Any) -> Organization:
    """With its roles, one admin (`admin@<slug>.example.com`) and what rooms provide by default."""
    organization, _ = create_organization(
        slug=slug,
        name=slug.title(),
        currency_code=currency_code,
        admin_email=f"admin@{slug.replace('_', '-')}.example.com",
        password=PASSWORD,
        actor=None,
    )
    for name, value in policies.items():
        setattr(organization, name, value)
    if policies:
        save_row(organization, actor=None, reason=REASON, fields=list(policies))
    return organization


def make_member(organization: Organization, role: str = Role.PLANNER, email: str | None = None) -> User:
    """A person with this role, who signs in with PASSWORD."""
    with bind(organization):
        added = add_member(
            organization=organization,
            email=email or f"{role}{next(_numbers)}@{organization.slug}.example.com",
            role=role,
            actor=None,
            reason=REASON,
            password=PASSWORD,
        )
    return added.membership.user


def admin_of(organization: Organization) -> User:
    with bind(organization):
        return Membership.objects.select_related("user").filter(role=Role.ADMIN).earliest("pk").user


def client_of(user: User) -> Client:
    """A browser without a screen in which this person is signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def make_location(organization: Organization, code: str = "MAIN", **values: Any) -> Location:
    """The location with this code, made when it is not there."""
    with bind(organization):
        known = Location.objects.filter(code=code).first()
        if known is not None:
            return known
        return _saved(
            Location(organization=organization, code=code, **{"kind": LocationKind.STORE, **values})
        )


def make_item(
    organization: Organization,
    sku: str | None = None,
    *,
    cost: Decimal | int | str | None = None,
    **values: Any,
) -> Item:
    """A material in EA, with a standard cost that always held when `cost` is given."""
    with bind(organization):
        item = _saved(Item(organization=organization, sku=sku or f"ITEM-{next(_numbers)}", **values))
        if cost is not None:
            _saved(ItemCost(organization=organization, item=item, standard_cost=decimal(cost)))
    return item


def make_product(organization: Organization, sku: str | None = None, **values: Any) -> Item:
    """A finished good."""
    return make_item(organization, sku or f"SKU-{next(_numbers)}", kind=ItemKind.SKU, **values)


def make_lot(organization: Organization, item: Item, code: str = "L1", **values: Any) -> Lot:
    with bind(organization):
        return _saved(Lot(organization=organization, item=item, code=code, **values))


def make_reason(organization: Organization, code: str = "OVERUSE", **values: Any) -> ReasonCode:
    """The reason with this code; the usual ones are there already."""
    with bind(organization):
        known = ReasonCode.objects.filter(code=code).first()
        return known or _saved(ReasonCode(organization=organization, code=code, name=code.title(), **values))


def make_bom(
    organization: Organization,
    item: Item,
    lines: Sequence[tuple[Item, Decimal | int | str] | tuple[Item, Decimal | int | str, dict[str, Any]]],
    **values: Any,
) -> BillOfMaterials:
    """A bill with lines (component, usage) or (component, usage, other columns), at positions 10, 20, …"""
    with bind(organization):
        sequence = BillOfMaterials.objects.filter(item=item).count() + 1
        bom = _saved(BillOfMaterials(organization=organization, item=item, sequence=sequence, **values))
        for position, (component, usage, *rest) in enumerate(lines, start=1):
            columns: dict[str, Any] = {"unit": component.unit, **(rest[0] if rest else {})}
            _saved(
                BomLine(
                    organization=organization,
                    bom=bom,
                    component=component,
                    usage=decimal(usage),
                    position=columns.pop("position", position * 10),
                    **columns,
                )
            )
    return bom


def make_order(
    organization: Organization,
    item: Item,
    quantity: Decimal | int | str | None = 10,
    number: str | None = None,
    *,
    output: dict[str, Any] | None = None,
    **values: Any,
) -> WorkOrder:
    """An order in production that makes one item; its recipe snapshot is taken by the first draft."""
    with bind(organization):
        columns = {"status": OrderStatus.PRODUCTION, "ordered_on": TODAY, **values}
        order = _saved(
            WorkOrder(organization=organization, number=number or f"WO-{next(_numbers)}", **columns)
        )
        _saved(
            WorkOrderOutput(
                organization=organization,
                work_order=order,
                item=item,
                quantity=None if quantity is None else decimal(quantity),
                **(output or {}),
            )
        )
    return order


def make_completion(
    organization: Organization,
    order: WorkOrder,
    good: Decimal | int | str = 10,
    scrap: Decimal | int | str = 0,
    *,
    at: dt.datetime = NOON,
    **values: Any,
) -> Completion:
    """A report of the order's first output."""
    with bind(organization):
        output = WorkOrderOutput.objects.filter(work_order=order).earliest("pk")
        return _saved(
            Completion(
                organization=organization,
                output=output,
                good_quantity=decimal(good),
                scrap_quantity=decimal(scrap),
                completed_at=at,
                completed_on=at.date(),
                **values,
            )
        )


def set_stock(
    organization: Organization,
    item: Item,
    on_hand: Decimal | int | str,
    *,
    location: str | Location = "MAIN",
    lot: Lot | None = None,
    unit_cost: Decimal | int | str = 0,
    at: dt.date = TODAY,
) -> None:
    """Book so much more of the item, as an ERP's snapshot does. Opens the location when it is not there."""
    place = location if isinstance(location, Location) else make_location(organization, location)
    quantity, cost = decimal(on_hand), decimal(unit_cost)
    with bind(organization):
        if not item.is_stock_known:
            item.is_stock_known = True
            save_row(item, actor=None, reason=REASON, fields=["is_stock_known"])
        post_entries(
            [
                NewEntry(
                    item_id=item.pk,
                    location_id=place.pk,
                    lot_id=lot.pk if lot else None,
                    event=StockEvent.SNAPSHOT,
                    quantity=quantity,
                    unit_cost=cost,
                    amount_minor=int((quantity * cost).scaleb(organization.currency_decimals)),
                    effective_date=at,
                    source_id=0,
                    source_line_id=None,
                    document_number="OPENING",
                )
            ],
            source_kind=SourceKind.STOCK_FILE,
            actor=None,
            reason=REASON,
            is_exact=True,
        )


def caller_with(key: str) -> Caller | None:
    """Who the API answers for a call with this key; None for a key that nobody had, or that holds no longer."""
    caller = caller_of(RequestFactory().get("/", headers={"Authorization": f"Bearer {key}"}))
    return caller if caller is not None and caller.holds else None


def run_jobs() -> int:
    """Do what waits in the queue, here and now, also inside a test's transaction; returns how many jobs there were."""
    ran = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = (SELECT id FROM procrastinate_jobs "
                "WHERE status = 'todo' AND task_name = 'run_job' ORDER BY priority DESC, id LIMIT 1) "
                "RETURNING args::text"
            )
            found = cursor.fetchone()
        if found is None:
            return ran
        perform(**json.loads(found[0]))
        ran += 1


def _saved(row: Any) -> Any:
    return save_row(row, actor=None, reason=REASON)
