"""Loading files in tests as the command does."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.core.management import call_command

from accounts.models import Organization
from imports.actions.load import Imported, import_file
from imports.actions.mapping import save_mapping
from imports.kinds.shapes import Options


def load(
    kind: str,
    text: str,
    *,
    name: str = "file.csv",
    mapping: dict[str, Any] | None = None,
    actor: Any = None,
    is_partial: bool = False,
    is_check: bool = False,
    **options: Any,
) -> Imported:
    """Load a text in the organization that is bound."""
    if mapping is not None:
        save_mapping(kind=kind, name="test", document=mapping, actor=None)
    return import_file(
        kind=kind,
        file_name=name,
        content=text.encode(),
        mapping_name="test" if mapping is not None else "",
        options=Options(**options),
        is_partial=is_partial,
        is_check=is_check,
        actor=actor,
    )


def told(imported: Imported, severity: str = "error") -> list[tuple[int | None, str, str]]:
    """Row, column and code of each issue."""
    return [(i.row, i.column, i.code) for i in imported.issues if i.severity.value == severity]


def counts(imported: Imported) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, refused."""
    batch = imported.batch
    return (batch.created_count, batch.updated_count, batch.unchanged_count, batch.refused_count)


def run_command(organization: Organization, kind: str, path: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of `import_file`."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(
            "import_file", kind, str(path), "--org", organization.slug, *arguments, stdout=out, stderr=err
        )
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()
