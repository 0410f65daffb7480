"""The one error of the engine: input from which no right quantity can come."""

from __future__ import annotations


class EngineError(ValueError):
    """Refusal with a code, a sentence that says what to do, and the keys it is about."""

    def __init__(self, code: str, message: str, keys: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.keys = keys
