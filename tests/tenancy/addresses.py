"""Every address inside an organization, found from the resolver, and what its arguments are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import (
    ApiKey,
    Invitation,
    Job,
    Membership,
    Organization,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.tenancy.binding import bind
from approvals.models import ApprovalTier
from backflush.models import BackflushLine
from exports.models import ExportTemplate
from imports.models import ImportMapping
from inventory.models import (
    AccountMapping,
    Item,
    Location,
    Lot,
    Period,
    ReasonCode,
    StockException,
    UnitConversion,
)
from production.choices import OrderStatus
from production.models import Document, Operation, WorkOrder
from tests import documents, factories
from tests.factories import next_number
from tests.rows import any_row

PREFIX = "o/<slug:slug>/"
Arguments = Callable[[Organization], dict[str, Any]]


@dataclass(frozen=True)
class Address:
    """`route` is without the organization's part."""

    route: str
    name: str
    right: str | None

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.route)

    def path(self, slug: str, arguments: dict[str, Any]) -> str:
        filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(arguments[found[1]]), self.route)
        return f"/o/{slug}/{filled}"


def addresses() -> list[Address]:
    return list(_below(get_resolver(), "", []))


def _below(resolver: URLResolver, prefix: str, namespaces: list[str]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _below(entry, route, namespaces + ([entry.namespace] if entry.namespace else []))
        elif isinstance(entry, URLPattern) and route.startswith(PREFIX):
            name = ":".join([*namespaces, entry.name or route])
            right = getattr(entry.callback, "required_right", None)
            yield Address(route.removeprefix(PREFIX), name, right)


def row(model: Any, *, parameter: str = "pk", **values: Any) -> Arguments:
    """The address takes the key of a row of this model."""

    def make(organization: Organization) -> dict[str, Any]:
        with bind(organization):
            return {parameter: any_row(model, organization, **values).pk}

    return make


def _invitation(organization: Organization) -> dict[str, Any]:
    with bind(organization):
        return {"pk": any_row(Invitation, organization, email="new@example.com", role="planner").pk}


def _account(organization: Organization) -> dict[str, Any]:
    """Of an item class: the account for all items is not removed."""
    with bind(organization):
        return {"pk": any_row(AccountMapping, organization, item_class=f"class {next_number()}").pk}


def _tier(organization: Organization) -> dict[str, Any]:
    """Above the one from 0, which is not removed."""
    with bind(organization):
        amount = 1_000_000 + next_number()
        return {"pk": any_row(ApprovalTier, organization, from_amount_minor=amount, role="finance").pk}


def _template(organization: Organization) -> dict[str, Any]:
    with bind(organization):
        return {"pk": ExportTemplate.objects.latest("pk").pk}


def _draft(organization: Organization) -> dict[str, Any]:
    backflush = documents.make_draft(organization)
    with bind(organization):
        line = BackflushLine.objects.filter(backflush=backflush).earliest("pk")
    return {"number": backflush.number, "line_id": line.pk}


def _submitted(organization: Organization) -> dict[str, Any]:
    return {"number": documents.make_submitted(organization).number}


def _posted(organization: Organization) -> dict[str, Any]:
    return {"number": documents.make_posted(organization).number}


def _export(organization: Organization) -> dict[str, Any]:
    return {"number": documents.make_export(organization).number}


def _import(organization: Organization) -> dict[str, Any]:
    return {"number": documents.make_import(organization).number}


def _order(organization: Organization) -> dict[str, Any]:
    order = factories.make_order(organization, factories.make_product(organization))
    completion = factories.make_completion(organization, order)
    return {
        "number": order.number,
        "pk": completion.pk,
        "output_id": completion.output_id,
        "status": OrderStatus.CANCELLED.value,
    }


def _paper(organization: Organization) -> dict[str, Any]:
    known = _order(organization)
    with bind(organization):
        order = WorkOrder.objects.get(number=known["number"])
        return {**known, "pk": any_row(Document, organization, work_order=order).pk}


def _operation(organization: Organization) -> dict[str, Any]:
    with bind(organization):
        operation = any_row(Operation, organization)
    return {"pk": operation.item_id, "operation_id": operation.pk}


# By the beginning of the address's name; the longest match counts. A new address with arguments needs a line here.
ARGUMENTS: dict[str, Arguments] = {
    "accounts:delivery": row(WebhookDelivery),
    "accounts:job": row(Job),
    "accounts:member": row(Membership, role="planner"),
    "accounts:remove_member": row(Membership, role="planner"),
    "accounts:limit_key": row(ApiKey),
    "accounts:revoke_key": row(ApiKey),
    "accounts:send_invitation": _invitation,
    "accounts:withdraw_invitation": _invitation,
    "accounts:send_delivery": row(WebhookDelivery),
    "accounts:webhook": row(WebhookEndpoint),
    "approvals:": _draft,
    "approvals:approve": _submitted,
    "approvals:return": _submitted,
    "approvals:reverse": _posted,
    "approvals:lot": row(Lot),
    "approvals:resolve_shortage": row(StockException),
    "approvals:sign_shortage": row(StockException),
    "approvals:send_shortage_back": row(StockException),
    "approvals:tier": _tier,
    "approvals:remove_tier": _tier,
    "exports:": _export,
    "imports:": _import,
    "imports:edit_mapping": row(ImportMapping),
    "imports:delete_mapping": row(ImportMapping),
    "imports:kept_mapping": row(ImportMapping),
    "inventory:item": row(Item),
    "inventory:item_rules": row(Item),
    "inventory:location": row(Location),
    "inventory:remove_unit": row(UnitConversion),
    "inventory:take_exception": row(StockException),
    "production:": _order,
    "production:bill": row(Item),
    "production:operations": row(Item),
    "production:drop_operation": _operation,
    "production:document": _paper,
    "production:remove_document": _paper,
    "rules:account": _account,
    "rules:remove_account": _account,
    "rules:reason": row(ReasonCode),
    "rules:close_period": row(Period),
    "rules:open_period": row(Period),
}
for _name in ("template", "edit_template", "duplicate_template", "switch_template"):
    ARGUMENTS[f"exports:{_name}"] = _template

for _name in ("edit_webhook", "rotate_webhook", "switch_webhook", "remove_webhook", "ping_webhook"):
    ARGUMENTS[f"accounts:{_name}"] = row(WebhookEndpoint)

# Addresses whose arguments name nothing of an organization's.
OF_NOBODY: dict[str, dict[str, Any]] = {"imports:sample": {"name": "no-such-file.csv"}}


def arguments_of(address: Address) -> Arguments | None:
    matches = [name for name in ARGUMENTS if address.name.startswith(name)]
    return ARGUMENTS[max(matches, key=len)] if matches else None
