"""The calls, by what they are about. A new module names its router here."""

from ninja import Router

from api.routes import backflushes, events, orders, stock

ROUTERS: list[tuple[Router, str]] = [
    (backflushes.router, "Backflushes"),  # before the orders, whose numbers may hold a slash
    (orders.router, "Work orders"),
    (stock.router, "Stock"),
    (events.router, "Events"),
]
