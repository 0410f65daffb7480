"""Addresses of what stands where."""

from django.urls import path

from inventory.views import exceptions, items, stock, units

app_name = "inventory"

urlpatterns = [
    path("stock/", stock.stock_list, name="stock"),
    path("stock/items/<int:pk>/", stock.item_page, name="item"),
    path("stock/items/<int:pk>/rules/", items.item_rules, name="item_rules"),
    path("stock/ledger/", stock.ledger, name="ledger"),
    path("stock/units/", units.unit_list, name="units"),
    path("stock/units/enter/", units.enter, name="enter_unit"),
    path("stock/units/<int:pk>/remove/", units.remove, name="remove_unit"),
    path("stock/shortages/", exceptions.exception_list, name="exceptions"),
    path("stock/shortages/<int:pk>/take/", exceptions.take, name="take_exception"),
    path("stock/locations/<int:pk>/", items.location_rules, name="location"),
    path("stock/locations/", stock.location_list, name="locations"),
]
