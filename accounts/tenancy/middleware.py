"""One transaction per request, bound to one organization, around the view and its rendering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from accounts.errors import AppError, refusal_of
from accounts.models import Membership, Organization
from accounts.rights import rights_of

from .binding import bind


class _Refused(Exception):
    """Carries an answer out of the transaction that it undoes."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


class OrganizationMiddleware:
    """Last in MIDDLEWARE. ATOMIC_REQUESTS would open its transaction after this one had set the organization.

    An answer of 400 and above undoes what its view wrote, as an exception does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.resolver_match is None or not request.resolver_match.route.startswith("o/<slug:slug>/"):
            return None
        if not request.user.is_authenticated:
            return _sign_in(request)
        organization = Organization.objects.filter(slug=kwargs.pop("slug")).first()
        if organization is None:
            raise Http404
        try:
            with bind(organization), timezone.override(ZoneInfo(organization.time_zone)):
                membership = Membership.objects.filter(user=request.user).first()
                if membership is None:
                    raise Http404
                membership.user, membership.organization = request.user, organization
                request.organization = organization  # type: ignore[attr-defined]
                request.membership = membership  # type: ignore[attr-defined]
                request.rights = rights_of(request.user, organization)  # type: ignore[attr-defined]
                response = _rendered(view(request, *args, **kwargs))
                if response.status_code >= 400:
                    raise _Refused(response)
                return response
        except _Refused as refused:
            return refused.response
        except AppError as error:
            return _answer(request, organization, error)
        except DataError as error:
            if (refusal := refusal_of(error)) is None:
                raise
            return _answer(request, organization, refusal)


def _sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back. A part of a page that htmx asks for takes the whole page along."""
    if request.htmx:  # type: ignore[attr-defined]
        page = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(redirect_to_login(page, settings.LOGIN_URL).url)
    return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)


def _rendered(response: HttpResponse) -> HttpResponse:
    render = getattr(response, "render", None)
    return render() if callable(render) else response


def _answer(request: HttpRequest, organization: Organization, error: AppError) -> HttpResponse:
    """What an action refused and no view has answered."""
    if error.status == 404:
        raise Http404(error.message) from error
    if error.status == 403:
        raise PermissionDenied(error.message) from error
    with bind(organization), timezone.override(ZoneInfo(organization.time_zone)):
        return render(request, "accounts/refused.html", {"error": error}, status=error.status)
