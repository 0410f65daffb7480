"""Large files are checked and loaded by the worker, and their pages show how far it has come."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Job, Organization
from accounts.tenancy.binding import bind
from imports.jobs import LARGE
from imports.models import ImportBatch
from inventory.models import Item
from tests.factories import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def test_large_file_is_checked_and_loaded_in_the_background(
    organization: Organization, alice_client: Client
) -> None:
    text = "sku\n" + "".join(f"M-{number}\n" for number in range(LARGE + 1))
    upload = SimpleUploadedFile("items.csv", text.encode())
    alice_client.post(reverse("imports:new", args=["acme"]), {"kind": "items", "file": upload})
    alice_client.post(
        reverse("imports:columns", args=["acme", 1]), {"column-0": "sku", "header_row": "1", "check": "1"}
    )
    page = reverse("imports:import", args=["acme", 1])
    assert "Checking items.csv" in alice_client.get(page).content.decode()

    assert run_jobs() == 1
    with bind(organization):
        batch = ImportBatch.objects.get()
        assert (batch.status, batch.created_count) == ("checked", LARGE + 1)
        assert Job.objects.get().message == "5,001 rows checked, 0 refused"

    alice_client.post(reverse("imports:load", args=["acme", 1]))
    assert "Loading items.csv" in alice_client.get(page).content.decode()
    assert run_jobs() == 1

    with bind(organization):
        assert ImportBatch.objects.get().status == "loaded"
        assert Item.objects.count() == LARGE + 1
