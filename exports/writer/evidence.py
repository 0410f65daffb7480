"""The evidence of a batch for whoever audits it: the file as it went out, and what stands behind each of its lines."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Organization
from exports.choices import Encoding, ExportStatus
from exports.models import ExportBatch
from exports.queries.evidence import Table, evidence_lines, evidence_people

from .statements import FORMULA_STARTS


def evidence_of(batch: ExportBatch, organization: Organization) -> bytes:
    """A ZIP of the file's own bytes, `lines.csv`, `people.csv` and `about.txt` with the hashes of all three."""
    files = {
        batch.file_name: bytes(batch.content),
        "lines.csv": _table(evidence_lines(batch), organization),
        "people.csv": _table(evidence_people(batch), organization),
    }
    files["about.txt"] = _about(batch, organization, files).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, batch.exported_at.astimezone(UTC).timetuple()[:6])
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _table(table: Table, organization: Organization) -> bytes:
    """As a spreadsheet reads it: UTF-8 with a mark, and no text that it would compute."""
    kinds = [
        "money" if name in table.money else "text" if name in table.texts else "" for name in table.columns
    ]
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow(_cells(row, kinds, organization.currency_decimals))
    return written.getvalue().encode(Encoding.UTF8_BOM)


def _cells(row: tuple[Any, ...], kinds: list[str], decimals: int) -> Iterator[str]:
    for value, kind in zip(row, kinds, strict=True):
        if value is None:
            yield ""
        elif kind == "money":
            yield f"{Decimal(value).scaleb(-decimals):f}"
        elif isinstance(value, Decimal):
            yield f"{value.normalize():f}"
        else:
            text = str(value)
            yield f"'{text}" if kind == "text" and text[:1] in FORMULA_STARTS else text


def _about(batch: ExportBatch, organization: Organization, files: dict[str, bytes]) -> str:
    lines = [
        f"{batch.number} of {organization.name}",
        "",
        f"Written {_moment(batch.exported_at)} by {batch.exported_by or 'the system'} with “{batch.template.name}”",
        f"{batch.line_count} lines, quantity {batch.total_quantity.normalize():f}, "
        f"{Decimal(batch.total_minor).scaleb(-organization.currency_decimals):f} {organization.currency_code}",
        f"SHA-256 kept when it was written: {batch.sha256}",
    ]
    if batch.status == ExportStatus.WITHDRAWN and batch.withdrawn_at:
        lines.append(
            f"Withdrawn {_moment(batch.withdrawn_at)} by {batch.withdrawn_by or 'the system'}: {batch.withdrawn_reason}"
        )
    lines += ["", f"This evidence was read {_moment(timezone.now())}. SHA-256 of its files:"]
    lines += [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items()]
    lines += [
        "",
        "lines.csv has each line of the file with its document, completion, figures and the ERP's answer.",
        "people.csv has who drafted, changed, submitted, signed, returned, posted or reversed a document, who proposed "
        "and who signed how a shortage is settled, and when.",
        f"Moments are in UTC, money is in {organization.currency_code}.",
    ]
    return "\n".join(lines) + "\n"


def _moment(at: Any) -> str:
    return str(at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"))
