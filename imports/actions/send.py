"""A program's file: received and mapped, then checked or loaded at once, or in the background where it is large."""

from __future__ import annotations

import json
from typing import Any

from accounts.errors import AppError
from imports.actions.load import Imported, check_import, load_import, receive_and_map
from imports.jobs import LARGE, start_check, start_load
from imports.kinds.shapes import Options


def send_file(
    *,
    kind: str,
    file_name: str,
    content: bytes,
    mapping: str = "",
    options: Options | None = None,
    is_partial: bool = False,
    is_check: bool = False,
    actor: Any,
) -> Imported:
    """As `import_file`, but a large file is only begun: its batch has a job then, which goes on after the answer.

    `mapping` is the name of a kept one, or a mapping as JSON.
    """
    document = _document(mapping)
    received, rows = receive_and_map(
        kind=kind,
        file_name=file_name,
        content=content,
        mapping_name="" if document else mapping,
        document=document,
        options=options,
        actor=actor,
    )
    batch = received.batch
    if received.earlier is not None:
        return received
    if rows > LARGE:
        if is_check:
            start_check(batch=batch, rows=rows, actor=actor)
        else:
            start_load(batch=batch, is_partial=is_partial, rows=rows, actor=actor)
        return Imported(batch)
    if is_check:
        return check_import(batch=batch, actor=actor)
    return load_import(batch=batch, is_partial=is_partial, actor=actor)


def _document(mapping: str) -> dict[str, Any] | None:
    if not mapping.lstrip().startswith("{"):
        return None
    try:
        found: dict[str, Any] = json.loads(mapping)
    except (ValueError, RecursionError) as error:
        raise AppError("INVALID", "The mapping is no JSON that can be read.", {"field": "mapping"}) from error
    return found
