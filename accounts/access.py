"""The access rule that stands on a view's first line."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from .roles import RIGHTS, as_words

View = Callable[..., HttpResponse]


def requires(right: str) -> Callable[[View], View]:
    """Members without this right get 403; who is no member never comes here (404)."""
    if right not in RIGHTS:
        raise ValueError(f"unknown right {right}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if right not in request.rights:  # type: ignore[attr-defined]
                raise PermissionDenied(f"Your role does not allow this: {as_words(right)}.")
            return view(request, *args, **kwargs)

        guarded.required_right = right  # type: ignore[attr-defined]
        return guarded

    return decorate
