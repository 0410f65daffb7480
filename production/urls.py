"""Addresses of work orders and bills of materials. An order's number may hold any character, slashes too."""

from django.urls import path

from production.views import bills, completions, documents, order_list, order_moves, order_page

app_name = "production"

urlpatterns = [
    path("orders/", order_list.order_list, name="orders"),
    path("new-order/", order_list.new_order, name="new_order"),
    path("orders/<path:number>/completions/new/", completions.record, name="record"),
    path("orders/<path:number>/completions/<int:pk>/", completions.change, name="change"),
    path("orders/<path:number>/status/<str:status>/", order_moves.move, name="move"),
    path("orders/<path:number>/change/", order_moves.change_order, name="change_order"),
    path("orders/<path:number>/finish/", order_moves.finish, name="finish"),
    path("orders/<path:number>/reopen/", order_moves.reopen, name="reopen"),
    path("orders/<path:number>/recipe/<int:output_id>/", order_moves.take_recipe, name="take_recipe"),
    path("orders/<path:number>/papers/", documents.add, name="add_document"),
    path("orders/<path:number>/papers/<int:pk>/", documents.fetch, name="document"),
    path("orders/<path:number>/papers/<int:pk>/remove/", documents.remove, name="remove_document"),
    path("orders/<path:number>/", order_page.order_page, name="order"),
    path("bills/", bills.bill_list, name="bills"),
    path("bills/<int:pk>/", bills.bill_page, name="bill"),
    path("bills/<int:pk>/operations/", bills.operations, name="operations"),
    path("bills/<int:pk>/operations/<int:operation_id>/remove/", bills.drop_operation, name="drop_operation"),
]
