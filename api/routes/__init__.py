"""The calls, by what they are about. A new module names its router here."""

from ninja import Router

from api.routes import orders, stock

ROUTERS: list[tuple[Router, str]] = [
    (orders.router, "Work orders"),
    (stock.router, "Stock"),
]
