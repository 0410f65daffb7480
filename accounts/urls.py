"""Addresses inside an organization."""

from django.urls import path

from accounts.views import history, jobs, keys, members, policies, today

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
    path("settings/keys/<int:pk>/revoke/", keys.revoke, name="revoke_key"),
    path("members/", members.member_list, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/invitations/<int:pk>/withdraw/", members.withdraw, name="withdraw_invitation"),
    path("members/invitations/<int:pk>/send/", members.send_again, name="send_invitation"),
    path("members/history/", history.members_history, name="members_history"),
    path("members/<int:pk>/", members.member, name="member"),
    path("members/<int:pk>/remove/", members.remove, name="remove_member"),
]
