"""Addresses outside any organization."""

from django.urls import path

from accounts.views import home, invitations, profile

urlpatterns = [
    path("", home.home, name="home"),
    path("profile/", profile.profile, name="profile"),
    path("invitations/<slug:slug>/<str:token>/", invitations.invitation, name="invitation"),
]
