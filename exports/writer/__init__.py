"""From ledger entries to the bytes of a file, as one template's layout says."""

from .files import CellRow, Misfit, WrittenFile, guarded_copy, misfits, read_cells, read_lines, write_file
from .layouts import Layout, LayoutColumn, layout_from_json, layout_of

__all__ = [
    "CellRow",
    "Layout",
    "LayoutColumn",
    "Misfit",
    "WrittenFile",
    "guarded_copy",
    "layout_from_json",
    "layout_of",
    "misfits",
    "read_cells",
    "read_lines",
    "write_file",
]
