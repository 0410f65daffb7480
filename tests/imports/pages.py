"""Sending files through the pages in tests, as a person in a browser does."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse


def url(name: str, *args: object) -> str:
    return reverse(f"imports:{name}", args=["acme", *args])


def send(client: Client, kind: str, text: str | bytes, name: str = "file.csv") -> int:
    """Upload a file; returns the number of its import."""
    upload = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    response = client.post(url("new"), {"kind": kind, "file": upload})
    assert response.status_code == 302, response.content.decode()
    found = re.search(r"/imports/(\d+)/", response["Location"])
    assert found is not None, response["Location"]
    return int(found[1])


def answers(client: Client, number: int, **changed: str) -> dict[str, str]:
    """What the columns page proposes, as its form would send it."""
    context = client.get(url("columns", number)).context
    said = {column.select.name: column.select.value for column in context["columns"]}
    said |= {setting.name: setting.value for setting in context["settings"]}
    said |= {f"asked-{setting.name}": "1" for setting in context["settings"] if setting.question}
    return said | {"header_row": str(context["header_row"]), "check": "1"} | changed


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()
