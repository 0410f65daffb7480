"""The calls, by what they are about. A new module names its router here."""

from ninja import Router

from api.routes import backflushes, events, exports, imports, orders, stock, variances

ROUTERS: list[tuple[Router, str]] = [
    (backflushes.router, "Backflushes"),  # before the orders, whose numbers may hold a slash
    (orders.router, "Work orders"),
    (stock.router, "Stock"),
    (imports.router, "Files in"),
    (exports.router, "Files out"),
    (variances.router, "Variances"),
    (events.router, "Events"),
]
