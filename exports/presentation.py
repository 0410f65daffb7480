"""Batches and their lines as pages print them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.history import history_of
from accounts.models import Organization
from exports.choices import Answer, ColumnSource, ExportStatus
from exports.models import ExportBatch, ExportLine, ExportTemplate
from exports.queries.batches import Answers, answer_events
from exports.queries.due import DueSum
from exports.writer import Layout
from ui import cells, formats
from ui.components import Event, Fact, Figure

BATCH_STATES: cells.StateTable = {
    ExportStatus.LIVE: ("Written", "good"),
    ExportStatus.WITHDRAWN: ("Withdrawn", "mute"),
}
LINE_STATES: cells.StateTable = {
    Answer.NONE: ("Unanswered", "mute"),
    Answer.ACCEPTED: ("Accepted", "good"),
    Answer.REJECTED: ("Rejected", "bad"),
}


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the list."""

    lead: SafeString
    template: str
    written: SafeString
    by: str
    lines: str
    quantity: str
    amount: str
    state: SafeString
    answers: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a batch."""

    number: int
    item: SafeString
    document: str
    order: str
    place: str
    lot: str
    quantity: str
    amount: str
    state: SafeString
    loaded: SafeString
    message: str
    is_live: bool


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A template that can be exported with, and what it would take now."""

    id: int
    name: str
    entries: int
    words: str


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of a layout in words."""

    header: str
    shows: str
    rules: str


def batch_rows(
    batches: Iterable[ExportBatch], answers: Mapping[int, Answers], organization: Organization
) -> list[BatchRow]:
    money, zone, year = _formats(organization)
    return [
        BatchRow(
            lead=cells.code(batch.number, reverse("exports:batch", args=[organization.slug, batch.number])),
            template=batch.template.name,
            written=cells.time(batch.exported_at, zone, this_year=year),
            by=str(batch.exported_by or "The system"),
            lines=formats.quantity(batch.line_count),
            quantity=formats.quantity(batch.total_quantity),
            amount=money.money(batch.total_minor),
            state=cells.status_pill(batch.status, BATCH_STATES),
            answers=answer_words(answers[batch.pk], batch.status),
        )
        for batch in batches
    ]


def answer_words(answers: Answers, status: str) -> str:
    """How the ERP answered, shortly."""
    if status == ExportStatus.WITHDRAWN:
        return formats.NOTHING
    if not answers.accepted and not answers.rejected and not answers.ended:
        return "none yet"
    parts = [
        (answers.accepted, "accepted"),
        (answers.rejected, "rejected"),
        (answers.open, "open"),
        (answers.ended, "put back"),
    ]
    return ", ".join(f"{formats.quantity(number)} {word}" for number, word in parts if number)


def line_rows(lines: Iterable[ExportLine], organization: Organization) -> list[LineRow]:
    money, zone, year = _formats(organization)
    return [
        LineRow(
            number=line.line_number,
            item=cells.code(
                line.entry.item.sku,
                reverse("inventory:item", args=[organization.slug, line.entry.item_id]),
                line.entry.item.description,
            ),
            document=line.entry.document_number,
            order=line.entry.order_number,
            place=line.entry.location.code,
            lot=line.entry.lot.code if line.entry.lot else "",
            quantity=f"{formats.quantity(line.entry.quantity)} {line.entry.item.unit}",
            amount=money.money(line.entry.amount_minor),
            state=cells.status_pill(line.answer, LINE_STATES)
            if line.is_live
            else cells.pill("Put back", "mute"),
            loaded=cells.time(line.loaded_at, zone, this_year=year),
            message=line.message,
            is_live=line.is_live,
        )
        for line in lines
    ]


def batch_figures(batch: ExportBatch, answers: Answers, organization: Organization) -> list[Figure]:
    money = formats.MoneyFormat(organization)
    return [
        Figure("Lines", formats.quantity(batch.line_count)),
        Figure("Quantity", formats.quantity(batch.total_quantity), "over all units"),
        Figure("Money", money.money(batch.total_minor)),
        Figure(
            "Accepted",
            formats.quantity(answers.accepted),
            f"{formats.quantity(answers.rejected)} rejected, {formats.quantity(answers.open)} unanswered",
        ),
    ]


def batch_facts(batch: ExportBatch, size: int) -> list[Fact]:
    layout = batch.layout
    return [
        Fact("File", batch.file_name),
        Fact("Size", formats.file_size(size)),
        Fact("Encoding", str(layout.get("encoding", "")).upper()),
        Fact("Columns", formats.quantity(len(layout.get("columns", [])))),
        Fact("SHA-256", batch.sha256),
    ]


def batch_events(batch: ExportBatch) -> list[Event]:
    """What happened to the batch and its lines, newest first."""
    zone, year = timezone.get_current_timezone(), timezone.localdate().year
    found = [
        (event.at, Event(event.title, event.note, event.tone))
        for event in history_of(
            [batch], hidden=["layout", "status", "withdrawn_at", "withdrawn_by", "withdrawn_reason"]
        )
    ]
    for each in answer_events(batch):
        words = "ended" if not each.is_live else LINE_STATES[each.answer][0].lower()
        note = f"{each.who} · {formats.moment(each.at, zone, this_year=year)}"
        lines = formats.count(each.lines, "line")
        tone = "bad" if each.is_live and each.answer == Answer.REJECTED else ""
        found.append((each.at, Event(f"{lines} {words}", f"{note} · {each.reason}", tone)))
    return [event for _, event in sorted(found, key=lambda pair: pair[0], reverse=True)]


def template_choices(templates: Iterable[ExportTemplate], due: Iterable[DueSum]) -> list[TemplateChoice]:
    """The templates with how many of the due entries each takes, from the sums by kind."""
    sums = list(due)
    found = []
    for template in templates:
        kinds = {
            "CONSUME": template.has_consumption,
            "RECEIVE": template.has_receipts,
            "ADJUST": template.has_adjustments,
        }
        entries = sum(each.entries for each in sums if kinds.get(each.event, False))
        limit = template.max_lines
        words = formats.count(entries, "entry", "entries")
        if limit is not None and entries > limit:
            words += f", {formats.quantity(limit)} in the next file"
        found.append(TemplateChoice(template.pk, template.name, entries, words))
    return found


def column_rows(layout: Layout) -> list[ColumnRow]:
    """The columns in words."""
    rows = []
    for column in layout.columns:
        rules = [
            f"“{column.constant}”" if column.constant else "",
            f"{column.decimals} decimals" if column.decimals is not None else "",
            f"at most {column.max_length} characters" if column.max_length else "",
            f"digits filled with zeros to {column.pad_to}" if column.pad_to else "",
            "never empty" if column.is_required else "",
            formats.count(len(column.translations), "word of theirs", "words of theirs")
            if column.translations
            else "",
        ]
        rows.append(
            ColumnRow(column.header, ColumnSource(column.source).label, ", ".join(filter(None, rules)))
        )
    return rows


def template_facts(template: ExportTemplate) -> list[Fact]:
    kinds = [
        (template.has_consumption, "consumption"),
        (template.has_receipts, "receipts"),
        (template.has_adjustments, "adjustments"),
    ]
    return [
        Fact("Carries", ", ".join(word for carries, word in kinds if carries)),
        Fact("Encoding", template.get_encoding_display()),
        Fact("Delimiter", template.get_delimiter_display()),
        Fact("Line ends", template.get_line_end_display()),
        Fact("Decimal mark", template.get_decimal_mark_display()),
        Fact("Dates like", template.get_date_format_display()),
        Fact("Header row", "yes" if template.has_header else "no"),
        Fact("Lines in a file", formats.quantity(template.max_lines) if template.max_lines else "no limit"),
        Fact("Text guarded", "yes" if template.is_guarded else "no"),
    ]


def _formats(organization: Organization) -> tuple[formats.MoneyFormat, Any, int]:
    return (
        formats.MoneyFormat(organization),
        timezone.get_current_timezone(),
        timezone.localdate().year,
    )
