"""Pages about the API inside an organization."""

from django.urls import path

from api import views

app_name = "calls"

urlpatterns = [path("settings/calls/", views.trail, name="trail")]
