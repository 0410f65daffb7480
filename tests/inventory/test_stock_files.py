"""A stock file says what the ERP believed at a moment; our balance is that plus what it could not know of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import AppError
from accounts.models import Organization
from accounts.tenancy.writes import save_row
from inventory.choices import SourceKind, StockEvent
from inventory.ledger import NewEntry, post_entries
from inventory.models import EntryOutcome, Item, Location, Lot, StockBalance, StockEntry
from inventory.rows import StockRow
from inventory.stock_files.answers import book_answers, recall_answers
from inventory.stock_files.load import TakenStock, take_stock
from inventory.stock_files.plan import plan_stock
from inventory.stock_files.shapes import Doubt, Scope
from tests.factories import make_item, make_location

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 11, 19)


def at(clock: str, day: int = 19) -> dt.datetime:
    hour, minute = clock.split(":")
    return dt.datetime(2025, 11, day, int(hour), int(minute), tzinfo=dt.UTC)


def row(on_hand: int | str, number: int = 2, **values: Any) -> StockRow:
    return StockRow(
        **{
            "row": number,
            "sku": "M1",
            "place": ("MAIN",),
            "on_hand": Decimal(on_hand),
            **values,
        }
    )


def take(*rows: StockRow, counted_at: dt.datetime, **options: Any) -> TakenStock:
    return take_stock(
        rows,
        counted_at=counted_at,
        source_id=1,
        document_number="IMP-1",
        actor=None,
        reason="Stock file",
        **options,
    )


def relieve(
    quantity: int,
    *,
    event: str = StockEvent.CONSUME,
    completed_at: dt.datetime | None = None,
    lot: Any = None,
) -> int:
    """One of our own entries of M1 in MAIN."""
    posted = post_entries(
        [
            NewEntry(
                item_id=Item.objects.get(sku="M1").pk,
                location_id=Location.objects.get(code="MAIN").pk,
                lot_id=lot.pk if lot else None,
                event=event,
                quantity=Decimal(quantity),
                unit_cost=Decimal(5),
                amount_minor=quantity * 500,
                effective_date=DAY,
                source_id=7,
                source_line_id=None,
                document_number="BF-000007",
                completed_at=completed_at,
            )
        ],
        source_kind=SourceKind.BACKFLUSH,
        actor=None,
        reason="Posted",
    )
    return posted.ids[0]


def exported(entry: int, exported_at: str, **values: Any) -> EntryOutcome:
    outcome = EntryOutcome(
        organization_id=StockEntry.objects.get(pk=entry).organization_id,
        entry_id=entry,
        exported_at=at(exported_at),
        **values,
    )
    return save_row(outcome, actor=None, reason="Exported")


def answered(entry: int, answer: str, loaded_at: str | None = None) -> None:
    recall_answers([entry], actor=None)
    outcome = EntryOutcome.objects.get(entry_id=entry)
    outcome.answer = answer
    outcome.answered_at = at("12:00")
    outcome.loaded_at = at(loaded_at) if loaded_at else None
    save_row(outcome, actor=None, reason="Answered")
    book_answers([entry], on=DAY, actor=None)


def on_hand(lot: str | None = None) -> Decimal:
    return StockBalance.objects.get(item__sku="M1", location__code="MAIN", lot__code=lot).on_hand


@pytest.fixture
def opened(bound: Organization) -> Organization:
    """M1 stands at 100 in MAIN since the day before."""
    make_item(bound, "M1", cost=5)
    take(row(100), counted_at=at("08:00", day=18))
    return bound


def test_first_file_is_the_opening_balance(opened: Organization) -> None:
    entry = StockEntry.objects.get()
    balance = StockBalance.objects.get()

    assert (entry.event, entry.quantity, entry.amount_minor) == ("SNAPSHOT", Decimal(100), 50000)
    assert (balance.on_hand, balance.value_minor, balance.last_snapshot_at) == (
        Decimal(100),
        50000,
        at("08:00", day=18),
    )
    assert Item.objects.get(sku="M1").is_stock_known


def test_entry_loaded_after_the_moment_is_kept(opened: Organization) -> None:
    entry = relieve(-10)
    exported(entry, "09:30", answer="accepted", loaded_at=at("10:00"), answered_at=at("10:05"))

    take(row(100), counted_at=at("09:00"))

    assert on_hand() == Decimal(90)


def test_entry_loaded_before_the_moment_is_not_taken_twice(opened: Organization) -> None:
    entry = relieve(-10)
    exported(entry, "08:40")

    take(row(90), counted_at=at("09:00"))
    assert on_hand() == Decimal(90)

    answered(entry, "accepted", "08:50")
    assert on_hand() == Decimal(90)


def test_entry_that_was_never_exported_is_kept(opened: Organization) -> None:
    relieve(-10)

    take(row(100), counted_at=at("09:00"))

    assert on_hand() == Decimal(90)


def test_without_answers_the_loading_delay_decides(opened: Organization) -> None:
    opened.loading_delay_minutes = 15
    entry = relieve(-10)
    exported(entry, "08:55")

    take(row(100), counted_at=at("09:00"))

    assert on_hand() == Decimal(90)


def test_without_answers_and_delay_a_file_that_contradicts_is_asked_about(opened: Organization) -> None:
    exported(relieve(-10), "08:55")

    plan = plan_stock([row(100)], counted_at=at("09:00"))

    [line] = plan.undecided
    assert line.outcomes == {Doubt.TAKEN: Decimal(100), Doubt.NOT_TAKEN: Decimal(90)}
    assert line.proposal == Doubt.NOT_TAKEN
    with pytest.raises(AppError, match="Decide about them first"):
        take(row(100), counted_at=at("09:00"))


def test_without_answers_and_delay_a_file_that_agrees_is_believed(opened: Organization) -> None:
    exported(relieve(-10), "08:55")

    take(row(90), counted_at=at("09:00"))

    assert on_hand() == Decimal(90)


def test_without_answers_and_delay_a_file_that_agrees_with_neither_outcome_is_asked_about(
    opened: Organization,
) -> None:
    exported(relieve(-10), "08:55")

    plan = plan_stock([row(95)], counted_at=at("09:00"))

    [line] = plan.undecided
    assert line.outcomes == {Doubt.TAKEN: Decimal(95), Doubt.NOT_TAKEN: Decimal(85)}
    assert line.proposal == Doubt.TAKEN
    with pytest.raises(AppError, match="Decide about them first"):
        take(row(95), counted_at=at("09:00"))
    take(row(95), counted_at=at("09:00"), doubt=Doubt.NOT_TAKEN)
    assert on_hand() == Decimal(85)


def test_file_that_agrees_with_neither_outcome_goes_by_a_loading_delay_that_is_set(
    opened: Organization,
) -> None:
    opened.loading_delay_minutes = 5
    exported(relieve(-10), "08:55")

    take(row(95), counted_at=at("09:00"))

    assert on_hand() == Decimal(95)


def test_doubt_that_changes_nothing_is_not_asked_about(opened: Organization) -> None:
    for quantity in (-10, 10):
        exported(relieve(quantity), "08:55")

    take(row(95), counted_at=at("09:00"))

    assert on_hand() == Decimal(95)


def test_unanswered_entry_is_in_doubt_where_others_are_answered(opened: Organization) -> None:
    exported(relieve(-5), "07:00", answer="accepted", loaded_at=at("07:30"))
    exported(relieve(-10), "08:40")

    plan = plan_stock([row(85)], counted_at=at("09:00"))
    assert [line.proposal for line in plan.undecided] == [Doubt.TAKEN]

    take(row(85), counted_at=at("09:00"), doubt=Doubt.PROPOSED)
    assert on_hand() == Decimal(85)


def test_later_answer_books_the_difference(opened: Organization) -> None:
    exported(relieve(-5), "07:00", answer="accepted", loaded_at=at("07:30"))
    entry = relieve(-10)
    exported(entry, "08:40")
    take(row(95), counted_at=at("09:00"), doubt=Doubt.TAKEN)
    assert on_hand() == Decimal(95)

    answered(entry, "accepted", "09:20")

    assert on_hand() == Decimal(85)
    assert StockEntry.objects.latest("pk").event == "SNAPSHOT"


def test_later_rejection_books_the_difference(opened: Organization) -> None:
    entry = relieve(-10)
    exported(entry, "08:00")
    take(row(90), counted_at=at("09:00"))

    answered(entry, "rejected")

    assert on_hand() == Decimal(80)


def test_later_answer_that_agrees_changes_nothing(opened: Organization) -> None:
    opened.loading_delay_minutes = 15
    entry = relieve(-10)
    exported(entry, "08:55")
    take(row(100), counted_at=at("09:00"))

    answered(entry, "accepted", "09:10")

    assert on_hand() == Decimal(90)


def test_corrected_answer_books_the_difference_to_the_file_that_relied_on_it(opened: Organization) -> None:
    entry = relieve(-10)
    exported(entry, "08:00", answer="rejected")
    take(row(90), counted_at=at("09:00"))
    assert on_hand() == Decimal(80)

    answered(entry, "accepted", "08:30")
    assert on_hand() == Decimal(90)
    answered(entry, "accepted", "09:30")
    assert on_hand() == Decimal(80)
    answered(entry, "rejected")
    assert on_hand() == Decimal(80)


def test_corrected_answer_after_an_assumption_books_each_difference(opened: Organization) -> None:
    entry = relieve(-10)
    exported(entry, "08:00")
    take(row(90), counted_at=at("09:00"))

    answered(entry, "rejected")
    assert on_hand() == Decimal(80)
    answered(entry, "accepted", "08:30")
    assert on_hand() == Decimal(90)


def test_late_answer_is_compared_with_the_last_file_and_not_the_first(opened: Organization) -> None:
    """Loaded between two files, of which the second holds it: nothing is left to book."""
    entry = relieve(-10)
    exported(entry, "08:00")
    take(row(90), counted_at=at("09:00"))
    take(row(80), counted_at=at("11:00"))

    answered(entry, "accepted", "10:00")

    assert on_hand() == Decimal(80)


def test_rejected_line_is_kept_and_accepted_one_is_not(opened: Organization) -> None:
    exported(relieve(-10), "08:00", answer="accepted", loaded_at=at("08:30"))
    exported(relieve(-7), "08:00", answer="rejected")

    take(row(90), counted_at=at("09:00"))

    assert on_hand() == Decimal(83)


def test_receipt_that_the_erp_books_itself_is_never_added(bound: Organization) -> None:
    make_item(bound, "M1")
    make_location(bound)
    bound.is_receipt_booked_by_erp = True
    relieve(8, event=StockEvent.RECEIVE, completed_at=at("08:00"))

    take(row(8), counted_at=at("09:00"))
    assert on_hand() == Decimal(8)

    take(row(8), counted_at=at("10:00"))
    assert on_hand() == Decimal(8)


def test_rejected_then_reversed_here_stays_where_the_erp_is(opened: Organization) -> None:
    entry = relieve(-10)
    exported(entry, "08:00", answer="rejected")
    relieve(10)

    take(row(100), counted_at=at("09:00"))

    assert on_hand() == Decimal(100)


def test_older_file_is_refused(opened: Organization) -> None:
    take(row(80), counted_at=at("09:00"))

    plan = plan_stock([row(100, number=5)], counted_at=at("09:00", day=18))

    [problem] = plan.problems
    assert (problem.row, problem.code) == (5, "older")
    assert plan.lines == []


def test_whole_file_makes_what_it_does_not_name_zero(opened: Organization) -> None:
    make_item(opened, "M2")
    make_item(opened, "M3")

    take(row(5, sku="M2"), counted_at=at("09:00"), scope=Scope.WHOLE)

    assert on_hand() == Decimal(0)
    assert StockBalance.objects.get(item__sku="M1").value_minor == 0
    assert Item.objects.get(sku="M3").is_stock_known


def test_whole_file_keeps_own_entries_of_what_it_does_not_name(opened: Organization) -> None:
    make_item(opened, "M2")
    relieve(-10)

    take(row(5, sku="M2"), counted_at=at("09:00"), scope=Scope.WHOLE)

    assert on_hand() == Decimal(-10)


def test_file_of_locations_leaves_other_locations_alone(opened: Organization) -> None:
    take(row(7, place=("EAST", "A")), row(3, place=("EAST", "B")), counted_at=at("08:30"))

    take(row(9, place=("EAST", "A")), counted_at=at("09:00"), scope=Scope.LOCATIONS)

    held = dict(StockBalance.objects.values_list("location__code", "on_hand"))
    assert held == {"MAIN": Decimal(100), "EAST/A": Decimal(9), "EAST/B": Decimal(0)}


def test_rows_only_leave_the_rest_alone(opened: Organization) -> None:
    take(row(7, place=("EAST",)), counted_at=at("09:00"))

    assert on_hand() == Decimal(100)


def test_rows_of_one_key_add_up(opened: Organization) -> None:
    taken = take(row(30), row(12, number=3), counted_at=at("09:00"))

    assert on_hand() == Decimal(42)
    assert [(o.row, o.outcome) for o in taken.outcomes] == [(2, "updated"), (3, "updated")]


def test_file_without_lots_moves_the_balance_without_lot(opened: Organization) -> None:
    take(row(60, lot="L1"), row(0, number=3), counted_at=at("08:30", day=18))
    relieve(-10, lot=Lot.objects.get(code="L1"))
    assert (on_hand("L1"), on_hand()) == (Decimal(50), Decimal(0))

    take(row(70), counted_at=at("09:00"))

    assert (on_hand("L1"), on_hand()) == (Decimal(50), Decimal(10))


def test_lot_facts_come_with_the_file(opened: Organization) -> None:
    take(
        row(60, lot="L1", unit_cost=Decimal("5.10"), received_on=dt.date(2025, 10, 2)), counted_at=at("09:00")
    )

    lot = Lot.objects.get()
    assert (lot.unit_cost, lot.received_on) == (Decimal("5.10"), dt.date(2025, 10, 2))
    assert StockBalance.objects.get(lot=lot).value_minor == 30600


def test_figure_that_agrees_writes_no_entry_but_its_moment(opened: Organization) -> None:
    taken = take(row(100), counted_at=at("09:00"))

    assert taken.entries == 0
    assert StockBalance.objects.get().last_snapshot_at == at("09:00")
    assert [o.outcome for o in taken.outcomes] == ["unchanged"]


def test_rows_without_a_moment_are_asked_for_one(opened: Organization) -> None:
    [problem] = plan_stock([row(100)], counted_at=None).problems

    assert problem.code == "no_moment"


def test_two_moments_of_one_place_are_refused(opened: Organization) -> None:
    plan = plan_stock(
        [row(1, counted_at=at("09:00")), row(2, number=3, counted_at=at("10:00"))], counted_at=None
    )

    assert [(p.row, p.code) for p in plan.problems] == [(3, "two_moments")]


def test_snapshots_are_not_own_entries(opened: Organization) -> None:
    take(row(80), counted_at=at("09:00"))
    take(row(120), counted_at=at("10:00"))

    assert on_hand() == Decimal(120)
    assert [e.quantity for e in StockEntry.objects.order_by("pk")] == [100, -20, 40]
