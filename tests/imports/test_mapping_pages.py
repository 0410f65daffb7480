"""Mappings by name: listed, written, changed, taken from a file and kept as one."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organization
from accounts.tenancy.binding import bind
from imports.actions.mapping import save_mapping
from imports.models import ImportMapping

pytestmark = pytest.mark.django_db
DOCUMENT = {
    "columns": {"sku": "Artikel", "on_hand": 3},
    "decimal_mark": ",",
    "constants": {"location": "MAIN"},
}


def url(name: str, *args: object) -> str:
    return reverse(f"imports:{name}", args=["acme", *args])


def keep(organization: Organization, name: str = "SAP stock") -> ImportMapping:
    with bind(organization):
        return save_mapping(kind="stock", name=name, document=DOCUMENT, actor=None)


def test_mapping_is_taken_from_a_file_and_kept_as_one(
    organization: Organization, alice_client: Client
) -> None:
    upload = SimpleUploadedFile("mapping.json", json.dumps(DOCUMENT).encode("utf-8-sig"))
    sent = alice_client.post(url("new_mapping"), {"kind": "stock", "name": " SAP  stock ", "file": upload})

    assert sent["Location"] == url("mappings")
    with bind(organization):
        kept = ImportMapping.objects.get()
    assert (kept.name, kept.mapping) == ("SAP stock", DOCUMENT)
    page = alice_client.get(url("mappings")).content.decode()
    assert "columns: sku ← Artikel, on_hand ← column 4 · decimal mark: comma" in page
    assert json.loads(alice_client.get(url("kept_mapping", kept.pk)).content) == DOCUMENT


def test_mapping_is_changed_and_renamed(organization: Organization, alice_client: Client) -> None:
    kept = keep(organization)
    page = alice_client.get(url("edit_mapping", kept.pk))
    assert json.loads(page.context["form"]["document"].value()) == DOCUMENT

    changed = {"name": "Stock, nightly", "document": json.dumps(DOCUMENT | {"decimal_mark": "."})}
    assert alice_client.post(url("edit_mapping", kept.pk), changed).status_code == 302

    with bind(organization):
        kept = ImportMapping.objects.get()
        assert (kept.name, kept.mapping["decimal_mark"]) == ("Stock, nightly", ".")
        assert [row.name for row in ImportMapping.history.order_by("history_id")] == [
            "SAP stock",
            "Stock, nightly",
        ]


@pytest.mark.parametrize(
    ("name", "document", "words"),
    [
        ("", "{}", "This field is required"),
        ("SAP stock", "{", "is not JSON"),
        ("SAP stock", "[]", "A mapping is a JSON object"),
        ("SAP stock", '{"decimal": ","}', "is not a key of a mapping"),
        ("Other", "{}", "There is a mapping Other for stock already."),
    ],
)
def test_wrong_mapping_is_refused_in_words(
    organization: Organization, alice_client: Client, name: str, document: str, words: str
) -> None:
    kept = keep(organization)
    keep(organization, "Other")

    answer = alice_client.post(url("edit_mapping", kept.pk), {"name": name, "document": document})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    with bind(organization):
        assert ImportMapping.objects.get(pk=kept.pk).mapping == DOCUMENT


def test_new_mapping_does_not_replace_one_of_its_name(
    organization: Organization, alice_client: Client
) -> None:
    keep(organization)

    answer = alice_client.post(url("new_mapping"), {"kind": "stock", "name": "SAP stock", "document": "{}"})

    assert "There is a mapping SAP stock for stock already." in answer.content.decode()


def test_mapping_is_deleted(organization: Organization, alice_client: Client) -> None:
    kept = keep(organization)
    assert "proposed anew" in alice_client.get(url("delete_mapping", kept.pk)).content.decode()

    alice_client.post(url("delete_mapping", kept.pk))

    with bind(organization):
        assert not ImportMapping.objects.exists()


def test_who_may_not_import_may_look(organization: Organization, bob_client: Client) -> None:
    kept = keep(organization)

    assert "SAP stock" in bob_client.get(url("mappings")).content.decode()
    assert bob_client.get(url("edit_mapping", kept.pk)).status_code == 403


def test_list_asks_the_same_number_of_queries(organization: Organization, alice_client: Client) -> None:
    counts = []
    for names in (["A"], ["B", "C"]):
        for name in names:
            keep(organization, name)
        alice_client.get(url("mappings"))
        with CaptureQueriesContext(connection) as queries:
            alice_client.get(url("mappings"))
        counts.append(len(queries))

    assert counts[0] == counts[1]
