"""Orders: loaded, moved by the table, finished, reopened; and how they follow postings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.tenancy.writes import insert_rows, update_where
from inventory.models import Item
from production.actions.completions import record_completion
from production.actions.load_orders import load_orders
from production.actions.orders import create_work_order, finish_order, move_work_order, reopen_order
from production.actions.posting import advance_orders, mark_completions, retreat_orders
from production.actions.rows import LoadResult, OrderRow
from production.choices import OrderStatus
from production.models import Completion, Receipt, WorkOrder, WorkOrderOutput
from production.proofs import PROOFS
from production.queries.closing import closing_orders
from production.states import MOVES, is_reachable, status_of
from tests.factories import (
    NOON,
    make_bom,
    make_completion,
    make_item,
    make_member,
    make_order,
    make_product,
)

pytestmark = pytest.mark.django_db
S = OrderStatus


def load(*rows: OrderRow, **options: Any) -> LoadResult:
    return load_orders(rows=rows, actor=None, reason="Orders file", **options)


def row(number: int, order: str, item: Item, quantity: str | None = "10", **columns: Any) -> OrderRow:
    return OrderRow(number, order, item.pk, None if quantity is None else Decimal(quantity), **columns)


@pytest.fixture
def table(bound: Organization) -> Item:
    return make_product(bound, "TABLE")


@pytest.fixture
def supervisor(organization: Organization) -> User:
    return make_member(organization, "supervisor")


# Loading


def test_an_order_is_made_with_its_recipe_on_its_day(bound: Organization, table: Item) -> None:
    march, leg = dt.date(2025, 3, 1), make_item(bound, "LEG")
    make_bom(
        bound, table, [(leg, 3, {"effective_to": march}), (leg, 4, {"effective_from": dt.date(2025, 3, 2)})]
    )

    load(
        row(2, "WO1", table, status="Released", ordered_on=march, due_on=march),
        row(3, "WO2", table, conversion_cost=Decimal("2.50")),
        import_id=4,
    )

    old, new = WorkOrder.objects.order_by("number")
    assert (old.status, old.ordered_on, old.import_id, new.status) == (S.PLACED, march, 4, S.ENTERED)
    assert old.outputs.get().inputs.get().usage == Decimal(3)
    assert new.outputs.get().inputs.get().usage == Decimal(4)
    assert new.outputs.get().conversion_cost == Decimal("2.5")


def test_an_order_with_a_recipe_and_one_without_come_in_one_file(bound: Organization, table: Item) -> None:
    make_bom(bound, table, [(make_item(bound, "LEG"), 4)])
    result = load(row(2, "WO1", table), row(3, "WO2", make_product(bound, "CHAIR")))

    assert [(one.row, one.code) for one in result.warnings] == [(3, "NO_BILL_OF_MATERIALS")]
    first, second = WorkOrderOutput.objects.order_by("pk")
    assert (first.bom_output_quantity, second.bom_output_quantity) == (Decimal(1), Decimal(1))
    assert (first.inputs.count(), second.inputs.count()) == (1, 0)


def test_the_same_file_again_is_unchanged_and_what_it_says_anew_is_taken(
    bound: Organization, table: Item
) -> None:
    first = row(2, "WO1", table, status="Released")
    load(first)

    assert load(first).outcomes == {2: "unchanged"}
    assert load(first._replace(quantity=Decimal(12), due_on=NOON.date())).outcomes == {2: "updated"}
    order = WorkOrder.objects.get()
    assert (order.outputs.get().quantity, order.due_on, order.status) == (Decimal(12), NOON.date(), S.PLACED)


def test_several_rows_of_one_number_are_outputs_of_one_order(bound: Organization, table: Item) -> None:
    chair = make_product(bound, "CHAIR")

    result = load(row(2, "WO1", table), row(3, "WO1", chair, "20"), row(4, "WO1", chair, "21"))
    assert result.outcomes == {2: "created", 3: "created", 4: "refused"}

    load(row(2, "WO1", table), row(3, "WO1", chair, "20"))
    assert sorted(WorkOrderOutput.objects.values_list("item__sku", "quantity")) == [
        ("CHAIR", Decimal(20)),
        ("TABLE", Decimal(10)),
    ]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("In Progress", S.PRODUCTION),
        ("in-process", S.PRODUCTION),
        ("STARTED", S.PRODUCTION),
        ("Released", S.PLACED),
        ("Firm", S.PLACED),
        ("Complete", S.COMPLETED),
        ("Finished", S.COMPLETED),
        ("Closed", S.COMPLETED),
        ("TECO", S.COMPLETED),
        ("PDLV", S.PARTIAL),
        ("DLV", S.RECEIVED),
        ("Built", S.RECEIVED),
        ("Planned", S.ENTERED),
        ("Pending", S.ENTERED),
        ("Void", S.CANCELLED),
        ("Deleted", S.CANCELLED),
        ("IN_TRANSIT", S.IN_TRANSIT),
        ("In Transit", S.IN_TRANSIT),
        ("Sleeping", None),
    ],
)
def test_the_words_of_other_systems(word: str, status: OrderStatus | None) -> None:
    assert status_of(word) == status


def test_an_unknown_status_is_asked_about(bound: Organization, table: Item) -> None:
    result = load(row(2, "WO1", table, status="Sleeping"))

    assert [(issue.column, issue.value) for issue in result.errors] == [("status", "Sleeping")]


def test_a_status_that_lies_behind_is_not_taken_and_told(bound: Organization, table: Item) -> None:
    make_order(bound, table, 10, "WO1", status=S.PARTIAL)

    result = load(row(2, "WO1", table, status="Released", due_on=NOON.date()))

    assert (result.outcomes, [w.code for w in result.warnings]) == ({2: "updated"}, ["STATUS_BEHIND"])
    assert WorkOrder.objects.get().status == S.PARTIAL


def test_a_cancelled_order_stays_cancelled(bound: Organization, table: Item) -> None:
    make_order(bound, table, 10, "WO1", status=S.CANCELLED)

    assert [i.code for i in load(row(2, "WO1", table, status="Released")).errors] == [
        "INVALID_WORK_ORDER_STATE"
    ]


def test_an_order_with_a_backflush_is_not_cancelled_by_a_file(bound: Organization, table: Item) -> None:
    completion = make_completion(bound, make_order(bound, table, 10, "WO1"))
    mark_completions([completion.pk], state="live", actor=None, reason="Drafted")

    assert [i.code for i in load(row(2, "WO1", table, status="Void")).errors] == ["INVALID_WORK_ORDER_STATE"]


# By hand


def test_a_supervisor_makes_an_order(bound: Organization, table: Item, supervisor: User) -> None:
    order = create_work_order(number="WO1", item=table, quantity=Decimal(5), actor=supervisor)

    assert (order.status, order.outputs.get().quantity) == (S.ENTERED, Decimal(5))
    with pytest.raises(AppError, match="already"):
        create_work_order(number="WO1", item=table, quantity=Decimal(5), actor=supervisor)


@pytest.mark.parametrize("number", ["=1+1", "+1", "@SUM(A1)", "WO\u202e1", "WO\x851", "WO\u200b"])
def test_number_that_no_file_may_hold_is_no_number_by_hand_either(
    bound: Organization, table: Item, supervisor: User, number: str
) -> None:
    with pytest.raises(AppError, match="a code") as refused:
        create_work_order(number=number, item=table, quantity=Decimal(1), actor=supervisor)
    assert refused.value.details == {"column": "wo_number", "value": number}
    order = make_order(bound, table, 10, "WO1")
    with pytest.raises(AppError, match="a code"):
        record_completion(order, good=Decimal(5), actor=None, output_lot_code=number)


@pytest.mark.parametrize("start", list(S))
@pytest.mark.parametrize("end", list(S))
def test_moves_follow_the_table(
    bound: Organization, table: Item, supervisor: User, start: OrderStatus, end: OrderStatus
) -> None:
    order = make_order(bound, table, 10, "WO1", status=start)

    if end in MOVES[start]:
        moved = move_work_order(order, to=end, actor=supervisor, reason="Because")
        assert moved.status == end
    else:
        with pytest.raises(AppError) as error:
            move_work_order(order, to=end, actor=supervisor, reason="Because")
        assert error.value.code == "INVALID_WORK_ORDER_STATE"


def test_cancelling_needs_a_reason_and_no_backflush(
    bound: Organization, table: Item, supervisor: User
) -> None:
    order = make_order(bound, table, 10, "WO1")
    with pytest.raises(AppError) as error:
        move_work_order(order, to=S.CANCELLED, actor=supervisor)
    assert error.value.code == "REASON_REQUIRED"

    mark_completions([make_completion(bound, order).pk], state="posted", actor=None, reason="Posted")
    with pytest.raises(AppError) as error:
        move_work_order(order, to=S.CANCELLED, actor=supervisor, reason="Customer left")
    assert error.value.code == "INVALID_WORK_ORDER_STATE"


def test_who_may_not_move_orders_is_refused(bound: Organization, table: Item) -> None:
    auditor = make_member(bound, "auditor")
    with pytest.raises(AppError) as error:
        move_work_order(make_order(bound, table), to=S.PARTIAL, actor=auditor)
    assert error.value.code == "FORBIDDEN"


def test_a_completion_by_hand_is_refused_where_its_key_is_taken(
    bound: Organization, table: Item, supervisor: User
) -> None:
    """The same report sent twice has one effect and one answer."""
    order = make_order(bound, table, 10, "WO1")
    first, _ = record_completion(order, good=Decimal(4), actor=supervisor, completed_at=NOON)

    again, result = record_completion(order, good=Decimal(4), actor=supervisor)
    assert (again, result.unchanged, first.recorded_by) == (first, 1, supervisor)
    with pytest.raises(AppError) as error:
        record_completion(order, good=Decimal(5), actor=supervisor)
    assert error.value.code == "EDIT_CONFLICT"
    changed, _ = record_completion(order, good=Decimal(5), actor=supervisor, is_change_allowed=True)
    assert (changed.pk, changed.good_quantity) == (first.pk, Decimal(5))


def test_a_completion_of_tomorrow_but_one_is_refused(bound: Organization, table: Item) -> None:
    order = make_order(bound, table, 10, "WO1")
    ahead = timezone.now() + dt.timedelta(days=1, minutes=1)
    with pytest.raises(AppError, match="lies in the future") as refused:
        record_completion(order, good=Decimal(5), actor=None, completed_at=ahead)
    assert refused.value.details == {"column": "completed_at", "value": ahead.isoformat()}


def test_who_may_neither_record_nor_load_files_reports_nothing(bound: Organization, table: Item) -> None:
    for role in ("controller", "finance", "auditor"):
        with pytest.raises(AppError) as error:
            record_completion(make_order(bound, table), good=Decimal(4), actor=make_member(bound, role))
        assert error.value.code == "FORBIDDEN"


# Following postings


def post(*completions: Completion) -> None:
    """What posting tells this room: the mark, the receipt, and that orders follow."""
    who: dict[str, Any] = {"actor": None, "reason": "Posted"}
    mark_completions([c.pk for c in completions], state="posted", **who)
    insert_rows(
        Receipt,
        ["number", "work_order_id", "completion_id", "received_on"],
        [
            (f"RC-{c.pk}", c.output.work_order_id, c.pk, c.completed_on)
            for c in completions
            if c.good_quantity
        ],
        **who,
    )
    advance_orders([c.output.work_order_id for c in completions], **who)


def unpost(*completions: Completion) -> None:
    who: dict[str, Any] = {"actor": None, "reason": "Reversed"}
    mark_completions([c.pk for c in completions], state="", **who)
    receipts = Receipt.objects.filter(completion__in=completions).values_list("pk", flat=True)
    update_where(Receipt, list(receipts), {"is_reversed": True}, **who)
    retreat_orders([c.pk for c in completions], **who)


def state(order: WorkOrder) -> tuple[str, bool, dt.date | None]:
    order.refresh_from_db()
    return order.status, order.is_closed, order.finished_on


def test_an_order_follows_its_postings_and_their_reversals(bound: Organization, table: Item) -> None:
    order = make_order(bound, table, 10, "WO1")
    part = make_completion(bound, order, 4, reference="1")
    final = make_completion(bound, order, 6, reference="2", is_final=True)

    post(part)
    assert state(order) == (S.PARTIAL, False, None)
    post(final)
    assert state(order) == (S.COMPLETED, True, NOON.date())
    unpost(part)
    assert state(order) == (S.RECEIVED, False, NOON.date())
    unpost(final)
    assert state(order) == (S.PRODUCTION, False, None)


def test_the_final_part_posted_first_leaves_the_order_open(bound: Organization, table: Item) -> None:
    order = make_order(bound, table, 10, "WO1")
    part = make_completion(bound, order, 4, reference="1")
    final = make_completion(bound, order, 6, reference="2", is_final=True)

    assert closing_orders([(order.pk, final.pk)]) == set()
    assert closing_orders([(order.pk, final.pk), (order.pk, part.pk)]) == {order.pk}
    post(final)
    assert state(order) == (S.RECEIVED, False, NOON.date())
    post(part)
    assert state(order)[:2] == (S.COMPLETED, True)


def test_an_order_of_two_outputs_closes_with_both(bound: Organization, table: Item) -> None:
    load(
        *(
            row(n, "WO1", item, status="Started")
            for n, item in ((2, table), (3, make_product(bound, "CHAIR")))
        )
    )
    order = WorkOrder.objects.get()
    first = make_completion(bound, order, 10, is_final=True)

    post(first)

    assert state(order)[:2] == (S.RECEIVED, False)


def test_all_scrapped_closes_without_a_receipt(bound: Organization, table: Item) -> None:
    order = make_order(bound, table, 10, "WO1")

    post(make_completion(bound, order, 0, 10, is_final=True))

    assert state(order)[:2] == (S.COMPLETED, True)
    assert not Receipt.objects.exists()


def test_an_order_that_the_erp_completed_stays_completed_while_parts_are_posted(
    bound: Organization, table: Item
) -> None:
    order = make_order(bound, table, 10, "WO1", status=S.COMPLETED)

    post(make_completion(bound, order, 4, reference="1"))

    assert state(order)[:2] == (S.COMPLETED, False)


def test_a_reopened_order_closes_with_its_next_final_completion(
    bound: Organization, table: Item, bob: User, supervisor: User
) -> None:
    """Reopened and finished again: what is posted stays posted (BCApps#10546)."""
    order = make_order(bound, table, 10, "WO1")
    post(make_completion(bound, order, 10, is_final=True))

    with pytest.raises(AppError) as error:
        reopen_order(order, actor=bob, reason=" ")
    assert error.value.code == "REASON_REQUIRED"
    with pytest.raises(AppError) as error:
        reopen_order(order, actor=supervisor, reason="One was bad")
    assert error.value.code == "FORBIDDEN"

    reopen_order(order, actor=bob, reason="One was bad")
    assert state(order) == (S.PARTIAL, False, None)
    less, _ = record_completion(order, good=Decimal(-1), reference="fix", actor=supervisor)
    post(less)
    assert state(order)[:2] == (S.PARTIAL, False)
    more, _ = record_completion(order, good=Decimal(1), reference="again", actor=supervisor)
    assert more.is_final
    post(more)
    assert state(order)[:2] == (S.COMPLETED, True)


def test_an_order_can_be_finished_short(bound: Organization, table: Item, supervisor: User) -> None:
    order = make_order(bound, table, 10, "WO1")
    post(make_completion(bound, order, 8, reference="1"))

    finish_order(order, actor=supervisor, reason="No more steel")

    assert state(order)[:2] == (S.COMPLETED, True)
    assert list(Completion.objects.values_list("is_final", "is_stated_final")) == [(True, True)]


def test_a_status_can_be_reached_in_several_steps() -> None:
    assert is_reachable(S.DRAFT, S.COMPLETED)
    assert not is_reachable(S.COMPLETED, S.PARTIAL)


def test_the_books_tell_an_order_that_should_be_closed(bound: Organization, table: Item) -> None:
    order = make_order(bound, table, 10, "WO1")
    post(make_completion(bound, order, 10, is_final=True))
    assert [breach for proof in PROOFS for breach in proof.breaches(bound)] == []

    update_where(WorkOrder, [order.pk], {"is_closed": False}, actor=None, reason="Broken for a test")
    make_completion(bound, make_order(bound, table, 10, "WO2"), -1)

    assert [proof.breaches(bound) for proof in PROOFS] == [
        [("WO1", "has everything posted and is open")],
        [("WO2", "has -1.000000 good and 0.000000 scrap at operation last")],
    ]
