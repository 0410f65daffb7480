"""Taking a file in: its bytes are kept, nothing of it is loaded."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

from django_scopes import get_scope

from accounts.errors import AppError
from accounts.numbers import take_numbers
from accounts.rights import demand
from accounts.tenancy.writes import save_row
from imports.choices import FileKind, ImportStatus
from imports.kinds.registry import KINDS
from imports.models import ImportBatch
from imports.reading.issues import UnreadableFile
from imports.reading.limits import LIMITS, in_words
from imports.reading.source import open_source

NAME_LENGTH = 255


def receive_file(
    *,
    kind: str,
    file_name: str,
    content: bytes,
    options: dict[str, Any] | None = None,
    counted_at: dt.datetime | None = None,
    mended: dict[str, Any] | None = None,
    actor: Any,
) -> ImportBatch:
    """Keep the file as an import of its own, to be mapped, checked and loaded.

    Raises INVALID for an unknown kind and for bytes that are no table; its `details` hold the issue.
    """
    organization = get_scope()["organization"]
    if actor is not None:
        demand(actor, organization, "import_files")
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise AppError("INVALID", f"There is no kind of file named {kind}. Kinds: {known}.", {"kind": kind})
    if len(content) > LIMITS.bytes:
        raise AppError(
            "INVALID", f"The file has {in_words(len(content))}; {in_words(LIMITS.bytes)} are read. Split it."
        )
    try:
        open_source(content, file_name=file_name)
    except UnreadableFile as error:
        raise AppError("INVALID", error.message, {"code": error.code, "row": error.row}) from error
    (number,) = take_numbers("import", 1)
    batch = ImportBatch(
        organization=organization,
        number=number,
        kind=kind,
        file_name=plain_name(file_name),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        options=options or {},
        mended=mended or {},
        counted_at=counted_at,
        status=ImportStatus.UPLOADED,
        uploaded_by=actor,
    )
    return save_row(batch, actor=actor, reason=f"Received {FileKind(kind).label.lower()}")


def drop_import(*, batch: ImportBatch, actor: Any) -> ImportBatch:
    """Put an import aside that was never loaded. It stays in the list, with its bytes."""
    demand(actor, batch.organization, "import_files")
    if batch.status in {ImportStatus.LOADED, ImportStatus.LOADING, ImportStatus.TAKEN_BACK}:
        raise AppError("INVALID_STATE", "Only an import that is not loaded can be dropped.")
    batch.status = ImportStatus.DROPPED
    return save_row(batch, actor=actor, reason="Dropped", fields=["status"])


def plain_name(name: str) -> str:
    """A file's name without folders and signs that no name should have."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", last).strip()[-NAME_LENGTH:] or "file"
