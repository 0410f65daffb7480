"""Addresses of reasons, accounts and periods."""

from django.urls import path

from inventory.views import accounts, periods, reasons

app_name = "rules"

urlpatterns = [
    path("reasons/", reasons.reason_list, name="reasons"),
    path("reasons/new/", reasons.new_reason, name="new_reason"),
    path("reasons/history/", reasons.reasons_history, name="reasons_history"),
    path("reasons/<int:pk>/", reasons.edit_reason, name="reason"),
    path("accounts/", accounts.account_list, name="accounts"),
    path("accounts/new/", accounts.new_account, name="new_account"),
    path("accounts/history/", accounts.accounts_history, name="accounts_history"),
    path("accounts/<int:pk>/", accounts.edit_account, name="account"),
    path("accounts/<int:pk>/remove/", accounts.remove_account, name="remove_account"),
    path("periods/", periods.period_list, name="periods"),
    path("periods/new/", periods.new_period, name="new_period"),
    path("periods/history/", periods.periods_history, name="periods_history"),
    path("periods/<int:pk>/close/", periods.close, name="close_period"),
    path("periods/<int:pk>/open/", periods.reopen, name="open_period"),
]
