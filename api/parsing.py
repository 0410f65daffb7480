"""Reading JSON without floats: 1.1000000000000001 stays what it is."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


def parsed_json(body: bytes) -> Any:
    """The value that a body holds.

    Raises ValueError for what is no JSON, too deep to be one of ours, or says the same name twice: nobody knows which
    of two quantities was meant.
    """
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once_each)
    except (RecursionError, InvalidOperation, UnicodeDecodeError) as error:
        raise ValueError("this is no JSON that a call takes") from error
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


class ExactParser(Parser):
    """ninja's parser with exact numbers."""

    def parse_body(self, request: HttpRequest) -> Any:
        return parsed_json(request.body)
