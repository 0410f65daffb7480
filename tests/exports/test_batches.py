"""A batch is written once, whole, and kept byte for byte."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from exports.actions.batches import create_batch, put_back_rejected, withdraw_batch
from exports.actions.templates import save_template, switch_template
from exports.choices import Answer
from exports.choices import ColumnSource as S
from exports.models import ExportBatch, ExportLine
from exports.writer import LayoutColumn
from inventory.choices import ErpAnswer, StockEvent
from inventory.models import EntryOutcome, Item
from tests.exports.making import answer, due, export, make_template, post, template_named
from tests.factories import make_item, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def bolt(organization: Organization) -> Item:
    return make_item(organization, "BOLT")


def test_batch_keeps_its_bytes_their_hash_and_its_totals(
    organization: Organization, bolt: Item, alice: User
) -> None:
    post(organization, bolt, "-12.5")
    post(organization, bolt, "-2", amount_minor=-250)

    batch = export(organization, actor=alice)

    with bind(organization):
        batch = ExportBatch.objects.get(pk=batch.pk)
        assert (batch.number, batch.status, batch.line_count) == ("EX-000001", "live", 2)
        assert (batch.total_quantity, batch.total_minor) == (Decimal("-14.5"), -1812)
        assert batch.sha256 == hashlib.sha256(bytes(batch.content)).hexdigest()
        assert batch.file_name == "acme-EX-000001-stock-adjustments.csv"
        assert batch.exported_by == alice
        assert list(
            batch.lines.order_by("line_number").values_list("entry__quantity", "is_live", "answer")
        ) == [
            (Decimal("-12.5"), True, ""),
            (Decimal("-2"), True, ""),
        ]


def test_bytes_stay_the_same_whatever_changes_later(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, "-12.5")
    batch = export(organization)
    content, layout = bytes(batch.content), batch.layout
    with bind(organization):
        bolt.sku = "RENAMED"
        save_row(bolt, actor=None, reason="renamed")
    save_template(
        organization=organization,
        template=template_named(organization),
        values={"delimiter": ";"},
        columns=[LayoutColumn("sku", S.SKU)],
        actor=None,
        reason="changed",
    )

    with bind(organization):
        kept = ExportBatch.objects.get(pk=batch.pk)
        assert bytes(kept.content) == content
        assert kept.layout == layout
        assert b"BOLT,-12.5" in content


def test_numbers_run_on_per_organization(
    organization: Organization, other_organization: Organization, bolt: Item
) -> None:
    numbers = []
    for quantity in (-1, -2):
        post(organization, bolt, quantity)
        numbers.append(export(organization).number)
    post(other_organization, make_item(other_organization, "NUT"), -1)
    numbers.append(export(other_organization).number)

    assert numbers == ["EX-000001", "EX-000002", "EX-000001"]


def test_nothing_due_is_refused_and_takes_no_number(organization: Organization, bolt: Item) -> None:
    with pytest.raises(AppError) as refused:
        export(organization)
    post(organization, bolt, -1)

    assert (refused.value.code, refused.value.message) == (
        "INVALID",
        "Nothing is due for “Stock adjustments”: everything posted was exported already.",
    )
    assert export(organization).number == "EX-000001"


def test_nothing_due_says_which_other_kinds_are(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, 3, event=StockEvent.RECEIVE.value)
    template = make_template(
        organization, [LayoutColumn("sku", S.SKU)], has_receipts=False, has_adjustments=False
    )

    with pytest.raises(AppError, match=r"Other kinds are due \(1 received\)"):
        export(organization, template)


def test_file_that_cannot_be_written_leaves_nothing_behind(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1)
    template = make_template(organization, [LayoutColumn("sku", S.SKU, max_length=3)])

    with pytest.raises(AppError, match="longer than 3 characters"):
        export(organization, template)

    assert due(organization) == [Decimal(-1)]
    with bind(organization):
        assert not ExportBatch.objects.exists()


def test_template_with_a_limit_takes_the_oldest_and_leaves_the_rest(
    organization: Organization, bolt: Item
) -> None:
    for quantity in (-1, -2, -3):
        post(organization, bolt, quantity)
    template = make_template(organization, [LayoutColumn("q", S.SIGNED_QUANTITY)], max_lines=2)

    assert export(organization, template).content == b"q\r\n-1\r\n-2\r\n"
    assert due(organization) == [Decimal(-3)]
    assert export(organization, template).content == b"q\r\n-3\r\n"


def test_switched_off_template_is_refused(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1)
    template = template_named(organization)
    switch_template(organization=organization, template_id=template.pk, is_active=False, actor=None)

    with pytest.raises(AppError, match="is switched off"):
        export(organization, template)


def test_every_line_has_a_history_row_with_who_and_why(
    organization: Organization, bolt: Item, alice: User
) -> None:
    post(organization, bolt, -1)
    batch = export(organization, actor=alice)

    with bind(organization):
        told = [
            (row.history_user, row.history_change_reason)
            for model in (ExportBatch, ExportLine, EntryOutcome)
            for row in model.history.all()
        ]
    assert told == [(alice, f"Exported as {batch.number}")] * 3


@pytest.mark.parametrize("role", ["supervisor", "controller", "finance", "admin", "auditor"])
def test_only_planners_export(organization: Organization, bolt: Item, role: str) -> None:
    post(organization, bolt, -1)
    member = make_member(organization, role)

    with pytest.raises(AppError) as refused:
        export(organization, actor=member)

    assert refused.value.code == "FORBIDDEN"


def test_template_of_another_organization_is_not_found(
    organization: Organization, other_organization: Organization, bolt: Item
) -> None:
    post(organization, bolt, -1)

    with pytest.raises(AppError) as refused:
        create_batch(organization=organization, template_id=template_named(other_organization).pk, actor=None)

    assert refused.value.code == "NOT_FOUND"


def test_withdrawn_batch_says_who_and_why_and_its_lines_end(
    organization: Organization, bolt: Item, alice: User
) -> None:
    post(organization, bolt, -1)
    batch = export(organization)

    withdraw_batch(organization=organization, batch_id=batch.pk, actor=alice, reason=" wrong location ")

    with bind(organization):
        batch = ExportBatch.objects.get(pk=batch.pk)
        assert (batch.status, batch.withdrawn_by, batch.withdrawn_reason) == (
            "withdrawn",
            alice,
            "wrong location",
        )
        assert batch.withdrawn_at is not None
        assert batch.content
        assert list(batch.lines.values_list("is_live", flat=True)) == [False]


def test_withdrawing_needs_a_reason_and_happens_once(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1)
    batch = export(organization)

    with pytest.raises(AppError) as without_reason:
        withdraw_batch(organization=organization, batch_id=batch.pk, actor=None, reason=" ")
    withdraw_batch(organization=organization, batch_id=batch.pk, actor=None, reason="wrong")
    with pytest.raises(AppError) as again:
        withdraw_batch(organization=organization, batch_id=batch.pk, actor=None, reason="wrong")

    assert (without_reason.value.code, again.value.code) == ("REASON_REQUIRED", "INVALID_STATE")


def test_batch_with_an_accepted_line_is_not_withdrawn(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1)
    post(organization, bolt, -2)
    batch = export(organization)
    answer(organization, batch, Answer.ACCEPTED, 1)

    with pytest.raises(AppError, match="accepted 1 of EX-000001's lines, so they would be loaded twice"):
        withdraw_batch(organization=organization, batch_id=batch.pk, actor=None, reason="wrong")

    assert due(organization) == []


def test_put_back_line_goes_into_the_next_batch(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1)
    post(organization, bolt, -2)
    batch = export(organization)
    answer(organization, batch, Answer.ACCEPTED, 1)
    answer(organization, batch, Answer.REJECTED, 2, message="no such bin")

    count = put_back_rejected(organization=organization, batch_id=batch.pk, actor=None, reason="bin opened")

    assert count == 1
    assert export(organization).line_count == 1
    with bind(organization):
        assert list(batch.lines.order_by("line_number").values_list("is_live", "answer", "message")) == [
            (True, "accepted", ""),
            (False, "rejected", "no such bin"),
        ]


def test_nothing_rejected_is_nothing_to_put_back(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1)
    batch = export(organization)

    with pytest.raises(AppError, match="No line of EX-000001 is rejected"):
        put_back_rejected(organization=organization, batch_id=batch.pk, actor=None, reason="")


def test_outcome_of_an_entry_follows_its_batches(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1)

    def outcome() -> tuple[str, bool, bool]:
        with bind(organization):
            row = EntryOutcome.objects.get()
            return row.answer, row.answered_at is not None, row.loaded_at is not None

    first = export(organization)
    assert outcome() == (ErpAnswer.NONE, False, False)
    withdraw_batch(organization=organization, batch_id=first.pk, actor=None, reason="wrong")
    assert outcome() == (ErpAnswer.WITHDRAWN, True, False)
    second = export(organization)
    assert outcome() == (ErpAnswer.NONE, False, False)
    answer(organization, second, Answer.ACCEPTED, loaded_at=second.exported_at)
    assert outcome() == (ErpAnswer.ACCEPTED, True, True)
    with bind(organization):
        assert EntryOutcome.objects.get().exported_at == second.exported_at


def test_withdrawing_leaves_the_outcome_of_a_line_that_went_out_again(
    organization: Organization, bolt: Item
) -> None:
    post(organization, bolt, -1)
    post(organization, bolt, -2)
    first = export(organization)
    answer(organization, first, Answer.REJECTED, 2)
    put_back_rejected(organization=organization, batch_id=first.pk, actor=None, reason="")
    second = export(organization)
    answer(organization, second, Answer.ACCEPTED)
    withdraw_batch(organization=organization, batch_id=first.pk, actor=None, reason="wrong")

    with bind(organization):
        assert list(EntryOutcome.objects.order_by("entry_id").values_list("entry__quantity", "answer")) == [
            (Decimal(-1), "withdrawn"),
            (Decimal(-2), "accepted"),
        ]
