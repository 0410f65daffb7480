"""Deciding how a file is read, and remembering it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django_scopes import get_scope

from accounts.errors import AppError
from accounts.rights import demand
from accounts.tenancy.writes import delete_row, save_row
from imports.choices import FileKind, ImportStatus
from imports.files import source_of
from imports.models import ImportBatch, ImportMapping
from imports.queries.batches import remembered_mapping
from imports.reading.evidence import Decision
from imports.reading.issues import MappingError, UnreadableFile
from imports.reading.mapping import NO_HEADER, Mapping, parse_mapping
from imports.reading.propose import Outline, Proposal, header_signature, outline, propose_mapping
from inventory.queries.units import units_in_use

REMEMBERED = "remembered"
OPEN = {ImportStatus.UPLOADED, ImportStatus.MAPPED, ImportStatus.CHECKED, ImportStatus.REFUSED}


def propose(*, batch: ImportBatch, document: dict[str, Any] | None = None) -> Proposal:
    """What is proposed for this file, with evidence and questions.

    Without a document, the answers that were given to a file with the same headers are taken up: a decision named
    `REMEMBERED` says under which name, and what this file disproves is asked again. Raises INVALID where the file or
    the document cannot be read.
    """
    with _told_as_invalid():
        source, units = source_of(batch), units_in_use()
        if document is not None:
            return propose_mapping(source, batch.kind, parse_mapping(document, batch.kind), units=units)
        signature = header_signature(source, batch.kind)
        known = remembered_mapping(kind=batch.kind, signature=signature)
        if known is None:
            return propose_mapping(source, batch.kind, units=units)
        try:
            kept = parse_mapping(known.mapping, batch.kind)
            recalled = propose_mapping(source, batch.kind, kept, is_recalled=True, units=units)
        except MappingError:
            return propose_mapping(source, batch.kind, units=units)
        return replace(recalled, decisions=(*recalled.decisions, Decision(REMEMBERED, known.name, "")))


def outlined(*, batch: ImportBatch, document: dict[str, Any]) -> Outline:
    """The file's columns where the document says that they stand. Raises INVALID like `propose`, and is quick."""
    with _told_as_invalid():
        return outline(source_of(batch), batch.kind, parse_mapping(document, batch.kind))


@contextmanager
def _told_as_invalid() -> Iterator[None]:
    try:
        yield
    except UnreadableFile as error:
        raise AppError("INVALID", error.message, {"code": error.code, "row": error.row}) from error
    except MappingError as error:
        raise AppError("INVALID", " ".join(error.problems), {"problems": error.problems}) from error


def map_import(
    *,
    batch: ImportBatch,
    document: dict[str, Any] | None = None,
    name: str = "",
    is_remembered: bool = True,
    actor: Any,
) -> Proposal:
    """Settle how this import's file is read: by the document, or by what its headers and values prove.

    An answered mapping is remembered for these headers (and under `name`, if given), unless it is only used. Returns
    the proposal; while it has blocking questions, the file cannot be checked.
    """
    if batch.status not in OPEN:
        raise AppError("INVALID_STATE", f"Import {batch.number} is {batch.get_status_display().lower()}.")
    proposal = propose(batch=batch, document=document)
    batch.mapping = proposal.mapping.as_json()
    batch.mapping_name = name or recalled_name(proposal)
    batch.status = ImportStatus.MAPPED if proposal.is_settled else ImportStatus.UPLOADED
    save_row(batch, actor=actor, reason="Columns settled", fields=["mapping", "mapping_name", "status"])
    if proposal.is_settled and is_remembered and (document or name):
        _remember(batch, proposal, name, actor)
    return proposal


def map_as_last_time(*, batch: ImportBatch, actor: Any) -> Proposal | None:
    """Settle how the file is read as the last one with these headers was, where that leaves nothing at all open.

    None where a person has to look: nothing is remembered, something is asked, there is no header to know the file
    by, or it is a stock file, which cannot say its own moment.
    """
    if batch.kind == FileKind.STOCK:
        return None
    proposal = propose(batch=batch)
    if not recalled_name(proposal) or proposal.questions or proposal.mapping.header_row == NO_HEADER:
        return None
    return map_import(batch=batch, actor=actor)


