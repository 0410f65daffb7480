"""Events: what happened, read on from where a program has got to."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from accounts.events import as_json, events_after
from api.answers.common import page
from api.caller import ApiRequest
from api.endpoint import endpoint
from api.schemas.common import After
from api.schemas.events import EventList

router = Router()
Most = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]


@endpoint(router, "GET", "/events", right="read_books", answers={200: EventList})
def list_events(request: ApiRequest, after: After = None, limit: Most = 100) -> dict[str, Any]:
    """Events, oldest first.

    Keep the `id` of the last event that you have dealt with, and send it as `after` the next time: what follows it
    comes, and nothing is ever left out or put in before. `next` is null when there is no more at the moment.
    """
    found = events_after(int(after or 0), limit=limit + 1)
    return page(
        found, limit, lambda event: as_json(event, request.organization), lambda event: event.position or 0
    )
