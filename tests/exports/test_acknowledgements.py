"""What the ERP answers, line by line."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from exports.acknowledgements import LineAnswer, read_answers
from exports.actions.acknowledging import Recorded, acknowledge_all, record_acknowledgements
from exports.actions.batches import put_back_rejected, withdraw_batch
from exports.choices import Answer
from exports.models import ExportBatch, ExportLine
from inventory.models import EntryOutcome, StockBalance
from tests.exports.making import answer, export, post
from tests.factories import make_item, make_member

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def batch(organization: Organization) -> ExportBatch:
    """Three lines: −1, −2 and −3."""
    bolt = make_item(organization, "BOLT")
    for quantity in (-1, -2, -3):
        post(organization, bolt, quantity)
    return export(organization)


def record(
    organization: Organization, batch: ExportBatch, *answers: LineAnswer, actor: User | None = None
) -> Recorded:
    return record_acknowledgements(organization=organization, batch_id=batch.pk, answers=answers, actor=actor)


def lines(organization: Organization, batch: ExportBatch) -> list[tuple[str, dt.datetime | None, str]]:
    with bind(organization):
        found = ExportLine.objects.filter(batch=batch).order_by("line_number")
        return list(found.values_list("answer", "loaded_at", "message"))


def test_answers_are_kept_per_line(organization: Organization, batch: ExportBatch) -> None:
    loaded = batch.exported_at + dt.timedelta(minutes=1)

    recorded = record(
        organization,
        batch,
        LineAnswer(1, Answer.ACCEPTED, loaded),
        LineAnswer(3, Answer.REJECTED, message="Invalid location"),
    )

    assert (recorded.accepted, recorded.rejected, recorded.unchanged) == (1, 1, 0)
    assert lines(organization, batch) == [
        ("accepted", loaded, ""),
        ("", None, ""),
        ("rejected", None, "Invalid location"),
    ]


def test_same_answer_again_changes_nothing(organization: Organization, batch: ExportBatch) -> None:
    given = (LineAnswer(1, Answer.ACCEPTED), LineAnswer(2, Answer.REJECTED, message="no"))
    record(organization, batch, *given)
    with bind(organization):
        before = ExportLine.history.count()

    recorded = record(organization, batch, *given, given[0])

    assert (recorded.accepted, recorded.rejected, recorded.unchanged) == (0, 0, 2)
    with bind(organization):
        assert ExportLine.history.count() == before


def test_corrected_answer_replaces_the_one_before_and_its_history_stays(
    organization: Organization, batch: ExportBatch, alice: User
) -> None:
    record(organization, batch, LineAnswer(1, Answer.REJECTED, message="busy"))
    record(organization, batch, LineAnswer(1, Answer.ACCEPTED), actor=alice)

    assert lines(organization, batch)[0] == ("accepted", None, "")
    with bind(organization):
        line = ExportLine.objects.get(batch=batch, line_number=1)
        told = [(row.answer, row.history_user) for row in ExportLine.history.filter(id=line.pk)]
    assert told == [("accepted", alice), ("rejected", None), ("", None)]


def test_all_problems_are_named_at_once(organization: Organization, batch: ExportBatch) -> None:
    record(organization, batch, LineAnswer(3, Answer.REJECTED))
    put_back_rejected(organization=organization, batch_id=batch.pk, actor=None, reason="")

    with pytest.raises(AppError) as refused:
        record(
            organization,
            batch,
            LineAnswer(1, Answer.ACCEPTED, batch.exported_at - dt.timedelta(hours=1)),
            LineAnswer(2, Answer.REJECTED, batch.exported_at),
            LineAnswer(3, Answer.ACCEPTED),
            LineAnswer(4, Answer.ACCEPTED),
        )

    assert [problem["message"] for problem in refused.value.details] == [
        "line 1 cannot be loaded before EX-000001 was written: check day and time zone.",
        "line 2 is rejected, so it was never loaded: leave the moment out.",
        "line 3 was put back and is no longer part of EX-000001.",
        "EX-000001 has no line 4; it has 1 to 3.",
    ]
    assert refused.value.message == (
        "Line 1 cannot be loaded before EX-000001 was written: check day and time zone. 3 more lines are refused."
    )
    assert [kind for kind, _, _ in lines(organization, batch)] == ["", "", "rejected"]


def test_moment_in_the_future_is_refused(organization: Organization, batch: ExportBatch) -> None:
    with pytest.raises(AppError, match="cannot be loaded in the future"):
        record(organization, batch, LineAnswer(1, Answer.ACCEPTED, timezone.now() + dt.timedelta(days=1)))


def test_two_different_answers_to_one_line_are_refused(
    organization: Organization, batch: ExportBatch
) -> None:
    with pytest.raises(AppError, match="Line 1 has two different answers"):
        record(organization, batch, LineAnswer(1, Answer.ACCEPTED), LineAnswer(1, Answer.REJECTED))


def test_withdrawn_batch_takes_no_answers(organization: Organization, batch: ExportBatch) -> None:
    withdraw_batch(organization=organization, batch_id=batch.pk, actor=None, reason="wrong")

    with pytest.raises(AppError, match="EX-000001 is withdrawn already"):
        record(organization, batch, LineAnswer(1, Answer.ACCEPTED))


def test_one_answer_for_all_leaves_what_was_answered(organization: Organization, batch: ExportBatch) -> None:
    answer(organization, batch, Answer.REJECTED, 2, message="no")

    def all_accepted() -> tuple[int, int]:
        recorded = acknowledge_all(
            organization=organization,
            batch_id=batch.pk,
            answer=Answer.ACCEPTED,
            loaded_at=None,
            message="",
            actor=None,
        )
        return recorded.accepted, recorded.unchanged

    assert all_accepted() == (2, 0)
    assert [kind for kind, _, _ in lines(organization, batch)] == ["accepted", "rejected", "accepted"]
    with pytest.raises(AppError, match="is answered already"):
        all_accepted()


def test_answer_that_contradicts_a_stock_file_moves_the_balance(
    organization: Organization, batch: ExportBatch
) -> None:
    """A file assumed line 2 taken; the ERP says that it refused it, so our −2 still stands beside the file's count."""
    with bind(organization):
        for outcome in EntryOutcome.objects.filter(entry__quantity=-2):
            outcome.assumed_at = timezone.now()
            outcome.is_assumed_taken = True
            outcome.save()
        before = StockBalance.objects.get().on_hand

    record(organization, batch, LineAnswer(2, Answer.REJECTED))

    with bind(organization):
        assert StockBalance.objects.get().on_hand == before - 2


