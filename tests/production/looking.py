"""Looking at pages: their text, and how many queries they ask."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def queries(client: Client, url: str) -> int:
    client.get(url)  # the session, the rights and the template are read once
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def text(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return response.content.decode()


def assert_constant(client: Client, url: str, fill: Callable[[int], None]) -> None:
    fill(1)
    one = queries(client, url)
    fill(2)
    assert queries(client, url) == one
