"""POST /v1/work-orders/{number}/backflush: one operation, all of it or nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from backflush.models import Backflush, BackflushLine
from inventory.models import Item, StockEntry
from production.models import Completion, Operation, Receipt, ReportedUse, WorkOrder
from tests import factories
from tests.api.calling import Program, program_of
from tests.backflush.crowd import breaches

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(organization: Organization) -> Program:
    return program_of(organization, "planner")


@pytest.fixture
def order(organization: Organization) -> WorkOrder:
    """WO-1: 10 of P, each of 2 M (5.00, 1,000 on hand) and 1 L (2.50, two lots of 15 and 1,000)."""
    product = factories.make_product(organization, "P")
    material = factories.make_item(organization, "M", cost=5)
    lotted = factories.make_item(organization, "L", cost="2.50", tracking="lot")
    other = factories.make_item(organization, "M2", cost=7)
    factories.make_bom(organization, product, [(material, 2), (lotted, 1)])
    for item in (material, other):
        factories.set_stock(organization, item, 1000, unit_cost=5 if item == material else 7)
    for code, quantity in (("L1", 15), ("L2", 1000)):
        lot = factories.make_lot(organization, lotted, code, unit_cost=Decimal("2.50"))
        factories.set_stock(organization, lotted, quantity, lot=lot, unit_cost="2.50")
    return factories.make_order(organization, product, 10, "WO-1")


def let_standard_runs_post(organization: Organization, limit_minor: int = 100_000) -> None:
    organization.is_standard_run_posted = True
    organization.standard_run_limit_minor = limit_minor
    save_row(organization, actor=None, reason="Small runs need nobody")


def report(planner: Program, body: dict[str, Any], *, key: str = "", status: int = 202) -> dict[str, Any]:
    answer = planner.post("/work-orders/WO-1/backflush", body, key=key)
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_without_the_policy_it_waits_for_a_signature(
    organization: Organization, planner: Program, order: WorkOrder
) -> None:
    said = report(planner, {"completion_qty": 10, "external_id": "T-1"})

    document = said.pop("backflush")
    assert said == {
        "backflush_id": document["id"],
        "number": "BF-000001",
        "status": "SUBMITTED",
        "backflush_txns": [],
        "fg_receipt_id": None,
        "variance_minor": 0,
        "currency_code": "USD",
    }
    assert document["work_order"] == "WO-1"
    assert document["completion"]["external_id"] == "T-1"
    assert [(line["item"], line["actual_quantity"], line["explanation"]) for line in document["lines"]] == [
        ("M", "20", "10 good × 2 EA = 20.000000 EA"),
        ("L", "10", "10 good × 1 EA = 10.000000 EA"),
    ]
    assert document["lines"][1]["picks"] == [
        {
            "location": "MAIN",
            "lot": "L1",
            "quantity": "10",
            "unit_cost": "2.5",
            "amount_minor": 2500,
            "is_short": False,
        }
    ]
    assert document["totals"]["value_minor"] == 12_500


def test_with_the_policy_a_standard_run_posts(
    organization: Organization, planner: Program, order: WorkOrder
) -> None:
    let_standard_runs_post(organization)
    said = report(planner, {"completion_qty": "10", "external_id": "T-1"}, status=200)

    assert said["status"] == "POSTED"
    assert (said["variance_minor"], said["currency_code"]) == (0, "USD")
    with bind(organization):
        assert said["fg_receipt_id"] == Receipt.objects.get().pk
        entries = StockEntry.objects.filter(event="CONSUME").order_by("pk")
        assert [txn["txn_id"] for txn in said["backflush_txns"]] == [entry.pk for entry in entries]
    shown = [
        {name: txn[name] for name in txn if name not in {"txn_id", "posted_at"}}
        for txn in said["backflush_txns"]
    ]
    common = {"work_order_id": "WO-1", "location_id": "MAIN", "external_id": "T-1"}
    assert shown == [
        {**common, "item_id": "M", "lot_id": None, "qty_consumed": "20"},
        {**common, "item_id": "L", "lot_id": "L1", "qty_consumed": "10"},
    ]
    assert breaches(organization) == []


def test_what_was_really_used_has_lots_substitutes_and_reasons(
    organization: Organization, planner: Program, order: WorkOrder
) -> None:
    said = report(
        planner,
        {
            "completion_qty": "10",
            "lines": [
                {"item": "M", "actual_quantity": "12"},
                {"item": "M2", "actual_quantity": "9", "stands_in_for": "M", "reason": "OVERUSE"},
                {"item": "L", "actual_quantity": "4", "lot": "L1", "location": "MAIN"},
                {"item": "L", "actual_quantity": "6", "lot": "L2"},
            ],
        },
    )

    lines = {line["item"]: line for line in said["backflush"]["lines"]}
    assert (lines["M2"]["stands_in_for"], lines["M2"]["reason"]) == ("M", "OVERUSE")
    assert (lines["M"]["actual_quantity"], lines["M2"]["actual_quantity"]) == ("12", "9")
    assert {(pick["lot"], pick["quantity"]) for pick in lines["L"]["picks"]} == {("L1", "4"), ("L2", "6")}
    # 8 of M's 20 were M2's: 8 × 7.00 − 8 × 5.00 = 16.00 substitution, one more of it is 7.00 usage.
    assert (lines["M2"]["substitution_minor"], lines["M2"]["usage_minor"]) == (1600, 700)
    assert said["variance_minor"] == 2300
    with bind(organization):
        assert ReportedUse.objects.count() == 4


def test_codes_are_what_a_file_would_make_of_them(planner: Program, order: WorkOrder) -> None:
    lines = [{"item": "L", "actual_quantity": 4, "lot": " L2 "}]
    body = {"completion_qty": 4, "lot": " P-1 ", "lines": lines}
    said = report(planner, {**body, "external_id": "A "})
    (picks,) = (line["picks"] for line in said["backflush"]["lines"] if line["item"] == "L")
    assert [(pick["lot"], pick["quantity"]) for pick in picks] == [("L2", "4")]
    assert said["backflush"]["completion"]["external_id"] == "A"
    with bind(order.organization):
        assert Completion.objects.get().output_lot_code == "P-1"
    again = planner.post("/work-orders/WO-1/backflush", {**body, "external_id": "A"})
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_BACKFLUSHED")


def test_lot_that_nobody_knows_is_said_and_is_no_standard_run(
    organization: Organization, planner: Program, order: WorkOrder
) -> None:
    let_standard_runs_post(organization)
    lines = [
        {"item": "L", "actual_quantity": 10, "lot": "NEVER-SEEN"},
        {"item": "M", "actual_quantity": 20, "lot": "M has no lots"},
    ]
    said = report(planner, {"completion_qty": 10, "lines": lines})
    shown = {line["item"]: line for line in said["backflush"]["lines"]}
    assert (shown["L"]["flags"], shown["M"]["flags"]) == (["lot_unknown"], [])
    assert [(pick["lot"], pick["quantity"]) for pick in shown["L"]["picks"]] == [("L1", "10")]


def test_none_used_and_a_reason_without_a_figure(
    organization: Organization, planner: Program, order: WorkOrder
) -> None:
    lines = [
        {"item": "M", "actual_quantity": 0, "reason": "MISCOUNT", "note": "Taken from the last job"},
        {"item": "L", "reason": "OVERUSE"},
    ]
    said = report(planner, {"completion_qty": 10, "lines": lines})
    shown = {line["item"]: line for line in said["backflush"]["lines"]}
    assert (shown["M"]["actual_quantity"], shown["M"]["note"]) == ("0", "Taken from the last job")
    assert (shown["L"]["actual_quantity"], shown["L"]["reason"]) == ("10", "OVERUSE")


def test_partial_completions_add_up(organization: Organization, planner: Program, order: WorkOrder) -> None:
    let_standard_runs_post(organization)
    report(planner, {"completion_qty": 4, "external_id": "A"}, status=200)
    report(planner, {"completion_qty": 3}, key="by-header", status=200)
    report(planner, {"completion_qty": 3, "external_id": "C"}, status=200)

    with bind(organization):
        assert sum(entry.quantity for entry in StockEntry.objects.filter(item__sku="M")) == 980
        order.refresh_from_db()
        assert (order.status, order.is_closed) == ("COMPLETED", True)
    answer = planner.post("/work-orders/WO-1/backflush", {"completion_qty": 1, "external_id": "D"})
    assert (answer.status_code, answer.json()["code"]) == (409, "ALREADY_BACKFLUSHED")
    assert breaches(organization) == []


def test_operations_take_their_own_components(organization: Organization, planner: Program) -> None:
    let_standard_runs_post(organization)
    product = factories.make_product(organization, "P")
    first, second = (factories.make_item(organization, f"M{n}", cost=1) for n in (1, 2))
    for item in (first, second):
        factories.set_stock(organization, item, 100, unit_cost=1)
    with bind(organization):
        for number in (10, 20):
            save_row(
                Operation(organization=organization, item=product, number=number, is_backflush_point=True),
                actor=None,
                reason="made for a test",
            )
    factories.make_bom(
        organization, product, [(first, 1, {"operation_number": 10}), (second, 1, {"operation_number": 20})]
    )
    factories.make_order(organization, product, 5, "WO-1")

    early = report(planner, {"completion_qty": 5, "operation_id": 10, "external_id": "A"}, status=200)
    late = report(planner, {"completion_qty": 5, "operation_id": 20, "external_id": "B"}, status=200)

    assert [txn["item_id"] for txn in early["backflush_txns"]] == ["M1"]
    assert [txn["item_id"] for txn in late["backflush_txns"]] == ["M2"]
    assert early["fg_receipt_id"] is None
    assert late["fg_receipt_id"] is not None
    assert breaches(organization) == []


def test_same_report_twice_is_one(organization: Organization, planner: Program, order: WorkOrder) -> None:
    body = {"completion_qty": 4, "external_id": "A"}
    first = planner.post("/work-orders/WO-1/backflush", body)
    again = planner.post("/work-orders/WO-1/backflush", body)
    assert again.content == first.content

    other = planner.post("/work-orders/WO-1/backflush", {**body, "completion_qty": 5})
    assert (other.status_code, other.json()["code"]) == (409, "IDEMPOTENCY_MISMATCH")
    with bind(organization):
        assert Completion.objects.count() == 1


def test_report_of_another_member_under_the_same_name(
    organization: Organization, planner: Program, order: WorkOrder
) -> None:
    report(planner, {"completion_qty": 4, "external_id": "A"})
    other = program_of(organization, "planner")
    same = other.post("/work-orders/WO-1/backflush", {"completion_qty": 4, "external_id": "A"})
    assert (same.status_code, same.json()["code"]) == (409, "ALREADY_BACKFLUSHED")
    different = other.post("/work-orders/WO-1/backflush", {"completion_qty": 5, "external_id": "A"})
    assert (different.status_code, different.json()["code"]) == (409, "EDIT_CONFLICT")


def test_second_report_without_a_name_is_not_guessed_to_be_another(
    organization: Organization, planner: Program, order: WorkOrder
) -> None:
    report(planner, {"completion_qty": 4})
    answer = planner.post("/work-orders/WO-1/backflush", {"completion_qty": 4})
    assert (answer.status_code, answer.json()["code"]) == (409, "ALREADY_BACKFLUSHED")
    assert "external_id" in answer.json()["message"]


def refusals(organization: Organization) -> list[Any]:
    with bind(organization):
        return [Completion.objects.count(), ReportedUse.objects.count(), Backflush.objects.count()]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"completion_qty": 10, "lines": [{"item": "M", "actual_quantity": 21}]}, 422, "REASON_REQUIRED"),
        ({"completion_qty": 10, "lines": [{"item": "X", "actual_quantity": 21}]}, 404, "NOT_FOUND"),
        ({"completion_qty": 10, "lines": [{"item": "M", "reason": "X"}]}, 404, "NOT_FOUND"),
        ({"completion_qty": 10, "scrap_reason": "X"}, 404, "NOT_FOUND"),
        ({"completion_qty": 10, "item": "M"}, 422, "INVALID"),
        ({"completion_qty": 0}, 422, "INVALID"),
        ({"completion_qty": -1}, 422, "INVALID"),
        ({"completion_qty": 10, "lines": [{"item": "M", "actual_quantity": -1}]}, 422, "INVALID"),
        ({"completion_qty": "1e3", "colour": 1}, 422, "INVALID"),
        ({"completion_qty": 999_999_999_999}, 422, "INVALID"),
        ({"completion_qty": 10, "operation_id": True}, 422, "INVALID"),
        ({"completion_qty": 10, "completed_at": "2199-01-01T00:00:00Z"}, 422, "INVALID"),
        ({"completion_qty": 10, "completed_at": 1700000000}, 422, "INVALID"),
    ],
)
def test_refusal_leaves_nothing_behind(
    organization: Organization,
    planner: Program,
    order: WorkOrder,
    body: dict[str, Any],
    status: int,
    code: str,
) -> None:
    answer = planner.post("/work-orders/WO-1/backflush", {**body, "external_id": "A"})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert refusals(organization) == [0, 0, 0]


def test_refusal_names_no_document_that_goes_with_it(planner: Program, order: WorkOrder) -> None:
    lines = [{"item": "M", "actual_quantity": 21}]
    answer = planner.post("/work-orders/WO-1/backflush", {"completion_qty": 10, "lines": lines}).json()
    assert answer["message"] == "The report on WO-1: M is beyond tolerance and needs a reason."
    assert answer["details"] == {"lines": [{"item": "M"}]}


def test_malformed_number_is_refused_in_plain_words(planner: Program, order: WorkOrder) -> None:
    answer = planner.post("/work-orders/WO-1/backflush", {"completion_qty": "1e3"}).json()
    words = "send plain digits, twelve at most before the point and six behind it"
    assert answer["details"] == [{"field": "completion_qty", "message": words}]
    assert answer["message"] == f"completion_qty: {words}."


def test_refusal_of_an_action_names_the_field_of_the_call(planner: Program, order: WorkOrder) -> None:
    for body, field in (
        ({"completion_qty": -1}, {"field": "completion_qty", "value": "-1"}),
        ({"completion_qty": 1, "scrap_qty": -1}, {"field": "scrap_qty", "value": "-1"}),
        ({"completion_qty": 1, "lot": "=1"}, {"field": "lot", "value": "=1"}),
    ):
        answer = planner.post("/work-orders/WO-1/backflush", body)
        assert (answer.status_code, answer.json()["details"]) == (422, field), answer.content


def test_order_that_takes_no_completions(
    organization: Organization, planner: Program, order: WorkOrder
) -> None:
    order.status = "CANCELLED"
    with bind(organization):
        save_row(order, actor=None, reason="made for a test")
    answer = planner.post("/work-orders/WO-1/backflush", {"completion_qty": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_WORK_ORDER_STATE")
    assert planner.post("/work-orders/WO-2/backflush", {"completion_qty": 1}).status_code == 404


def test_product_without_a_bill(organization: Organization, planner: Program) -> None:
    factories.make_order(organization, factories.make_product(organization, "Q"), 5, "WO-1")
    answer = planner.post("/work-orders/WO-1/backflush", {"completion_qty": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "NO_BILL_OF_MATERIALS")


def test_shortage_where_policy_refuses(
    organization: Organization, planner: Program, order: WorkOrder
) -> None:
    with bind(organization):
        item = Item.objects.get(sku="M")
        item.negative_policy = "block"
        save_row(item, actor=None, reason="made for a test")
    answer = planner.post("/work-orders/WO-1/backflush", {"completion_qty": 600})
    assert (answer.status_code, answer.json()["code"]) == (422, "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH")
    assert answer.json()["details"] == [{"item": "M", "required": "1200", "available": "1000"}]
    assert refusals(organization) == [0, 0, 0]


@pytest.mark.parametrize("role", ["supervisor", "controller", "finance", "admin", "auditor"])
def test_report_needs_who_may_draft_and_submit(
    organization: Organization, order: WorkOrder, role: str
) -> None:
    answer = program_of(organization, role).post("/work-orders/WO-1/backflush", {"completion_qty": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


def test_correction_takes_back(organization: Organization, planner: Program, order: WorkOrder) -> None:
    let_standard_runs_post(organization)
    report(planner, {"completion_qty": 6, "external_id": "A"}, status=200)
    back = report(planner, {"completion_qty": -2, "external_id": "A-corrected"}, status=200)
    assert [(txn["item_id"], txn["qty_consumed"]) for txn in back["backflush_txns"]] == [
        ("M", "-4"),
        ("L", "-2"),
    ]
    assert breaches(organization) == []


def test_who_reported_does_not_sign(organization: Organization, order: WorkOrder) -> None:
    """A planner signs nothing anyhow; the lines keep who made them for whoever has two roles in time."""
    planner = program_of(organization, "planner")
    said = report(planner, {"completion_qty": 10})
    with bind(organization):
        document = Backflush.objects.get(pk=said["backflush_id"])
        assert document.involved_user_ids == [document.drafted_by_id]
        assert BackflushLine.objects.filter(backflush=document).count() == 2


def test_long_keys_that_begin_alike_name_two_reports(
    organization: Organization, planner: Program, order: WorkOrder
) -> None:
    for end in ("a", "b"):
        report(planner, {"completion_qty": 2}, key="k" * 150 + end)
    with bind(organization):
        references = list(Completion.objects.values_list("reference", flat=True))
    assert len(set(references)) == 2
    assert {len(reference) for reference in references} == {80}
