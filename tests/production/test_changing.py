"""An order is changed on its page: what may change, what follows from it, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from production.actions.changing import change_work_order
from production.models import Completion, WorkOrder
from tests.documents import make_posted
from tests.factories import (
    TODAY,
    client_of,
    make_completion,
    make_location,
    make_member,
    make_order,
    make_product,
)

pytestmark = pytest.mark.django_db


def change(organization: Organization, order: WorkOrder, actor: User, **wanted: Any) -> WorkOrder:
    with bind(organization):
        (output,) = order.outputs.all()
        values: dict[str, Any] = {
            "quantity": output.quantity,
            "due_on": order.due_on,
            "work_site": order.work_site,
        }
        values |= wanted
        quantity, reason = values.pop("quantity"), values.pop("reason", "Customer wants more")
        number = None if quantity is None else Decimal(quantity)
        return change_work_order(order, quantities={output.pk: number}, actor=actor, reason=reason, **values)


def refusal(*args: Any, **wanted: Any) -> str:
    with pytest.raises(AppError) as refused:
        change(*args, **wanted)
    return refused.value.code


def test_page_changes_quantity_due_day_and_site_with_a_reason(
    organization: Organization, alice_client: Client
) -> None:
    make_location(organization, "PLANT-2")
    order = make_order(organization, make_product(organization, "P"), 10, "WO/7")
    page = alice_client.get("/o/acme/orders/WO/7/")
    assert "/o/acme/orders/WO/7/change/" in page.content.decode()
    with bind(organization):
        site = make_location(organization, "PLANT-2").pk
    data = {"quantity": "12.5", "due_on": "2026-01-31", "work_site": site, "reason": "Customer wants more"}
    without = alice_client.post("/o/acme/orders/WO/7/change/", {**data, "reason": ""})
    assert "This field is required" in without.content.decode()
    assert alice_client.post("/o/acme/orders/WO/7/change/", data).status_code == 302
    with bind(organization):
        order.refresh_from_db()
        (output,) = order.outputs.all()
        assert (str(output.quantity), str(order.due_on), order.work_site_id) == (
            "12.500000",
            "2026-01-31",
            site,
        )
        assert output.history.latest().history_change_reason == "Customer wants more"
        assert order.history.latest().history_user.email == "alice@example.com"


def test_final_completion_follows_the_quantity(organization: Organization, alice: User) -> None:
    order = make_order(organization, make_product(organization), 10)
    report = make_completion(organization, order, 8, reference="A")
    change(organization, order, alice, quantity=8)
    with bind(organization):
        assert Completion.objects.get(pk=report.pk).is_final
    change(organization, order, alice, quantity=9)
    with bind(organization):
        assert not Completion.objects.get(pk=report.pk).is_final


def test_less_than_is_reported_is_refused_where_the_organization_says_so(
    organization: Organization, alice: User
) -> None:
    order = make_order(organization, make_product(organization), 10)
    make_completion(organization, order, 8, reference="A")
    change(organization, order, alice, quantity=4)  # no limit of over-completion
    organization.over_completion_percent = Decimal(10)
    organization.save(update_fields=["over_completion_percent"])
    assert refusal(organization, order, alice, quantity=7) == "INVALID"
    change(organization, order, alice, quantity="7.28")


def test_closed_and_cancelled_orders_stay_as_they_are(organization: Organization, alice: User) -> None:
    posted = make_posted(organization)
    with bind(organization):
        closed = posted.completion.output.work_order
        closed.refresh_from_db()
        assert closed.is_closed
    assert refusal(organization, closed, alice, quantity=99) == "ALREADY_BACKFLUSHED"
    cancelled = make_order(organization, make_product(organization), status="CANCELLED")
    assert refusal(organization, cancelled, alice, due_on=TODAY) == "INVALID_WORK_ORDER_STATE"


def test_needs_a_reason_and_the_right(organization: Organization, alice: User) -> None:
    order = make_order(organization, make_product(organization))
    assert refusal(organization, order, alice, quantity=11, reason=" ") == "REASON_REQUIRED"
    bob = make_member(organization, "controller")
    assert refusal(organization, order, bob, quantity=11) == "FORBIDDEN"
    assert client_of(bob).get(f"/o/acme/orders/{order.number}/change/").status_code == 403