def recalled_name(proposal: Proposal) -> str:
    """The name of the mapping that was remembered for these headers, or ""."""
    return next((str(d.value) for d in proposal.decisions if d.key == REMEMBERED), "")


def save_mapping(
    *, kind: str, name: str, document: Any, actor: Any, signature: str = "", may_replace: bool = True
) -> ImportMapping:
    """Keep a mapping under a name, in place of one of that name unless `may_replace` is false.

    Raises INVALID with every problem of the document.
    """
    organization = get_scope()["organization"]
    if actor is not None:
        demand(actor, organization, "import_files")
    if kind not in FileKind.values:
        raise AppError(
            "INVALID", f"There is no kind of file named {kind}. Kinds: {', '.join(FileKind.values)}."
        )
    name = _proper_name(name)
    if not may_replace and ImportMapping.objects.filter(kind=kind, name=name).exists():
        raise AppError("INVALID", f"There is a mapping {name} for {FileKind(kind).label.lower()} already.")
    return _keep(kind, name, _parsed(document, kind), signature, actor)


def change_mapping(*, mapping: ImportMapping, name: str, document: Any, actor: Any) -> ImportMapping:
    """Rename a kept mapping and say anew what it holds. Raises INVALID, also for a name that is taken."""
    demand(actor, mapping.organization, "import_files")
    name = _proper_name(name)
    others = ImportMapping.objects.filter(kind=mapping.kind, name=name).exclude(pk=mapping.pk)
    if others.exists():
        raise AppError(
            "INVALID", f"There is a mapping {name} for {mapping.get_kind_display().lower()} already."
        )
    mapping.mapping = _parsed(document, mapping.kind).as_json()
    mapping.name, mapping.saved_by, mapping.saved_at = name, actor, timezone.now()
    return save_row(mapping, actor=actor, reason="Mapping changed")


def delete_mapping(*, mapping: ImportMapping, actor: Any) -> None:
    """Forget a mapping: files with its headers are proposed anew. Imports that were read by it keep how."""
    demand(actor, mapping.organization, "import_files")
    delete_row(mapping, actor=actor, reason="Mapping deleted")


def _proper_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise AppError("INVALID", "A mapping has a name of at most 80 signs.", {"name": name})
    return name


def _parsed(document: Any, kind: str) -> Mapping:
    try:
        return parse_mapping(document, kind)
    except MappingError as error:
        raise AppError("INVALID", " ".join(error.problems), {"problems": error.problems}) from error


def mapping_named(*, kind: str, name: str) -> dict[str, Any]:
    """The document of a mapping. Raises NOT_FOUND, naming those that there are."""
    kept = {m.name: m.mapping for m in ImportMapping.objects.filter(kind=kind)}
    if name not in kept:
        there = f"There are: {', '.join(sorted(kept))}." if kept else "None is kept for this kind yet."
        raise AppError("NOT_FOUND", f"There is no mapping {name} for {kind}. {there}")
    document: dict[str, Any] = kept[name]
    return document


def _keep(kind: str, name: str, mapping: Mapping, signature: str, actor: Any) -> ImportMapping:
    kept = ImportMapping.objects.filter(kind=kind, name=name).first() or ImportMapping(
        organization=get_scope()["organization"], kind=kind, name=name
    )
    kept.mapping = mapping.as_json()
    kept.header_signature = signature or kept.header_signature
    kept.saved_by = actor
    kept.saved_at = timezone.now()
    return save_row(kept, actor=actor, reason="Mapping saved")


def _free_name(kind: str, file_name: str) -> str:
    """The file's own name, or with a number where files of that name have had other headers."""
    taken = set(ImportMapping.objects.filter(kind=kind).values_list("name", flat=True))
    names = (file_name[:80], *(f"{file_name[:74]} ({number})" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _remember(batch: ImportBatch, proposal: Proposal, name: str, actor: Any) -> None:
    known = remembered_mapping(kind=batch.kind, signature=proposal.signature)
    if known is not None and known.mapping == batch.mapping and name in ("", known.name):
        return
    if not name:
        name = known.name if known is not None else _free_name(batch.kind, batch.file_name)
    _keep(batch.kind, name, proposal.mapping, proposal.signature, actor)
