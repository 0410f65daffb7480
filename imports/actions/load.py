"""Checking and loading an import."""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.rights import demand
from accounts.tenancy.writes import delete_rows, insert_rows, save_row
from imports.actions.examine import Examined, examine
from imports.actions.mapping import map_import, mapping_named
from imports.actions.receive import receive_file
from imports.actions.telling import tell_of_import
from imports.choices import ImportStatus
from imports.kinds.options import options_as_json
from imports.kinds.shapes import Options
from imports.models import ImportBatch, ImportIssue
from imports.queries.batches import loaded_before
from imports.reading.issues import Issue, Severity
from imports.results import Results, pack
from inventory.rows import CREATED, UPDATED, RowOutcome

RECHECKABLE = {ImportStatus.MAPPED, ImportStatus.CHECKED, ImportStatus.REFUSED}
KEPT_ISSUES = 50_000


@dataclass(frozen=True, slots=True)
class Imported:
    """An import after its check or load. `earlier` is the import that loaded this very file before it came again."""

    batch: ImportBatch
    issues: list[Issue] = field(default_factory=list)
    earlier: ImportBatch | None = None

    @property
    def is_loaded(self) -> bool:
        return self.batch.status == ImportStatus.LOADED and self.earlier is None


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """A million rows are millions of objects that live to the end: to look through them again and again for circles
    of references, of which they have none, takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_search_for_cycles()
def check_import(
    *, batch: ImportBatch, actor: Any, advance: Callable[[int], None] = lambda done: None
) -> Imported:
    """Check the whole file and keep every issue, what would become of each row, and the control totals."""
    batch = _locked(batch, RECHECKABLE | {ImportStatus.LOADING})
    examined = examine(batch=batch, is_check=True, is_partial=True, actor=actor, advance=advance)
    _keep(batch, examined, ImportStatus.CHECKED, actor, "Checked")
    return Imported(batch, examined.issues)


@_no_search_for_cycles()
def load_import(
    *,
    batch: ImportBatch,
    is_partial: bool = False,
    actor: Any,
    advance: Callable[[int], None] = lambda done: None,
) -> Imported:
    """Load the file in one transaction: all of its rows or none, with `is_partial` the good ones.

    A file that was loaded before is answered with that import and changes nothing. A refused one keeps its issues.
    """
    if actor is not None:
        demand(actor, batch.organization, "import_files")
    batch = _locked(batch, RECHECKABLE | {ImportStatus.LOADING})
    stated = options_moment(batch)
    if earlier := loaded_before(kind=batch.kind, sha256=batch.sha256, counted_at=stated):
        batch.status = ImportStatus.DROPPED
        save_row(batch, actor=actor, reason=f"Already loaded as import {earlier.number}", fields=["status"])
        return Imported(batch, earlier=earlier)
    examined = examine(batch=batch, is_check=False, is_partial=is_partial, actor=actor, advance=advance)
    if examined.is_loaded:
        counted_at = examined.answer.facts.get("counted_at")
        batch.counted_at = dt.datetime.fromisoformat(counted_at) if counted_at else None
        batch.loaded_at = timezone.now()
        _keep(batch, examined, ImportStatus.LOADED, actor, "Loaded")
    else:
        _keep(batch, examined, ImportStatus.REFUSED, actor, "Refused")
    tell_of_import(EventName.IMPORT_FINISHED, batch, actor=actor)
    return Imported(batch, examined.issues)


def import_file(
    *,
    kind: str,
    file_name: str,
    content: bytes,
    mapping_name: str = "",
    options: Options | None = None,
    is_partial: bool = False,
    is_check: bool = False,
    actor: Any,
) -> Imported:
    """Receive, map and load (or only check) a file in one go, as the command and the API do.

    Questions that the file leaves open refuse it; a named mapping answers them. Raises INVALID for bytes that are no
    table, NOT_FOUND for a mapping that is not there.
    """
    received, _ = receive_and_map(
        kind=kind,
        file_name=file_name,
        content=content,
        mapping_name=mapping_name,
        options=options,
        actor=actor,
    )
    batch = received.batch
    if received.earlier is not None:
        return received
    if is_check:
        return check_import(batch=batch, actor=actor)
    return load_import(batch=batch, is_partial=is_partial, actor=actor)


def receive_and_map(
    *,
    kind: str,
    file_name: str,
    content: bytes,
    mapping_name: str = "",
    document: dict[str, Any] | None = None,
    options: Options | None = None,
    actor: Any,
) -> tuple[Imported, int]:
    """Keep a file and settle how it is read, ready to be checked or loaded; and how many rows it has.

    A file that was loaded before is answered with that import and not kept again.
    """
    if mapping_name:
        document = mapping_named(kind=kind, name=mapping_name)
    chosen = options or Options()
    digest = hashlib.sha256(content).hexdigest()
    if earlier := loaded_before(kind=kind, sha256=digest, counted_at=chosen.counted_at):
        return Imported(earlier, earlier=earlier), 0
    batch = receive_file(
        kind=kind, file_name=file_name, content=content, options=options_as_json(chosen), actor=actor
    )
    proposal = map_import(
        batch=batch, document=document, name=mapping_name, is_remembered=not mapping_name, actor=actor
    )
    if batch.status == ImportStatus.UPLOADED:  # reading says which questions are open
        batch.status = ImportStatus.MAPPED
        save_row(batch, actor=actor, reason="Questions are open", fields=["status"])
    return Imported(batch), proposal.data_rows


def options_moment(batch: ImportBatch) -> dt.datetime | None:
    """The moment that a person stated for the whole file."""
    stated = batch.options.get("counted_at")
    return dt.datetime.fromisoformat(stated) if stated else None


def _locked(batch: ImportBatch, allowed: set[ImportStatus]) -> ImportBatch:
    organization = batch.organization
    locked = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    locked.organization = organization
    if locked.status not in allowed:
        if locked.status == ImportStatus.UPLOADED:
            raise AppError("INVALID_STATE", "Questions about the file's columns are open. Answer them first.")
        raise AppError(
            "INVALID_STATE", f"Import {locked.number} is {locked.get_status_display().lower()} already."
        )
    return locked


def _keep(batch: ImportBatch, examined: Examined, status: ImportStatus, actor: Any, reason: str) -> None:
    batch.status = status
    batch.row_count = examined.rows
    batch.refused_count = len(examined.refused)
    batch.accepted_count = examined.rows - examined.skipped - batch.refused_count
    batch.created_count = examined.count(CREATED)
    batch.updated_count = examined.count(UPDATED)
    batch.unchanged_count = batch.accepted_count - batch.created_count - batch.updated_count
    batch.totals = examined.totals
    outcomes = (
        _with_previewed(batch, examined.outcomes) if status == ImportStatus.LOADED else examined.outcomes
    )
    batch.results = pack(outcomes, examined.answer.facts | {"skipped": examined.skipped})
    fields = [
        "status",
        "row_count",
        "refused_count",
        "accepted_count",
        "created_count",
        "updated_count",
        "unchanged_count",
        "totals",
        "results",
        "counted_at",
        "loaded_at",
    ]
    save_row(batch, actor=actor, reason=reason, fields=fields)
    _keep_issues(batch, examined.issues, actor, reason)


def _with_previewed(batch: ImportBatch, outcomes: list[RowOutcome]) -> list[RowOutcome]:
    """Some kinds can tell from what to what only before they write: the check has kept it."""
    told = {row.row: row.changes for row in Results(batch.results).rows(UPDATED)}
    return [
        outcome._replace(changes=told[outcome.row])
        if not outcome.changes and outcome.outcome == UPDATED and outcome.row in told
        else outcome
        for outcome in outcomes
    ]


def _keep_issues(batch: ImportBatch, issues: list[Issue], actor: Any, reason: str) -> None:
    """The issues of the last check; errors first, where there are more than anybody reads."""
    old = list(ImportIssue.objects.filter(batch=batch).values_list("pk", flat=True))
    delete_rows(ImportIssue, old, actor=actor, reason=reason)
    kept = issues
    if len(issues) > KEPT_ISSUES:
        kept = sorted(issues, key=lambda issue: issue.severity is not Severity.ERROR)[:KEPT_ISSUES]
    insert_rows(
        ImportIssue,
        ["row", "column", "value", "code", "message", "severity"],
        [
            (issue.row, issue.column[:120], issue.value, issue.code, issue.message, issue.severity.value)
            for issue in kept
        ],
        constants={"batch_id": batch.pk},
        actor=actor,
        reason=reason,
    )
