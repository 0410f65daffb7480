"""Controls that the browser's own do not do well."""

from __future__ import annotations

from typing import Any

from django import forms


class FigureInput(forms.TextInput):
    """A quantity, an amount or a percentage: typed, never changed by a wheel that was meant for the page.

    What is no number comes back as it was typed, with its error; a number control would have sent nothing.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})
