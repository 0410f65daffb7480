"""Addresses of the API. What is below /v1/ and no call is answered as a program expects."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from api.main import api
from api.problems import problem


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    return problem("NOT_FOUND", f"There is no call at {request.path}; /v1/openapi.json lists them.")


urlpatterns = [path("", api.urls), re_path(r"", unknown, name="api-unknown")]
