"""The way of an order to the floor as its page offers it, and the words of its recipe."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Organization
from production.choices import Basis, LossMethod, OrderStatus
from production.models import BomLine
from production.presentation import loss_words
from tests.factories import client_of, make_completion, make_member, make_order, make_product

pytestmark = pytest.mark.django_db
BASE = "/o/acme"


@pytest.mark.parametrize(
    ("status", "to", "words"),
    [
        (OrderStatus.DRAFT, "ENTERED", "Enter"),
        (OrderStatus.ENTERED, "PLACED", "Release"),
        (OrderStatus.PLACED, None, "Record what was built"),
    ],
)
def test_next_step_of_an_order_is_the_button_of_its_page(
    organization: Organization, supervisor_client: Client, status: str, to: str | None, words: str
) -> None:
    make_order(organization, make_product(organization), 10, "WO1", status=status)
    answer = supervisor_client.get(f"{BASE}/orders/WO1/")
    step = answer.context["step"]
    assert step == (None if to is None else (to, words))
    assert f">{words}</a>" in answer.content.decode()


def test_order_that_waits_for_its_release_says_so_to_a_reader(
    organization: Organization,
) -> None:
    make_order(organization, make_product(organization), 10, "WO1", status=OrderStatus.ENTERED)
    auditor = client_of(make_member(organization, "auditor"))
    shown = auditor.get(f"{BASE}/orders/WO1/").content.decode()
    assert "It takes completions once it is released by a planner or supervisor." in shown
    assert "/status/PLACED/" not in shown


def test_order_made_by_hand_needs_its_quantity(organization: Organization, supervisor_client: Client) -> None:
    make_product(organization, "TABLE")
    answer = supervisor_client.post(
        f"{BASE}/new-order/", {"number": "WO1", "sku": "TABLE", "kind": "production"}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"quantity": ["This field is required."]}


def test_new_order_stands_under_work_orders(organization: Organization, supervisor_client: Client) -> None:
    shown = supervisor_client.get(f"{BASE}/new-order/").content.decode()
    assert f'href="{BASE}/orders/" aria-current="page"' in shown


def test_one_completion_is_counted_as_one(organization: Organization, supervisor_client: Client) -> None:
    order = make_order(organization, make_product(organization), 10, "WO1", status=OrderStatus.PRODUCTION)
    make_completion(organization, order, 4)
    figures = supervisor_client.get(f"{BASE}/orders/WO1/").context["figures"]
    assert (figures[-1].value, figures[-1].note) == ("1", "completion")


@pytest.mark.parametrize(
    ("method", "percent", "words"),
    [
        (LossMethod.YIELD, "4", "4 % (÷ 0.96)"),
        (LossMethod.MULTIPLY, "4", "4 % (× 1.04)"),
        (LossMethod.MULTIPLY, "0.25", "0.25 % (× 1.0025)"),
        (LossMethod.MULTIPLY, "0", ""),
    ],
)
def test_loss_says_what_it_does_to_the_usage(method: str, percent: str, words: str) -> None:
    line = BomLine(basis=Basis.PER_UNIT, usage=Decimal(1), loss_percent=Decimal(percent), loss_method=method)
    assert loss_words(line).replace("\N{NO-BREAK SPACE}", " ") == words
