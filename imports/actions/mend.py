"""Mending refused rows of a workbook: its bytes stay as they came, the mended cells are kept beside them."""

from __future__ import annotations

import hashlib
from typing import Any

from accounts.errors import AppError
from accounts.rights import demand
from accounts.tenancy.writes import save_row
from imports.actions.mapping import map_import
from imports.actions.receive import receive_file
from imports.choices import ImportStatus
from imports.files import mapping_of, source_of
from imports.mended import mended_more
from imports.models import ImportBatch
from imports.queries.mending import TOGETHER, is_mendable, mended_name
from imports.reading.issues import UnreadableFile
from imports.reading.mended import MendedCell, mended_cells
from imports.reading.propose import Proposal
from imports.reading.workbook import WorkbookSource
from imports.refusals import refused_read

NAMED = 5


def is_workbook(batch: ImportBatch) -> bool:
    """Whether the import's file is a workbook, whatever its name says."""
    return isinstance(source_of(batch), WorkbookSource)


def mend_workbook(*, batch: ImportBatch, text: str, actor: Any) -> tuple[ImportBatch, Proposal]:
    """Take up the refused rows as they were mended (see `imports.reading.mended`), ready to be checked.

    While nothing is loaded they are mended in the import itself. Once the good rows are, the others become an import of
    their own of the same file. Raises INVALID for a text that is not of its refused rows, or changes nothing.
    """
    organization = batch.organization
    demand(actor, organization, "import_files")
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    batch.organization = organization
    if not is_mendable(batch):
        raise AppError("INVALID_STATE", f"No rows of import {batch.number} can be mended now.")
    mapping = mapping_of(batch)
    source = source_of(batch).mapped(mapping)
    if not isinstance(source, WorkbookSource):
        raise AppError("INVALID_STATE", f"{batch.file_name} is no workbook.")
    refused = refused_read(batch).refused_rows.tolist()
    try:
        cells = mended_cells(text, source, mapping, refused)
    except UnreadableFile as error:
        raise AppError("INVALID", error.message, {"code": error.code, "row": error.row}) from error
    if not cells:
        raise AppError("INVALID", "Nothing is changed in these rows. Mend them, or the file.")
    kept = mended_more(batch.mended, source.sheet or source.sheets[0], cells, by=str(actor))
    if batch.status == ImportStatus.LOADED:
        batch = _its_own(batch, kept, None if batch.kind in TOGETHER else refused, actor)
    else:
        batch.mended, batch.status = kept, ImportStatus.MAPPED
        save_row(batch, actor=actor, reason=_reason(cells), fields=["mended", "status"])
    return batch, map_import(batch=batch, document=mapping.as_json(), is_remembered=False, actor=actor)


def _its_own(loaded: ImportBatch, kept: dict[str, Any], rows: list[int] | None, actor: Any) -> ImportBatch:
    """An import of the same file that takes up what stayed out of the first one."""
    content = bytes(loaded.content)
    if hashlib.sha256(content).hexdigest() != loaded.sha256:
        raise ValueError(f"the bytes of import {loaded.number} are not those that came")
    batch = receive_file(
        kind=loaded.kind,
        file_name=mended_name(loaded),
        content=content,
        options=loaded.options,
        mended={**kept, "of": loaded.number, **({} if rows is None else {"rows": rows})},
        actor=actor,
    )
    batch.organization = loaded.organization
    return batch


def _reason(cells: list[MendedCell]) -> str:
    rows = sorted({cell.row for cell in cells})
    named = ", ".join(map(str, rows[:NAMED]))
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    return f"Mended row{'' if len(rows) == 1 else 's'} {named}{more}"
