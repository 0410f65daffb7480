"""Two people at once: one row, one order, nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from inventory.models import Item
from production.actions.bills import load_bills
from production.actions.completions import record_completion
from production.actions.load_completions import load_completions
from production.actions.rows import BillRow, CompletionRow
from production.models import BillOfMaterials, Completion, WorkOrder
from tests.factories import NOON, make_item, make_member, make_order, make_product

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 4


def at_once(organization: Organization, *works: Callable[[], Any]) -> list[Any]:
    """Do these together, each in a transaction of its own; answers or errors, in their order."""
    start = threading.Barrier(len(works))
    answers: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            start.wait()
            with bind(organization):
                answers[place] = work()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.fixture
def supervisor(organization: Organization) -> User:
    return make_member(organization, "supervisor")


@pytest.fixture
def table(organization: Organization) -> Item:
    return make_product(organization, "TABLE")


def test_one_of_several_reports_under_one_key_is_recorded(
    organization: Organization, table: Item, supervisor: User
) -> None:
    """Two requests insert a completion for one order at once (erpnext#58004)."""
    order = make_order(organization, table, 100, "WO1")

    def report(good: int) -> Callable[[], Any]:
        return lambda: record_completion(order, good=Decimal(good), actor=supervisor, completed_at=NOON)

    answers = at_once(organization, *(report(10 + n) for n in range(THREADS)))

    errors = [answer for answer in answers if isinstance(answer, AppError)]
    assert [error.code for error in errors] == ["EDIT_CONFLICT"] * (THREADS - 1)
    with bind(organization):
        assert Completion.objects.count() == 1


def test_the_same_file_loaded_twice_at_once_makes_its_orders_once(
    organization: Organization, table: Item
) -> None:
    rows = [
        CompletionRow(n, f"WO{n}", Decimal(5), item_id=table.pk, completed_at=NOON, order_quantity=Decimal(5))
        for n in range(2, 30)
    ]

    def load() -> Any:
        return load_completions(rows=rows, actor=None, reason="Completions file")

    answers = at_once(organization, *[load] * THREADS)

    assert sorted(answer.created for answer in answers) == [0] * (THREADS - 1) + [len(rows)]
    with bind(organization):
        assert WorkOrder.objects.count() == Completion.objects.count() == len(rows)


def test_two_bills_that_close_a_circle_together_are_not_both_loaded(organization: Organization) -> None:
    a, b = make_item(organization, "A"), make_item(organization, "B")

    def load(parent: Item, component: Item) -> Callable[[], Any]:
        row = BillRow(2, parent.pk, component.pk, Decimal(1))
        return lambda: load_bills(lines=[row], actor=None, reason="Bills file")

    answers = at_once(organization, load(a, b), load(b, a))

    assert sorted(answer.refused for answer in answers) == [0, 1]
    with bind(organization):
        assert BillOfMaterials.objects.count() == 1
