"""The trail of calls."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from api.caller import Caller
from api.idempotency import HEADER, LONGEST
from api.models import ApiCall


def record_call(request: HttpRequest, response: HttpResponse, caller: Caller, *, seconds: float) -> None:
    """Write down who called what and what became of it; never what was sent."""
    ApiCall(
        organization=caller.organization,
        key=caller.key,
        member=caller.user,
        method=(request.method or "")[:10],
        path=_plain(request.get_full_path())[:500],
        status=response.status_code,
        code=getattr(response, "api_code", ""),
        duration_ms=int(seconds * 1000),
        idempotency_key=_plain(request.headers.get(HEADER, ""))[:LONGEST],
        is_replayed="Idempotent-Replayed" in response,
    ).save(force_insert=True)


def _plain(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
