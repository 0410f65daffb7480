"""What the ERP has still to hear of: nothing twice, nothing that never happened for it, nothing of its own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from exports.actions.batches import put_back_rejected, withdraw_batch
from exports.choices import Answer
from exports.models import DueBelowMark, DueMark, ExportTemplate
from exports.queries.due import due_count, due_entry_ids, due_sums, first_open_id
from inventory.choices import StockEvent
from inventory.models import Item, StockEntry
from tests.exports.making import DAY, answer, due, export, post, reverse, template_named
from tests.factories import make_item, make_organization, set_stock

pytestmark = pytest.mark.django_db
TEN, BACK = Decimal(-10), Decimal(10)


@pytest.fixture
def bolt(organization: Organization) -> Item:
    return make_item(organization, "BOLT")


def withdraw(organization: Organization, batch_id: int) -> None:
    withdraw_batch(organization=organization, batch_id=batch_id, actor=None, reason="never loaded")


def test_due_is_what_was_posted_and_never_the_erps_own_snapshot(
    organization: Organization, bolt: Item
) -> None:
    set_stock(organization, bolt, 100)
    post(organization, bolt, -10)
    post(organization, bolt, 4, event=StockEvent.RECEIVE.value)
    post(organization, bolt, -1, event=StockEvent.ADJUST.value)

    assert due(organization) == [TEN, Decimal(4), Decimal(-1)]


def test_receipts_are_never_due_where_the_erp_books_them_itself(
    bolt: Item, organization: Organization
) -> None:
    post(organization, bolt, -10)
    post(organization, bolt, 4, event=StockEvent.RECEIVE.value)
    organization.is_receipt_booked_by_erp = True
    save_row(organization, actor=None, reason="test", fields=["is_receipt_booked_by_erp"])

    assert due(organization) == [TEN]


def test_exported_entry_is_not_due_again(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -10)
    export(organization)

    assert due(organization) == []


def test_withdrawn_batch_lets_its_entries_fall_due_again(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -10)
    withdraw(organization, export(organization).pk)

    assert due(organization) == [TEN]


def test_reversal_before_the_export_settles_both(organization: Organization, bolt: Item) -> None:
    reverse(organization, post(organization, bolt, -10))

    assert due(organization) == []


def test_reversal_of_an_exported_entry_is_due(organization: Organization, bolt: Item) -> None:
    entry = post(organization, bolt, -10)
    export(organization)
    reverse(organization, entry)

    assert due(organization) == [BACK]


def test_reversal_of_an_accepted_entry_is_due(organization: Organization, bolt: Item) -> None:
    entry = post(organization, bolt, -10)
    answer(organization, export(organization), Answer.ACCEPTED)
    reverse(organization, entry)

    assert due(organization) == [BACK]


def test_reversal_of_a_rejected_entry_is_settled(organization: Organization, bolt: Item) -> None:
    entry = post(organization, bolt, -10)
    answer(organization, export(organization), Answer.REJECTED)
    reverse(organization, entry)

    assert due(organization) == []


def test_reversal_of_a_rejected_entry_stays_settled_when_the_line_is_put_back(
    organization: Organization, bolt: Item
) -> None:
    entry = post(organization, bolt, -10)
    batch = export(organization)
    answer(organization, batch, Answer.REJECTED)
    reverse(organization, entry)
    put_back_rejected(organization=organization, batch_id=batch.pk, actor=None, reason="")

    assert due(organization) == []


def test_rejected_line_put_back_is_due_again(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -10)
    batch = export(organization)
    answer(organization, batch, Answer.REJECTED)
    assert due(organization) == []

    put_back_rejected(organization=organization, batch_id=batch.pk, actor=None, reason="")

    assert due(organization) == [TEN]


def test_reversal_of_a_withdrawn_entry_settles_both(organization: Organization, bolt: Item) -> None:
    entry = post(organization, bolt, -10)
    batch = export(organization)
    reverse(organization, entry)
    assert due(organization) == [BACK]

    withdraw(organization, batch.pk)

    assert due(organization) == []


def test_original_is_due_when_only_its_inverse_reached_the_erp(
    organization: Organization, bolt: Item
) -> None:
    entry = post(organization, bolt, -10)
    first = export(organization)
    reverse(organization, entry)
    export(organization)
    withdraw(organization, first.pk)

    assert due(organization) == [TEN]


def test_answer_corrected_to_rejected_settles_the_inverse(organization: Organization, bolt: Item) -> None:
    entry = post(organization, bolt, -10)
    batch = export(organization)
    answer(organization, batch, Answer.ACCEPTED)
    reverse(organization, entry)
    answer(organization, batch, Answer.REJECTED)
    assert due(organization) == []

    answer(organization, batch, Answer.ACCEPTED)

    assert due(organization) == [BACK]


def test_template_takes_its_kinds_alone_oldest_dates_first(organization: Organization, bolt: Item) -> None:
    late = post(organization, bolt, -1, effective_date=DAY + dt.timedelta(days=2))
    early = post(organization, bolt, -2)
    post(organization, bolt, 3, event=StockEvent.RECEIVE.value)
    template = template_named(organization, "SAP goods movement 261 and 262")

    with bind(organization):
        assert due_entry_ids(template, at_most=10) == [early.pk, late.pk]
        assert due_entry_ids(template, at_most=1) == [early.pk]


def test_sums_are_by_kind(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -10)
    post(organization, bolt, -4)
    post(organization, bolt, 3, event=StockEvent.RECEIVE.value)

    with bind(organization):
        found = [(each.label, each.entries, each.quantity, each.amount_minor) for each in due_sums()]

    assert found == [("Consumed", 2, Decimal(-14), -1750), ("Received", 1, Decimal(3), 375)]


def test_badge_counts_no_further_than_it_is_told(organization: Organization, bolt: Item) -> None:
    for quantity in (-1, -2, -3):
        post(organization, bolt, quantity)

    with bind(organization):
        assert (due_count(), due_count(at_most=2)) == (3, 2)


def test_entries_of_another_organization_are_not_due(organization: Organization, bolt: Item) -> None:
    other = make_organization("other")
    post(other, make_item(other, "BOLT"), -5)

    assert due(organization) == []
    assert due(other) == [Decimal(-5)]


class TestMark:
    """The bookmark below which nothing is due only saves time."""

    @pytest.fixture(autouse=True)
    def _old_entries_are_settled_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("exports.queries.due.MARK_STAYS_BEHIND", dt.timedelta(0))

    def mark(self, organization: Organization) -> int:
        with bind(organization):
            return first_open_id()

    def test_mark_moves_behind_what_was_exported(self, organization: Organization, bolt: Item) -> None:
        entry = post(organization, bolt, -10)
        assert self.mark(organization) == 0

        export(organization)

        assert self.mark(organization) == entry.pk + 1

    def test_mark_passes_what_the_template_left_and_lists_it(
        self, organization: Organization, bolt: Item
    ) -> None:
        post(organization, bolt, -10)
        left = post(organization, bolt, 3, event=StockEvent.RECEIVE.value)
        export(organization, _consumption(organization))

        assert self.mark(organization) == left.pk + 1
        with bind(organization):
            assert DueBelowMark.objects.get().entry_id == left.pk
        assert due(organization) == [Decimal(3)]

    def test_mark_stops_where_too_much_was_left(
        self, organization: Organization, bolt: Item, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("exports.actions.marks.MOST_LISTED", 1)
        post(organization, bolt, -10)
        left = [post(organization, bolt, good, event=StockEvent.RECEIVE.value) for good in (3, 4, 5)]
        export(organization, _consumption(organization))

        assert self.mark(organization) == left[1].pk
        assert due(organization) == [Decimal(3), Decimal(4), Decimal(5)]

    def test_list_is_empty_again_when_everything_went_out(
        self, organization: Organization, bolt: Item
    ) -> None:
        post(organization, bolt, -10)
        post(organization, bolt, 3, event=StockEvent.RECEIVE.value)
        export(organization, _consumption(organization))
        export(organization, template_named(organization, "NetSuite inventory adjustment"))

        assert due(organization) == []
        with bind(organization):
            assert not DueBelowMark.objects.exists()

    def test_withdrawn_entries_are_due_though_the_mark_passed_them(
        self, organization: Organization, bolt: Item
    ) -> None:
        post(organization, bolt, -10)
        first = export(organization)
        post(organization, bolt, -1)
        export(organization)
        withdraw(organization, first.pk)

        assert due(organization) == [TEN]

    def test_inverse_that_an_answer_makes_due_is_found_below_the_mark(
        self, organization: Organization, bolt: Item
    ) -> None:
        entry = post(organization, bolt, -10)
        batch = export(organization)
        answer(organization, batch, Answer.REJECTED)
        reverse(organization, entry)
        post(organization, bolt, -1)
        export(organization)
        answer(organization, batch, Answer.ACCEPTED)

        assert due(organization) == [BACK]

    def test_mark_does_not_hold_when_the_erp_stops_booking_receipts(
        self, organization: Organization, bolt: Item
    ) -> None:
        organization.is_receipt_booked_by_erp = True
        save_row(organization, actor=None, reason="test", fields=["is_receipt_booked_by_erp"])
        post(organization, bolt, 4, event=StockEvent.RECEIVE.value)
        post(organization, bolt, -10)
        export(organization)
        assert due(organization) == []
        organization.is_receipt_booked_by_erp = False
        save_row(organization, actor=None, reason="test", fields=["is_receipt_booked_by_erp"])

        assert due(organization) == [Decimal(4)]


def test_mark_stays_behind_entries_that_are_young(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -10)
    export(organization)

    with bind(organization):
        assert StockEntry.objects.latest("posted_at").posted_at > timezone.now() - dt.timedelta(hours=1)
        assert DueMark.objects.get().first_open_id == 0


def _consumption(organization: Organization) -> ExportTemplate:
    template = template_named(organization)
    with bind(organization):
        template.has_receipts = template.has_adjustments = False
        return save_row(template, actor=None, reason="test", fields=["has_receipts", "has_adjustments"])
