"""Addresses inside an organization."""

from django.urls import path

from accounts.views import deliveries, history, jobs, keys, members, policies, today, webhooks

app_name = "accounts"

urlpatterns = [
    path("", today.today, name="today"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:pk>/", jobs.job_page, name="job"),
    path("jobs/<int:pk>/progress/", jobs.job_progress, name="job_progress"),
    path("settings/", policies.settings_index, name="settings"),
    path("settings/policies/", policies.policies, name="policies"),
    path("settings/tolerance/", policies.tolerance, name="tolerance"),
    path("settings/history/", history.policies_history, name="policies_history"),
    path("settings/keys/", keys.key_list, name="keys"),
    path("settings/keys/new/", keys.new_key, name="new_key"),
    path("settings/keys/<int:pk>/limit/", keys.limit_key, name="limit_key"),
    path("settings/keys/<int:pk>/revoke/", keys.revoke, name="revoke_key"),
    path("settings/webhooks/", webhooks.webhook_list, name="webhooks"),
    path("settings/webhooks/new/", webhooks.new_webhook, name="new_webhook"),
    path("settings/webhooks/<int:pk>/", deliveries.webhook, name="webhook"),
    path("settings/webhooks/<int:pk>/edit/", webhooks.edit_webhook, name="edit_webhook"),
    path("settings/webhooks/<int:pk>/secret/", webhooks.rotate, name="rotate_webhook"),
    path("settings/webhooks/<int:pk>/switch/", webhooks.switch, name="switch_webhook"),
    path("settings/webhooks/<int:pk>/remove/", webhooks.remove, name="remove_webhook"),
    path("settings/webhooks/<int:pk>/ping/", deliveries.ping, name="ping_webhook"),
    path("settings/webhooks/deliveries/<int:pk>/", deliveries.delivery, name="delivery"),
    path("settings/webhooks/deliveries/<int:pk>/send/", deliveries.send_again, name="send_delivery"),
    path("members/", members.member_list, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/invitations/<int:pk>/withdraw/", members.withdraw, name="withdraw_invitation"),
    path("members/invitations/<int:pk>/send/", members.send_again, name="send_invitation"),
    path("members/history/", history.members_history, name="members_history"),
    path("members/<int:pk>/", members.member, name="member"),
    path("members/<int:pk>/remove/", members.remove, name="remove_member"),
]
