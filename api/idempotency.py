"""One effect and one answer for requests that are sent twice.

The row of a key is written first, in the transaction of the effect: a second request with the key waits there until
the first has ended, and then reads its answer, or does the work itself where the first was rolled back. A refusal
leaves nothing behind, the key included.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from accounts.errors import AppError
from api.caller import READING, Caller
from api.models import ApiAnswer
from api.parsing import parsed_json
from api.problems import JSON

HEADER = "Idempotency-Key"
LONGEST = 200
LONGEST_REFERENCE = 80
VISIBLE = re.compile(r"[\x20-\x7e]+")
HIDDEN = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Claim:
    """The keys of a request, ours until the transaction ends, and the answer that one of them has already."""

    ids: tuple[int, ...]
    replay: HttpResponse | None = None

    def keep(self, response: HttpResponse, *, has_effect: bool = True) -> None:
        """Keep the answer with its effect. What had none leaves its keys free: sent again it is tried again."""
        if self.ids and not has_effect:
            ApiAnswer.objects.filter(pk__in=self.ids).delete()
        elif self.ids:
            ApiAnswer.objects.filter(pk__in=self.ids).update(
                status=response.status_code, body=response.content.decode()
            )


def header_key(request: HttpRequest) -> str:
    """The key in the header, or an empty text. Raises INVALID for one that no program should send."""
    text = request.headers.get(HEADER, "").strip()
    if text and (len(text) > LONGEST or not VISIBLE.fullmatch(text)):
        raise AppError("INVALID", f"{HEADER} takes up to {LONGEST} visible ASCII signs.", {"header": HEADER})
    return text


def reference_of(request: HttpRequest, external_id: str | None) -> str:
    """What a report is called on its order: its external_id, else the header's key; a long key by its beginning."""
    if external_id:
        return external_id.strip()  # as a file of completions would name it
    key = header_key(request)
    if len(key) <= LONGEST_REFERENCE:
        return key
    return f"{key[: LONGEST_REFERENCE - 17]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def claim(request: HttpRequest, caller: Caller) -> Claim:
    """Take the request's keys. Raises IDEMPOTENCY_MISMATCH where one belongs to another request."""
    if request.method in READING:
        return Claim(())
    keys = sorted(set(_keys(request)))
    if not keys:
        return Claim(())
    fingerprint = _fingerprint(request)
    ids = []
    for key in keys:
        taken = _take(caller, key, fingerprint)
        if taken is None:
            return Claim((), _replay(caller, key, fingerprint))
        ids.append(taken)
    return Claim(tuple(ids))


def _keys(request: HttpRequest) -> Iterator[str]:
    """A header's key holds everywhere; an external_id belongs to its address, as a report's number to its order.

    What no call takes for an external_id or an address is no key: the call itself says what is wrong with it.
    """
    if text := header_key(request):
        yield f"key {text}"
    external = _body(request).get("external_id")
    if isinstance(external, str) and external:
        named = f"{request.method} {request.path} {external}"
        if not HIDDEN.search(named):
            yield named[:800]


def _body(request: HttpRequest) -> dict[str, Any]:
    if _is_form(request):
        return {name: str(value) for name, value in request.POST.items()}
    try:
        found = parsed_json(request.body) if request.body else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_form(request: HttpRequest) -> bool:
    """A body that curl sends without being told a content type says that it is a form, and is JSON all the same."""
    return request.content_type == "multipart/form-data"


def _fingerprint(request: HttpRequest) -> str:
    """What makes two requests the same: method, address and content, however its fields are ordered or divided."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if _is_form(request):
        # A form is sent in parts whose border is chosen anew each time.
        fields = sorted((name, request.POST.getlist(name)) for name in request.POST)
        files = []
        for name, sent in sorted(request.FILES.lists()):
            for file in sent:
                content = hashlib.sha256()
                for chunk in file.chunks():
                    content.update(chunk)
                file.seek(0)
                files.append((name, file.name, content.hexdigest()))
        digest.update(json.dumps([fields, files]).encode())
        return digest.hexdigest()
    try:
        found = parsed_json(request.body) if request.body else None
        digest.update(json.dumps(found, sort_keys=True, default=str).encode())
    except ValueError:
        digest.update(request.body)
    return digest.hexdigest()


def _take(caller: Caller, key: str, fingerprint: str) -> int | None:
    """The row of a key that nobody has used; waits for whoever is using it."""
    table = connection.ops.quote_name(ApiAnswer._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (organization_id, member_id, key, fingerprint, status, body, created_at) "
            "VALUES (%s, %s, %s, %s, 0, '', now()) ON CONFLICT (organization_id, member_id, key) DO NOTHING "
            "RETURNING id",
            [caller.organization.pk, caller.user.pk, key, fingerprint],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _replay(caller: Caller, key: str, fingerprint: str) -> HttpResponse:
    kept = ApiAnswer.objects.get(member=caller.user, key=key)
    if kept.fingerprint != fingerprint:
        raise AppError(
            "IDEMPOTENCY_MISMATCH",
            "This idempotency key was used for another request. Send the first request again, or choose a new key.",
            {"used_at": kept.created_at.isoformat()},
        )
    response = HttpResponse(kept.body, status=kept.status, content_type=JSON)
    response["Idempotent-Replayed"] = "true"
    return response
