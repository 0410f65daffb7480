"""Which ledger entries the ERP has still to hear of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django_scopes import get_scope

from accounts.models import Organization
from exports.choices import Answer
from exports.models import DueBelowMark, DueMark, ExportLine, ExportTemplate
from inventory.choices import StockEvent
from inventory.models import StockEntry

# An entry's id is taken before its transaction commits. The mark stays behind everything younger than this, so that it
# cannot pass an entry that is not seen yet; no transaction of ours lives nearly as long.
MARK_STAYS_BEHIND = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueSum:
    """What waits, of one kind. The quantity is a control figure over all units."""

    event: str
    entries: int
    quantity: Decimal
    amount_minor: int

    @property
    def label(self) -> str:
        return str(StockEvent(self.event).label)


def exported_events(organization: Organization) -> list[str]:
    """The kinds of entries that files carry: never the ERP's own snapshots, nor what it books itself."""
    events = [StockEvent.CONSUME, StockEvent.ADJUST]
    if not organization.is_receipt_booked_by_erp:
        events.append(StockEvent.RECEIVE)
    return [event.value for event in events]


def template_events(template: ExportTemplate) -> list[str]:
    """The kinds of entries that this template's file may carry."""
    wanted = {
        StockEvent.CONSUME: template.has_consumption,
        StockEvent.RECEIVE: template.has_receipts,
        StockEvent.ADJUST: template.has_adjustments,
    }
    return [
        event
        for event in exported_events(get_scope()["organization"])
        if wanted.get(StockEvent(event), False)
    ]


def entries_due(template: ExportTemplate | None = None) -> QuerySet[StockEntry]:
    """Entries that are in no live batch and not settled against each other, of the kinds the template takes.

    An entry and its inverse that both stayed here, or whose original the ERP rejected or never got, are settled:
    neither is due. The inverse falls due while the original's line is in a live batch and not rejected; likewise an
    original whose batch was withdrawn after the ERP got its inverse.
    """
    organization = get_scope()["organization"]
    live = ExportLine.objects.filter(is_live=True)
    sent = live.exclude(answer=Answer.REJECTED)
    inverse_stayed = StockEntry.objects.filter(
        ~Exists(sent.filter(entry_id=OuterRef("pk"))), reversal_of_id=OuterRef("pk")
    )
    return _worth_a_look().filter(
        Q(reversal_of__isnull=True) | Exists(sent.filter(entry_id=OuterRef("reversal_of_id"))),
        ~Exists(live.filter(entry_id=OuterRef("pk"))),
        ~Exists(inverse_stayed),
        event__in=exported_events(organization) if template is None else template_events(template),
    )


def _worth_a_look() -> QuerySet[StockEntry]:
    """Entries from the mark on and those listed below it: with millions exported, a few thousand."""
    mark = first_open_id()
    above = StockEntry.objects.filter(id__gte=mark)
    if not mark or not DueBelowMark.objects.exists():
        return above
    ids = above.values("id").union(DueBelowMark.objects.values("entry_id"), all=True)
    return StockEntry.objects.filter(id__in=ids)


def first_open_id() -> int:
    """The mark: the lowest id that can be due without being listed. Zero while it does not hold."""
    organization = get_scope()["organization"]
    mark = DueMark.objects.filter(is_receipt_booked_by_erp=organization.is_receipt_booked_by_erp).first()
    return mark.first_open_id if mark is not None else 0


def next_first_open_id() -> int:
    """Where the mark may move to: behind the last entry that is old enough to judge."""
    since = first_open_id()
    old = StockEntry.objects.filter(id__gte=since, posted_at__lt=timezone.now() - MARK_STAYS_BEHIND)
    last = old.aggregate(last=Max("id"))["last"]
    return since if last is None else int(last) + 1


def due_sums(template: ExportTemplate | None = None) -> list[DueSum]:
    """Count, quantity and money of what is due, per kind, the largest count first."""
    rows = (
        entries_due(template)
        .values("event")
        .annotate(entries=Count("id"), total=Sum("quantity"), money=Sum("amount_minor"))
        .order_by("-entries", "event")
    )
    return [DueSum(row["event"], row["entries"], row["total"], row["money"]) for row in rows]


def due_for(template: ExportTemplate, *, at_most: int) -> int:
    """How many entries its next file would hold, counted no further than `at_most`."""
    most = min(template.max_lines or at_most, at_most)
    return entries_due(template).values("id")[:most].count()


def due_count(*, at_most: int = 1000) -> int:
    """How many entries are due, counted no further than `at_most`: enough for a badge, cheap on every page."""
    return entries_due().values("id")[:at_most].count()


def due_entry_ids(template: ExportTemplate, *, at_most: int) -> list[int]:
    """What a batch takes: the oldest posting dates first, in the order of posting."""
    return list(entries_due(template).order_by("effective_date", "id").values_list("id", flat=True)[:at_most])
