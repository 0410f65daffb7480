"""Deciding how a file is read, and remembering it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django_scopes import get_scope

from accounts.errors import AppError
from accounts.rights import demand
from accounts.tenancy.writes import save_row
from imports.choices import FileKind, ImportStatus
from imports.files import source_of
from imports.models import ImportBatch, ImportMapping
from imports.queries.batches import remembered_mapping
from imports.reading.issues import MappingError, UnreadableFile
from imports.reading.mapping import Mapping, parse_mapping
from imports.reading.propose import Proposal, propose_mapping

OPEN = {ImportStatus.UPLOADED, ImportStatus.MAPPED, ImportStatus.CHECKED, ImportStatus.REFUSED}


def propose(*, batch: ImportBatch, document: dict[str, Any] | None = None) -> Proposal:
    """What is proposed for this file, with evidence and questions.

    Without a document, the answers that were given to a file with the same headers are taken up. Raises INVALID
    where the file or the document cannot be read.
    """
    try:
        source = source_of(batch)
        if document is not None:
            return propose_mapping(source, batch.kind, parse_mapping(document, batch.kind))
        fresh = propose_mapping(source, batch.kind)
        known = remembered_mapping(kind=batch.kind, signature=fresh.signature)
        if known is None:
            return fresh
        try:
            return propose_mapping(source, batch.kind, parse_mapping(known.mapping, batch.kind))
        except MappingError:
            return fresh
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
    batch.mapping_name = name
    batch.status = ImportStatus.MAPPED if proposal.is_settled else ImportStatus.UPLOADED
    save_row(batch, actor=actor, reason="Columns settled", fields=["mapping", "mapping_name", "status"])
    if proposal.is_settled and is_remembered and (document or name):
        _remember(batch, proposal, name, actor)
    return proposal


def save_mapping(*, kind: str, name: str, document: Any, actor: Any, signature: str = "") -> ImportMapping:
    """Keep a mapping under a name, in place of one of that name. Raises INVALID with every problem of the document."""
    organization = get_scope()["organization"]
    if actor is not None:
        demand(actor, organization, "import_files")
    if kind not in FileKind.values:
        raise AppError(
            "INVALID", f"There is no kind of file named {kind}. Kinds: {', '.join(FileKind.values)}."
        )
    name = name.strip()
    if not name or len(name) > 80:
        raise AppError("INVALID", "A mapping has a name of at most 80 signs.", {"name": name})
    try:
        mapping = parse_mapping(document, kind)
    except MappingError as error:
        raise AppError("INVALID", " ".join(error.problems), {"problems": error.problems}) from error
    return _keep(kind, name, mapping, signature, actor)


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


def _remember(batch: ImportBatch, proposal: Proposal, name: str, actor: Any) -> None:
    known = remembered_mapping(kind=batch.kind, signature=proposal.signature)
    if known is not None and known.mapping == batch.mapping and name in ("", known.name):
        return
    if not name:
        name = known.name if known is not None else f"as in {batch.file_name}"[:80]
    _keep(batch.kind, name, proposal.mapping, proposal.signature, actor)
