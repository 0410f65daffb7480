"""The one application error, its codes and the HTTP status that each code answers."""

from __future__ import annotations

from typing import Any

STATUS_BY_CODE: dict[str, int] = {
    "NOT_FOUND": 404,
    "FORBIDDEN": 403,
    "SAME_PERSON": 403,
    "ALREADY_BACKFLUSHED": 409,
    "STALE_DRAFT": 409,
    "IDEMPOTENCY_MISMATCH": 409,
    "EDIT_CONFLICT": 409,
    "INVALID_STATE": 409,
    "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH": 422,
    "INVALID_WORK_ORDER_STATE": 422,
    "NO_BILL_OF_MATERIALS": 422,
    "REASON_REQUIRED": 422,
    "PERIOD_CLOSED": 422,
    "INVALID": 422,
}


class AppError(Exception):
    """A refusal that a person can act on: a code for programs, a sentence for people, details for both."""

    def __init__(self, code: str, message: str, details: Any = None) -> None:
        if code not in STATUS_BY_CODE:
            raise ValueError(f"unknown error code {code}")
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    @property
    def status(self) -> int:
        return STATUS_BY_CODE[self.code]


TOO_LARGE = "22003"  # PostgreSQL's code for a number that its column cannot hold


def refusal_of(error: Exception) -> AppError | None:
    """The refusal behind a number that became too large for its column; None for every other failure."""
    if getattr(error.__cause__, "sqlstate", None) != TOO_LARGE:
        return None
    return AppError(
        "INVALID",
        "A quantity or an amount becomes larger than the books hold: check the figures. Nothing was done.",
    )
