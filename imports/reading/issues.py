"""What is wrong in a file: where, what stands there, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"  # the row (without a row: the whole file) is refused
    WARNING = "warning"  # taken, but worth a look
    NOTE = "note"  # what was done, said


@dataclass(frozen=True, slots=True)
class Issue:
    """`row` is the file's own row as a person counts it (from 1, title rows included), None for the whole file.

    `column` is the file's own header, or "column 3" where it has none; "" where no single column is meant.
    """

    row: int | None
    column: str
    value: str
    code: str
    message: str
    severity: Severity = Severity.ERROR


class UnreadableFile(Exception):
    """A file that cannot be read at all. `message` says why and what to do; `row` is where, when known."""

    def __init__(self, code: str, message: str, row: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.row = row

    def issue(self) -> Issue:
        return Issue(self.row, "", "", self.code, self.message)


class MappingError(Exception):
    """A mapping that does not fit its shape or its file. `problems` are all of them, in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


VALUE_SHOWN = 100


def shown(text: str) -> str:
    """A cell as a person sees it in a message: without our mark of native cells, control signs and long tails."""
    text = text.removeprefix(NATIVE)
    clean = "".join(sign if sign.isprintable() else "·" for sign in text[: VALUE_SHOWN + 1])
    return clean[: VALUE_SHOWN - 1] + "…" if len(clean) > VALUE_SHOWN else clean


# A spreadsheet's own numbers carry this in front, so that no decimal mark is ever guessed for them. No text
# cell can begin with it: NUL is refused in every file.
NATIVE = "\x00"
