"""Stock, its ledger, and the reasons that quantities differ for."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from api.answers.stock import entry, item_stock, reason
from api.caller import ApiRequest
from api.endpoint import endpoint
from api.schemas.common import PLAIN, After, Limit, PathCode
from api.schemas.stock import EntryList, Event, ItemStockOut, ReasonList
from inventory.queries.lookup import item_by_sku
from inventory.queries.rules import reason_codes
from inventory.queries.stock import balances_of, ledger_page

router = Router()
Named = Annotated[str | None, Query(min_length=1, max_length=255, pattern=PLAIN)]


@endpoint(
    router,
    "GET",
    "/items/{path:sku}/stock",
    right="read_books",
    answers={200: ItemStockOut},
    codes=["NOT_FOUND"],
)
def item_stock_by_place(request: ApiRequest, sku: PathCode) -> dict[str, Any]:
    """What is on hand of an item, per location and lot."""
    item = item_by_sku(sku)
    return item_stock(item, balances_of(item), request.organization)


@endpoint(router, "GET", "/stock-entries", right="read_books", answers={200: EntryList}, codes=["NOT_FOUND"])
def list_stock_entries(
    request: ApiRequest,
    item: Named = None,
    event: Event | None = None,
    after: After = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The stock ledger, newest first.

    Entries are written once and never changed; a mistake is answered by an opposite entry, which names it.
    """
    found = ledger_page(
        item=item_by_sku(item) if item else None,
        event=event or "",
        before=int(after) if after else None,
        size=limit,
    )
    items = [entry(row, request.organization) for row in found.entries]
    return {"items": items, "next": str(found.older) if found.older else None}


@endpoint(router, "GET", "/reason-codes", right="read_books", answers={200: ReasonList})
def list_reason_codes(request: ApiRequest) -> dict[str, Any]:
    """The reasons that a line beyond tolerance or scrap can have."""
    return {"items": [reason(row) for row in reason_codes()], "next": None}
