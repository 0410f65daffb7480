"""Work orders: read them, make them, move them."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router, Status

from api.answers.common import page
from api.answers.orders import order_detail, orders
from api.caller import ApiRequest
from api.endpoint import endpoint
from api.schemas import orders as shapes
from api.schemas.common import PLAIN, After, Limit, PathCode
from inventory.queries.lookup import item_by_sku, location_by_code
from production.actions.orders import create_work_order, finish_order, move_work_order, reopen_order
from production.choices import OrderStatus
from production.queries.orders import found_orders, named_order

router = Router()


def _kept(status: str) -> str:
    """A status by the value under which it is kept."""
    return next(each.value for each in OrderStatus if each.label == status)


@endpoint(router, "GET", "/work-orders", right="read_books", answers={200: shapes.OrderList})
def list_work_orders(
    request: ApiRequest,
    status: shapes.Status | None = None,
    q: Annotated[
        str, Query(max_length=80, pattern=PLAIN, description="How its number or product begins.")
    ] = "",
    after: After = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Work orders, newest first."""
    found = found_orders(
        search=q.strip(), status=_kept(status) if status else "", before=int(after) if after else None
    )
    rows = list(found[: limit + 1])
    shown = dict(zip((row.pk for row in rows), orders(rows), strict=True))
    return page(rows, limit, lambda row: shown[row.pk], lambda row: row.pk)


@endpoint(
    router,
    "POST",
    "/work-orders",
    right="release_orders",
    answers={201: shapes.OrderDetail},
    codes=["NOT_FOUND"],
)
def create_order(request: ApiRequest, body: shapes.OrderIn) -> Status[dict[str, Any]]:
    """Make a work order.

    A number that is taken is refused; without a bill of materials the recipe is taken by the first draft.
    """
    order = create_work_order(
        number=body.number.strip(),
        item=item_by_sku(body.item),
        quantity=body.quantity,
        actor=request.user,
        reason="Made by a program",
        kind=body.kind,
        status=_kept(body.status),
        work_site=location_by_code(body.site) if body.site else None,
        ordered_on=body.ordered_on,
        due_on=body.due_on,
        conversion_cost=body.conversion_cost,
        scrap_allowance_percent=body.scrap_allowance_percent,
    )
    return Status(201, order_detail(order))


@endpoint(
    router,
    "POST",
    "/work-orders/{path:number}/status",
    right="release_orders",
    answers={200: shapes.OrderDetail},
    codes=["NOT_FOUND", "INVALID_WORK_ORDER_STATE", "REASON_REQUIRED"],
)
def move_order(request: ApiRequest, number: PathCode, body: shapes.StatusIn) -> dict[str, Any]:
    """Release an order, move it on, or cancel it.

    Receipts and the final completion move orders by themselves. A move that is not allowed names those that are.
    """
    order = named_order(number)
    move_work_order(order, to=_kept(body.status), actor=request.user, reason=body.reason or body.note)
    return order_detail(named_order(number))


@endpoint(
    router,
    "POST",
    "/work-orders/{path:number}/finish",
    right="release_orders",
    answers={200: shapes.OrderDetail},
    codes=["NOT_FOUND", "ALREADY_BACKFLUSHED", "INVALID_WORK_ORDER_STATE", "REASON_REQUIRED"],
)
def finish(request: ApiRequest, number: PathCode, body: shapes.OrderReasonIn) -> dict[str, Any]:
    """Say that nothing more will be completed.

    The order closes at once where everything reported is posted, else with the last of it.
    """
    finish_order(named_order(number), actor=request.user, reason=body.reason or body.note)
    return order_detail(named_order(number))


@endpoint(
    router,
    "POST",
    "/work-orders/{path:number}/reopen",
    right="reopen_orders",
    answers={200: shapes.OrderDetail},
    codes=["NOT_FOUND", "INVALID_STATE", "REASON_REQUIRED"],
)
def reopen(request: ApiRequest, number: PathCode, body: shapes.OrderReasonIn) -> dict[str, Any]:
    """Open a closed order again, with a reason. What is posted stays posted, and nothing is consumed twice."""
    reopen_order(named_order(number), actor=request.user, reason=body.reason or body.note)
    return order_detail(named_order(number))


@endpoint(
    router,
    "GET",
    "/work-orders/{path:number}",
    right="read_books",
    answers={200: shapes.OrderDetail},
    codes=["NOT_FOUND"],
)
def read_order(request: ApiRequest, number: PathCode) -> dict[str, Any]:
    """One work order with its outputs, its recipe and its completions."""
    return order_detail(named_order(number))
