"""Which sign parts the cells, judged from the beginning of the file, with the evidence in words."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass

CANDIDATES = (",", ";", "\t", "|", "^", "~")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "^": "caret", "~": "tilde", " ": "space"}
SAMPLE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Delimiter:
    sign: str
    evidence: str


def delimiter_name(sign: str) -> str:
    return NAMES.get(sign, repr(sign))


def detect_delimiter(text: str) -> Delimiter:
    """The sign that cuts most rows of the text (its beginning is enough) into the same number of cells."""
    if text[:4].lower() == "sep=" and len(text) > 4 and text[4] not in "\r\n":
        return Delimiter(text[4], f"the file's first line says {text[:5]}")
    best: tuple[float, int, str, str] | None = None
    for order, sign in enumerate(CANDIDATES):
        widths = _widths(text, sign)
        if not widths:
            continue
        # Rows may be short at the end, so a row counts for every width up to its own where it ends in blanks.
        counts = Counter(widths)
        width, rows = max(counts.items(), key=lambda item: (item[1] * min(item[0], 12), item[0]))
        total = len(widths)
        score = rows / total * (1 - 1 / width)
        evidence = f"{rows} of {total} rows have {width} cells parted by {delimiter_name(sign)}"
        if best is None or (score, -order) > (best[0], best[1]):
            best = (score, -order, sign, evidence)
    if best is None:
        return Delimiter(",", "no sign parts the rows into cells; there is one column")
    return Delimiter(best[2], best[3])


def _widths(text: str, sign: str) -> list[int]:
    """Cells per row that is not blank; empty where the sign never parts anything."""
    if sign not in text:
        return []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    widths = []
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                widths.append(len(record))
    except csv.Error:
        pass  # a quote that this sign does not end; what was read before it is judged
    if max(widths, default=1) == 1:
        return []
    return widths
