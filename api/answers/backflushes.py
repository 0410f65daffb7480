"""Backflushes as answers: whole pages of documents in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from accounts.models import Job, Organization
from api.answers.common import digits, sure_digits
from approvals.queries.documents import document_by_id
from backflush.actions.rechecking import is_stale
from backflush.choices import BackflushStatus
from backflush.engine.words import explain
from backflush.models import Backflush, BackflushLine, LotPick
from inventory.choices import SourceKind, StockEvent
from inventory.models import StockEntry
from production.models import Receipt

SIX = Decimal("0.000001")
OPEN = {BackflushStatus.DRAFT, BackflushStatus.SUBMITTED, BackflushStatus.RETURNED}
SUMS = (
    "standard_cost_minor",
    "actual_cost_minor",
    "substitution_minor",
    "scrap_minor",
    "usage_minor",
    "price_minor",
    "variance_minor",
)


def backflushes(found: Iterable[Backflush], organization: Organization) -> list[dict[str, Any]]:
    """Documents with their lines and picks (two queries). Completion, output, item and order are read with them."""
    rows = list(found)
    ids = [row.pk for row in rows]
    picks: dict[int, list[LotPick]] = defaultdict(list)
    for pick in (
        LotPick.objects.filter(line__backflush_id__in=ids).select_related("location", "lot").order_by("id")
    ):
        picks[pick.line_id].append(pick)
    lines: dict[int, list[BackflushLine]] = defaultdict(list)
    related = ("item", "stands_in_for", "reason")
    for line in (
        BackflushLine.objects.filter(backflush_id__in=ids).select_related(*related).order_by("position")
    ):
        lines[line.backflush_id].append(line)
    return [_backflush(row, lines[row.pk], picks, organization) for row in rows]


def detail(row: Backflush, organization: Organization) -> dict[str, Any]:
    """One document with what it posted, and whether what it was computed from still stands."""
    return {
        **backflushes([row], organization)[0],
        "is_stale": row.status in OPEN and is_stale(organization, row),
        "backflush_txns": posted_txns([row])[row.pk],
        "fg_receipt_id": receipt_id(row),
    }


def outcome(backflush_id: int, organization: Organization) -> dict[str, Any]:
    """What became of a reported completion: posted, or submitted with the document that waits."""
    needed = ("number", "status", "variance_minor", "completion__reference")
    row = Backflush.objects.select_related("completion").only(*needed).get(pk=backflush_id)
    said: dict[str, Any] = {
        "backflush_id": row.pk,
        "number": row.number,
        "status": row.status,
        "backflush_txns": [],
        "fg_receipt_id": None,
        "variance_minor": row.variance_minor,
        "currency_code": organization.currency_code,
    }
    if row.status == BackflushStatus.POSTED:
        said["backflush_txns"] = posted_txns([row])[row.pk]
        said["fg_receipt_id"] = receipt_id(row)
    else:
        (said["backflush"],) = backflushes([document_by_id(row.pk)], organization)
    return said


def posted_txns(rows: Sequence[Backflush], *, reversals: bool = False) -> dict[int, list[dict[str, Any]]]:
    """By document: what it consumed, or what its reversal gave back (one query)."""
    by_id = {row.pk: row for row in rows}
    entries = StockEntry.objects.filter(
        source_kind=SourceKind.BACKFLUSH,
        source_id__in=list(by_id),
        event=StockEvent.CONSUME,
        reversal_of__isnull=not reversals,
    ).values_list(
        "pk",
        "source_id",
        "order_number",
        "item__sku",
        "lot__code",
        "quantity",
        "location__code",
        "posted_at",
        named=True,
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in entries.order_by("pk"):
        completion = by_id[entry.source_id].completion
        found[entry.source_id].append(
            {
                "txn_id": entry.pk,
                "work_order_id": entry.order_number,
                "item_id": entry.item__sku,
                "lot_id": entry.lot__code,
                "qty_consumed": sure_digits(-entry.quantity),
                "location_id": entry.location__code,
                "posted_at": entry.posted_at,
                "external_id": completion.reference or None,
            }
        )
    return found


def receipt_id(row: Backflush) -> int | None:
    """The receipt of finished goods that stands for a posted document."""
    if row.status != BackflushStatus.POSTED:
        return None
    receipts = Receipt.objects.filter(completion_id=row.completion_id, is_reversed=False)
    return receipts.order_by("-pk").values_list("pk", flat=True).first()


Happening = tuple[dt.datetime, int, str]
BEGINNING, MICROSECOND = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.timedelta(microseconds=1)


def happenings(rows: Iterable[Backflush]) -> list[Happening]:
    """When each document came about (posted, else drafted) and was reversed, newest first."""
    found: list[Happening] = []
    for row in rows:
        found.append((row.posted_at or row.drafted_at, row.pk, "backflush"))
        if row.reversed_at is not None:
            found.append((row.reversed_at, row.pk, "reversal"))
    return sorted(found, reverse=True)


def place_of(happened: Happening) -> str:
    """Where a happening stands among the others, whatever comes before it later: a cursor."""
    at, pk, kind = happened
    return f"{(at - BEGINNING) // MICROSECOND}-{pk}-{kind}"


def happened_at(place: str) -> Happening:
    """What `place_of` told."""
    microseconds, pk, kind = place.split("-")
    return BEGINNING + int(microseconds) * MICROSECOND, int(pk), kind


def history(
    happened: Sequence[Happening], rows: Sequence[Backflush], organization: Organization
) -> list[dict[str, Any]]:
    """What happened to these documents, each time with its lines."""
    by_id = {row.pk: row for row in rows}
    shown = {row["id"]: row for row in backflushes(rows, organization)}
    txns = {"backflush": posted_txns(rows), "reversal": posted_txns(rows, reversals=True)}
    items = []
    for at, pk, kind in happened:
        row = by_id[pk]
        person = row.reversed_by if kind == "reversal" else row.posted_by
        items.append(
            {
                **shown[pk],
                "kind": kind,
                "at": at,
                "by": person.email if person else None,
                "reason": row.reversal_reason if kind == "reversal" else "",
                "backflush_txns": txns[kind][pk],
            }
        )
    return items


def job(row: Job) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "title": row.title,
        "status": row.status,
        "done": row.done,
        "total": row.total,
        "message": row.message,
        "refused": row.result.get("refused", []),
        "export_id": row.result.get("export_id"),
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


def _backflush(
    row: Backflush,
    lines: Sequence[BackflushLine],
    picks: dict[int, list[LotPick]],
    organization: Organization,
) -> dict[str, Any]:
    completion = row.completion
    return {
        "id": row.pk,
        "number": row.number,
        "status": row.status,
        "work_order": completion.output.work_order.number,
        "completion": {
            "id": completion.pk,
            "item": completion.output.item.sku,
            "external_id": completion.reference or None,
            "good_quantity": sure_digits(completion.good_quantity),
            "scrap_quantity": sure_digits(completion.scrap_quantity),
            "operation": completion.operation_number,
            "is_final": completion.is_final,
            "completed_at": completion.completed_at,
        },
        "version": row.version,
        "is_posted_by_policy": row.is_posted_by_policy,
        "drafted_at": row.drafted_at,
        "submitted_at": row.submitted_at,
        "posted_at": row.posted_at,
        "posted_on": row.posted_on,
        "reversed_at": row.reversed_at,
        "reversed_on": row.reversed_on,
        "reversal_reason": row.reversal_reason,
        "lines": [_line(line, picks[line.pk]) for line in lines],
        "totals": {
            **{name: getattr(row, name) for name in SUMS},
            "upstream_scrap_minor": row.upstream_scrap_minor,
            "weight_minor": row.weight_minor,
            "value_minor": row.value_minor,
            "currency_code": organization.currency_code,
        },
    }


def _line(line: BackflushLine, picks: Sequence[LotPick]) -> dict[str, Any]:
    return {
        "id": line.pk,
        "item": line.item.sku,
        "stands_in_for": line.stands_in_for.sku if line.stands_in_for else None,
        "unit": line.item.unit,
        "operation": line.operation_number,
        "standard_quantity": sure_digits(line.standard_quantity),
        "scrap_quantity": sure_digits(line.scrap_quantity),
        "expected_quantity": sure_digits(line.expected_quantity),
        "actual_quantity": sure_digits(line.actual_quantity),
        "variance_quantity": sure_digits(line.actual_quantity - line.expected_quantity),
        "standard_cost": digits(line.standard_unit_cost),
        "actual_cost": digits(_unit_cost(line, picks)),
        **{name: getattr(line, name) for name in SUMS},
        "picks": [_pick(pick) for pick in picks],
        "flags": line.flags,
        "is_beyond_tolerance": line.is_beyond_tolerance,
        "reason": line.reason.code if line.reason else None,
        "note": line.note,
        "explanation": explain(line.terms),
    }


def _unit_cost(line: BackflushLine, picks: Sequence[LotPick]) -> Decimal | None:
    """What one unit of it cost over the lots that it takes, to six decimals."""
    quantity = sum((pick.quantity for pick in picks), Decimal(0))
    if not quantity:
        return line.standard_unit_cost
    return (sum((pick.quantity * pick.unit_cost for pick in picks), Decimal(0)) / quantity).quantize(SIX)


def _pick(pick: LotPick) -> dict[str, Any]:
    return {
        "location": pick.location.code if pick.location else None,
        "lot": pick.lot.code if pick.lot else None,
        "quantity": sure_digits(pick.quantity),
        "unit_cost": sure_digits(pick.unit_cost),
        "amount_minor": pick.amount_minor,
        "is_short": pick.is_short,
    }
