"""Names of the files that rows came from, told by the room that reads files: `settings.FILE_NAMES`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

Names = Callable[[Collection[int]], dict[int, str]]


def file_names(import_ids: Collection[int | None]) -> dict[int, str]:
    """By import, its file's name (one query, or none)."""
    wanted = {pk for pk in import_ids if pk is not None}
    if not wanted:
        return {}
    return cast(Names, import_string(settings.FILE_NAMES))(wanted)


def row_of_file(row: int | None, name: str | None) -> str:
    """`row 7 of boms.csv`; blank for what no file brought."""
    if not row:
        return ""
    return f"row {row} of {name}" if name else f"row {row} of its file"
