"""What no code may be: something that a spreadsheet runs, or something that nobody sees."""

from __future__ import annotations

import unicodedata

from accounts.errors import AppError

FORMULA_STARTS = ("=", "+", "@")
HIDDEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})  # Unicode's categories


def refuse_odd_code(code: str, *, column: str) -> None:
    """Raises INVALID for a code of a person or a program. Those of a file its reader refuses, row by row."""
    details = {"column": column, "value": code}
    if code.startswith(FORMULA_STARTS):
        raise AppError(
            "INVALID",
            f"{code} starts with {code[0]}, which spreadsheets run as a formula; a code must not.",
            details,
        )
    for sign in code:
        if unicodedata.category(sign) in HIDDEN:
            name = unicodedata.name(sign, f"U+{ord(sign):04X}").lower()
            raise AppError("INVALID", f"The code holds the sign {name}; a code is one visible line.", details)
