"""Papers that belong to an order: a traveller, a drawing, a scale ticket."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import Any

from accounts.errors import AppError
from accounts.rights import demand
from accounts.tenancy.writes import delete_row, save_row
from production.models import Document, WorkOrder

MOST_BYTES = 10 * 1024 * 1024
MOST_PER_ORDER = 50

# Kinds by their ending: what they are sent as, and how their bytes begin. Text has no beginning of its own.
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    ".csv": ("text/csv", ()),
    ".txt": ("text/plain", ()),
}


def add_document(order: WorkOrder, *, name: str, content: bytes, actor: Any) -> Document:
    """Keep a paper with an order. Who may release orders may add one.

    INVALID where it is empty, too large, of another kind than we keep, or not what its name says.
    """
    demand(actor, order.organization, "release_orders")
    name = PurePath(name.replace("\\", "/")).name.strip()[:200]
    ending = PurePath(name).suffix.lower()
    if ending not in KINDS:
        kinds = ", ".join(sorted(kind.removeprefix(".") for kind in KINDS))
        raise AppError("INVALID", f"Files of this kind are not kept. Give one of: {kinds}.", {"value": name})
    if not content:
        raise AppError("INVALID", "The file is empty.", {"value": name})
    if len(content) > MOST_BYTES:
        raise AppError("INVALID", f"The file is larger than {MOST_BYTES // 1024**2} MB.", {"value": name})
    kind, beginnings = KINDS[ending]
    if (beginnings and not content.startswith(beginnings)) or (not beginnings and b"\x00" in content):
        raise AppError("INVALID", f"The file is not what its ending {ending} says.", {"value": name})
    digest = hashlib.sha256(content).hexdigest()
    present = Document.objects.filter(work_order=order)
    if present.filter(sha256=digest, name=name).exists():
        raise AppError("INVALID", "This file is kept with the order already.", {"value": name})
    if present.count() >= MOST_PER_ORDER:
        raise AppError("INVALID", f"An order keeps at most {MOST_PER_ORDER} files: remove one first.")
    return save_row(
        Document(
            organization_id=order.organization_id,
            work_order=order,
            name=name,
            content_type=kind,
            content=content,
            sha256=digest,
            added_by=actor,
        ),
        actor=actor,
        reason=f"{name} attached",
    )


def remove_document(document: Document, *, actor: Any, reason: str) -> None:
    """Take a paper away; its name, size and reason stay in the history."""
    demand(actor, document.work_order.organization, "release_orders")
    if not reason.strip():
        raise AppError("REASON_REQUIRED", "Say why the file is taken away.")
    delete_row(document, actor=actor, reason=reason.strip())