def test_only_planners_record_answers(organization: Organization, batch: ExportBatch) -> None:
    with pytest.raises(AppError) as refused:
        record(
            organization, batch, LineAnswer(1, Answer.ACCEPTED), actor=make_member(organization, "auditor")
        )

    assert refused.value.code == "FORBIDDEN"


def test_batch_of_another_organization_is_not_found(
    other_organization: Organization, batch: ExportBatch
) -> None:
    with pytest.raises(AppError) as refused:
        record(other_organization, batch, LineAnswer(1, Answer.ACCEPTED))

    assert refused.value.code == "NOT_FOUND"


class TestReading:
    def read(self, text: str, zone: ZoneInfo = UTC) -> list[LineAnswer]:
        return read_answers(text.encode(), batch_number="EX-000012", zone=zone)

    def test_lines_by_number(self) -> None:
        assert self.read(
            "line,answer,loaded_at,message\n1,accepted,2026-03-09 10:00,\n2,Rejected,,no bin\n"
        ) == [
            LineAnswer(1, Answer.ACCEPTED, dt.datetime(2026, 3, 9, 10, tzinfo=UTC)),
            LineAnswer(2, Answer.REJECTED, None, "no bin"),
        ]

    def test_lines_by_the_reference_that_was_written(self) -> None:
        assert self.read("External ID;Status;Error Message\r\nEX-000012-7;Error;Ungültig\r\n;;\r\n") == [
            LineAnswer(7, Answer.REJECTED, None, "Ungültig")
        ]

    def test_time_without_offset_is_the_organizations(self) -> None:
        read = self.read(
            "line\tresult\tposted at\n1\tOK\t2026-03-09T10:00\n2\tOK\t2026-03-09T10:00:00+00:00\n", BERLIN
        )

        assert [each.loaded_at for each in read] == [
            dt.datetime(2026, 3, 9, 9, tzinfo=UTC),
            dt.datetime(2026, 3, 9, 10, tzinfo=UTC),
        ]

    def test_all_unreadable_rows_are_named(self) -> None:
        with pytest.raises(AppError) as refused:
            self.read(
                "line,external_id,answer,loaded_at\n"
                "x,,accepted,\n"
                "1,,maybe,\n"
                "1,,accepted,2026-03-09\n"
                "1,,accepted,yesterday\n"
                ",EX-000011-1,accepted,\n"
                "2,EX-000012-1,accepted,\n"
            )

        assert [(problem["row"], problem["message"]) for problem in refused.value.details] == [
            (2, "“x” is no line number."),
            (3, "“maybe” is no answer; write accepted or rejected."),
            (
                4,
                "“2026-03-09” has no time of day; write for example 2026-03-09 14:05, or leave it empty.",
            ),
            (5, "“yesterday” is no moment; write for example 2026-03-09 14:05."),
            (6, "“EX-000011-1” does not belong to EX-000012."),
            (7, "line 2 and “EX-000012-1” are two different lines."),
        ]

    @pytest.mark.parametrize("text", ["", "line,loaded_at\n1,\n", "answer\nok\n"])
    def test_file_without_the_needed_columns_is_refused(self, text: str) -> None:
        with pytest.raises(AppError):
            self.read(text)

    def test_windows_file_is_read(self) -> None:
        content = "line,answer,message\n1,rejected,Größe\n".encode("cp1252")

        assert read_answers(content, batch_number="EX-1", zone=UTC)[0].message == "Größe"
