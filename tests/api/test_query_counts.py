"""Lists and postings ask the database as often for one row as for many."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from accounts.tenancy.writes import save_row
from approvals.actions.reversing import reverse
from approvals.actions.signing import approve_backflush
from approvals.actions.submitting import submit_backflush
from backflush.actions.drafting import draft_backflushes
from inventory.models import Item
from production.models import WorkOrder
from tests import documents, factories
from tests.api.calling import Program, program_of
from tests.backflush.shop import Shop

pytestmark = pytest.mark.django_db


def queries(program: Program, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = program.get(path)
    assert answer.status_code == 200, answer.content
    assert answer.json()["items"]
    return len(asked)


def posted_off(organization: Organization) -> None:
    """Posted with a difference, so that variances have a line too."""
    planner, controller = (factories.make_member(organization, role) for role in ("planner", "controller"))
    shop = Shop(organization, planner, controller, controller)
    draft = documents.make_draft(organization, planner)
    sku = next(iter(shop.lines(draft)))
    shop.post(shop.change(draft, sku, actual_quantity=25))


MAKERS: dict[str, Callable[[Organization], object]] = {
    "/work-orders": documents.make_draft,
    "/backflushes": documents.make_draft,
    "/exports": documents.make_export,
    "/stock-entries": documents.make_posted,
    "/variances": posted_off,
    "/reason-codes": lambda organization: factories.make_reason(organization, f"R{factories.next_number()}"),
}


@pytest.mark.parametrize("path", MAKERS)
def test_list_asks_as_often_for_one_row_as_for_three(organization: Organization, path: str) -> None:
    program = program_of(organization, "auditor")
    MAKERS[path](organization)
    first = queries(program, path)
    first = queries(program, path)
    MAKERS[path](organization)
    MAKERS[path](organization)
    assert queries(program, path) == first


def test_history_asks_as_often_for_one_document_as_for_three(organization: Organization) -> None:
    program = program_of(organization, "auditor")
    order = factories.make_order(organization, _product(organization), 30, "WO-1")
    counts = []
    for parts in (1, 2):
        for _ in range(parts):
            _post_part(organization, order)
        queries(program, "/work-orders/WO-1/backflush-history")
        counts.append(queries(program, "/work-orders/WO-1/backflush-history"))
    assert counts[0] == counts[1]


def _product(organization: Organization) -> Item:
    material = factories.make_item(organization, "M", cost=5)
    factories.set_stock(organization, material, 1000, unit_cost=5)
    product = factories.make_product(organization, "P")
    factories.make_bom(organization, product, [(material, 2)])
    return product


def _post_part(organization: Organization, order: WorkOrder) -> None:
    """Posted and reversed, by three people."""
    planner, *controllers = (
        factories.make_member(organization, role) for role in ("planner", "controller", "controller")
    )
    completion = factories.make_completion(organization, order, 5, reference=str(factories.next_number()))
    drafted = draft_backflushes(organization=organization, actor=planner, completion_ids=[completion.pk])
    (pk,) = drafted.drafted
    submit_backflush(organization=organization, backflush_id=pk, actor=planner)
    approve_backflush(organization=organization, backflush_id=pk, actor=controllers[0])
    reverse(organization=organization, backflush_id=pk, actor=controllers[1], reason="Wrong order")


def test_posting_asks_as_often_for_one_line_as_for_ten(organization: Organization) -> None:
    program = standard_runs_program(organization)
    assert posting(program, organization, lines=1) == posting(program, organization, lines=10)


def test_posting_asks_no_more_than_its_tables_need(organization: Organization) -> None:
    """Every query is a wait that the terminal on the floor has too, and that other postings may have for it."""
    assert posting(standard_runs_program(organization), organization, lines=3) <= 100


def standard_runs_program(organization: Organization) -> Program:
    organization.is_standard_run_posted = True
    organization.standard_run_limit_minor = 10**9
    save_row(organization, actor=None, reason="to post at once")
    return program_of(organization, "planner")


def posting(program: Program, organization: Organization, *, lines: int) -> int:
    """How often the database is asked to report and post an order that uses so many lots of so many items."""
    product = factories.make_product(organization, f"P{lines}")
    parts = [factories.make_item(organization, f"M{lines}-{n}", cost=2, tracking="lot") for n in range(lines)]
    for part in parts:
        lot = factories.make_lot(organization, part, "L1", unit_cost=Decimal(2))
        factories.set_stock(organization, part, 100, lot=lot, unit_cost=2)
    factories.make_bom(organization, product, [(part, 1) for part in parts])
    for number in ("first", "second"):
        factories.make_order(organization, product, 1, f"{number}-{lines}")
    report(program, f"first-{lines}")  # balances and numbers are begun once
    with CaptureQueriesContext(connection) as asked:
        report(program, f"second-{lines}")
    return sum("SAVEPOINT" not in query["sql"] for query in asked)


def report(program: Program, number: str) -> None:
    answer = program.post(f"/work-orders/{number}/backflush", {"completion_qty": 1}, key=number)
    assert answer.status_code == 200, answer.content
