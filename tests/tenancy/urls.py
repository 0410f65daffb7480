"""The product's addresses and a few that misbehave."""

from __future__ import annotations

from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path
from django.utils import timezone

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from accounts.tenancy.writes import save_row
from backflush.urls import urlpatterns as product
from inventory.models import ReasonCode


def write(request: OrganizationRequest) -> None:
    save_row(
        ReasonCode(organization=request.organization, code="WRITTEN", name="x"),
        actor=request.user,
        reason="written by a view",
    )


@requires("read_books")
def kept(request: OrganizationRequest) -> HttpResponse:
    write(request)
    return HttpResponse(timezone.get_current_timezone_name())


@requires("read_books")
def broken(request: OrganizationRequest) -> HttpResponse:
    write(request)
    raise ZeroDivisionError


@requires("read_books")
def answered(request: OrganizationRequest, status: int) -> HttpResponse:
    write(request)
    return HttpResponse(status=status)


@requires("read_books")
def refused(request: OrganizationRequest, code: str) -> HttpResponse:
    write(request)
    raise AppError(code, "Too little of B-117.")


@requires("read_books")
def too_large(request: OrganizationRequest) -> HttpResponse:
    write(request)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1e12::numeric(18, 6)")
    raise AssertionError("the server takes no thirteen digits")


@requires("read_books")
def lazy(request: OrganizationRequest) -> HttpResponse:
    """A response that asks the database while it renders."""
    template = engines["django"].from_string("{% for one in reasons %}{{ one.code }} {% endfor %}")
    return TemplateResponse(request, template, {"reasons": ReasonCode.objects.order_by("code")})


@requires("read_books")
def said(request: OrganizationRequest) -> HttpResponse:
    messages.success(request, "Said.")
    return HttpResponse(status=422)


def setting(request: OrganizationRequest) -> HttpResponse:
    """Outside: what the connection still knows of the request before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.organization', true), '')")
        return HttpResponse(cursor.fetchone()[0])


inside = [
    path("kept/", kept),
    path("broken/", broken),
    path("answered/<int:status>/", answered),
    path("refused/<str:code>/", refused),
    path("too-large/", too_large),
    path("lazy/", lazy),
    path("said/", said),
]
urlpatterns = [
    path("o/<slug:slug>/test/", include(inside)),
    path("setting/", setting),
    *product,
]
