"""Is this process able to serve, and does it serve behind the walls?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and row security holds for the role that serves; 503 says what is wrong."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            (sees_everything,) = cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    if sees_everything:
        return JsonResponse({"status": "the database role bypasses row security"}, status=503)
    return JsonResponse({"status": "ok"})
