"""Every address of the product. Apps are named by string, so that nothing here imports them."""

from django.urls import URLPattern, URLResolver, include, path

from backflush.health import health

in_organization: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("approvals.urls")),
    path("settings/", include("inventory.urls_rules")),
    path("", include("inventory.urls")),
    path("", include("production.urls")),
    path("", include("exports.urls")),
    path("", include("imports.urls")),
    path("", include("api.urls_pages")),
]

urlpatterns = [
    path("", include("accounts.urls_outside")),
    path("", include("ui.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/", include("allauth.urls")),
    path("o/<slug:slug>/", include(in_organization)),
    path("v1/", include("api.urls")),
    path("healthz", health, name="health"),
]

handler400 = "ui.trouble.bad_request"
