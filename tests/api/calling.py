"""A program that calls the API with a key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from accounts.actions.keys import create_api_key
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from tests import factories


def make_key(organization: Organization, member: User, **values: Any) -> str:
    """The text of a new key."""
    with bind(organization):
        made = create_api_key(organization=organization, member=member, name="Test", actor=None, **values)
    return made.text


@dataclass(slots=True)
class Program:
    """Calls with one key, or with none."""

    key: str = ""

    def get(self, path: str, **query: Any) -> Any:
        return Client().get(f"/v1{path}", query, headers=self._headers())

    def send(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """With a body as JSON, and an idempotency key."""
        return Client().generic(
            method,
            f"/v1{path}",
            body if isinstance(body, bytes) else _dumped(body),
            content_type="application/json",
            headers=self._headers(key),
        )

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        return self.send("POST", path, {} if body is None else body, key=key)

    def patch(self, path: str, body: Any, *, key: str = "") -> Any:
        return self.send("PATCH", path, body, key=key)

    def upload(self, path: str, fields: dict[str, Any], *, key: str = "") -> Any:
        """As a form with files."""
        return Client().post(f"/v1{path}", fields, headers=self._headers(key))

    def _headers(self, key: str = "") -> dict[str, str]:
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        return headers | ({"idempotency-key": key} if key else {})


def program_of(organization: Organization, role: str, **values: Any) -> Program:
    """A program that acts as a new member of this role."""
    return Program(make_key(organization, factories.make_member(organization, role), **values))


def _dumped(body: Any) -> bytes:
    return json.dumps(body, cls=DjangoJSONEncoder).encode()
