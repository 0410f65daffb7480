"""The trail of calls, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import ApiKey
from api.models import ApiCall

SIZE = 50


@dataclass(slots=True)
class TrailPage:
    """Some calls, newest first, and the keys of what lies around them."""

    calls: list[ApiCall]
    older: int | None = None
    newer: int | None = None


def trail_page(
    *, key_id: int | None = None, ending: str = "", before: int | None = None, after: int | None = None
) -> TrailPage:
    """Calls by one key or by all. `ending`: done, refused or failed. The last page costs what the first does."""
    calls = ApiCall.objects.select_related("key", "member")
    if key_id is not None:
        calls = calls.filter(key_id=key_id)
    match ending:
        case "done":
            calls = calls.filter(status__lt=400)
        case "refused":
            calls = calls.filter(status__gte=400, status__lt=500)
        case "failed":
            calls = calls.filter(status__gte=500)
    if after is not None:
        found = list(calls.filter(pk__gt=after).order_by("pk")[: SIZE + 1])
        shown = found[:SIZE][::-1]
        return TrailPage(
            shown,
            older=shown[-1].pk if shown else None,
            newer=shown[0].pk if len(found) > SIZE else None,
        )
    older = calls.filter(pk__lt=before) if before is not None else calls
    found = list(older.order_by("-pk")[: SIZE + 1])
    shown = found[:SIZE]
    return TrailPage(
        shown,
        older=shown[-1].pk if len(found) > SIZE else None,
        newer=shown[0].pk if shown and before is not None else None,
    )


def keys_by_name() -> list[tuple[str, str]]:
    """Every key that there was, for a choice."""
    keys = ApiKey.objects.order_by("name", "pk").values_list("pk", "name", "prefix")
    return [(str(pk), f"{name} ({prefix}…)") for pk, name, prefix in keys]
