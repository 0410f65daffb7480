"""Django's PostgreSQL backend, which first sees to it that the embedded server runs.

The server is started by the first connection and not by loading the settings, so that what needs no database (type
checks, collecting static files) starts none.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from . import attach


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        self.settings_dict["HOST"] = attach(settings.DATA)
        return super().get_connection_params()
