"""What each role sees and may do on the pages of exports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Organization
from accounts.tenancy.binding import bind
from exports.choices import Answer
from exports.choices import ColumnSource as S
from exports.models import ExportBatch, ExportLine, ExportTemplate
from exports.navigation import entries
from exports.writer import LayoutColumn
from inventory.models import Item
from tests.exports.looking import queries_of, text_of, url
from tests.exports.making import answer, due, export, make_template, post, template_named
from tests.factories import client_of, make_item, make_member, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(organization: Organization, bolt: Item) -> ExportBatch:
    """Three lines: −1, −2 and −3."""
    for quantity in (-1, -2, -3):
        post(organization, bolt, quantity)
    return export(organization)


# The list


def test_list_says_what_is_due_and_what_each_template_takes(
    organization: Organization, bolt: Item, alice_client: Client
) -> None:
    post(organization, bolt, "-12.5")
    post(organization, bolt, 4, event="RECEIVE")

    page = text_of(alice_client, url("batches"))

    assert "1 consumed, 1 received" in page
    assert "−$10.62" in page
    assert 'Stock adjustments <span class="soft">2 entries</span>' in page
    assert 'Business Central consumption journal <span class="soft">' not in page


def test_list_without_anything_says_what_comes(alice_client: Client) -> None:
    page = text_of(alice_client, url("batches"))

    assert "No file was written yet" in page
    assert "Write the file" not in page


def test_list_shows_batches_with_their_answers(
    organization: Organization, batch: ExportBatch, alice_client: Client
) -> None:
    answer(organization, batch, Answer.ACCEPTED, 1)
    answer(organization, batch, Answer.REJECTED, 2)

    page = text_of(alice_client, url("batches"))

    assert "1 accepted, 1 rejected, 1 open" in page
    assert "EX-000001" in page


def test_list_is_filtered_by_state_and_template(
    organization: Organization, batch: ExportBatch, alice_client: Client
) -> None:
    netsuite = template_named(organization, "NetSuite inventory adjustment")

    assert "EX-000001" in text_of(alice_client, f"{url('batches')}?status=live")
    assert "No batch is like that" in text_of(alice_client, f"{url('batches')}?status=withdrawn")
    assert "No batch is like that" in text_of(alice_client, f"{url('batches')}?template={netsuite.pk}")


# Writing


def test_planner_writes_the_file_and_sees_it(
    organization: Organization, bolt: Item, alice_client: Client
) -> None:
    post(organization, bolt, "-12.5")

    response = alice_client.post(url("new_batch"), {"template": template_named(organization).pk}, follow=True)

    assert response.redirect_chain == [(url("batch", "EX-000001"), 302)]
    assert "EX-000001 is written: 1 line." in response.content.decode()


def test_file_that_cannot_be_written_shows_every_row_that_does_not_fit(
    organization: Organization, bolt: Item, alice_client: Client
) -> None:
    post(organization, bolt, -1)
    template = make_template(organization, [LayoutColumn("sku", S.SKU, max_length=3)])

    response = alice_client.post(url("new_batch"), {"template": template.pk})

    assert response.status_code == 422
    assert "“BOLT” is longer than 3 characters" in response.content.decode()
    assert due(organization) == [Decimal(-1)]


def test_large_file_is_written_by_the_worker(
    organization: Organization, bolt: Item, alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exports.views.batches.WRITTEN_AT_ONCE", 2)
    for quantity in (-1, -2, -3):
        post(organization, bolt, quantity)

    response = alice_client.post(url("new_batch"), {"template": template_named(organization).pk})
    assert response.status_code == 302
    assert "/jobs/" in response["Location"]
    assert run_jobs() == 1

    page = text_of(alice_client, response["Location"])
    assert "EX-000001 is written: 3 lines." in page
    assert url("batch", "EX-000001") in page


@pytest.mark.parametrize("value", ["", "x", "999999"])
def test_without_a_template_nothing_is_written(
    organization: Organization, bolt: Item, alice_client: Client, value: str
) -> None:
    post(organization, bolt, -1)

    response = alice_client.post(url("new_batch"), {"template": value}, follow=True)

    assert "Choose a template first." in response.content.decode()
    assert due(organization) == [Decimal(-1)]


# One batch


def test_batch_page_shows_lines_hash_and_history(batch: ExportBatch, alice_client: Client) -> None:
    page = text_of(alice_client, url("batch", batch.number))

    assert batch.sha256 in page
    assert "Bolt M8" in page
    assert "Exported as EX-000001" in page
    assert "−$7.50" in page


def test_same_bytes_are_downloaded_every_time(
    organization: Organization, batch: ExportBatch, alice_client: Client
) -> None:
    first = alice_client.get(url("file", batch.number))
    make_item(organization, "LATER")
    second = alice_client.get(url("file", batch.number))

    assert first.content == second.content == bytes(batch.content)
    assert first["Content-Disposition"] == 'attachment; filename="acme-EX-000001-stock-adjustments.csv"'


def test_copy_for_a_spreadsheet_is_guarded(batch: ExportBatch, alice_client: Client) -> None:
    response = alice_client.get(url("spreadsheet", batch.number))

    assert response.content.startswith(b"\xef\xbb\xbfexternal_id,date,item,quantity")
    assert b",BOLT,'-1," in response.content


def test_answer_for_all_open_lines(
    organization: Organization, batch: ExportBatch, alice_client: Client
) -> None:
    loaded = batch.exported_at + dt.timedelta(minutes=1)
    response = alice_client.post(
        url("answer_lines", batch.number),
        {"scope": "open", "answer": "accepted", "loaded_at": f"{loaded:%Y-%m-%dT%H:%M:%S}"},
        follow=True,
    )

    assert "Recorded: 3 accepted." in response.content.decode()
    with bind(organization):
        assert set(ExportLine.objects.values_list("answer", "loaded_at")) == {
            ("accepted", loaded.replace(microsecond=0))
        }


def test_answer_for_the_ticked_lines(
    organization: Organization, batch: ExportBatch, alice_client: Client
) -> None:
    response = alice_client.post(
        url("answer_lines", batch.number),
        {"scope": "ticked", "answer": "rejected", "message": "no bin", "lines": ["1", "3"]},
        follow=True,
    )

    page = response.content.decode()
    assert "Recorded: 2 rejected." in page
    assert "Put back the rejected lines" in page
    with bind(organization):
        assert list(ExportLine.objects.order_by("line_number").values_list("answer", "message")) == [
            ("rejected", "no bin"),
            ("", ""),
            ("rejected", "no bin"),
        ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"scope": "ticked", "answer": "accepted"}, "No line is ticked."),
        ({"scope": "ticked", "answer": "accepted", "lines": ["9"]}, "has no line 9"),
        ({"scope": "open", "answer": "rejected", "loaded_at": "2026-03-09T10:00"}, "was never loaded"),
        ({"scope": "open", "answer": "perhaps"}, "Select a valid choice"),
    ],
)
def test_answers_that_cannot_be_are_explained(
    organization: Organization, batch: ExportBatch, alice_client: Client, data: dict[str, Any], message: str
) -> None:
    response = alice_client.post(url("answer_lines", batch.number), data, follow=True)

    assert message in response.content.decode()
    with bind(organization):
        assert set(ExportLine.objects.values_list("answer", flat=True)) == {""}


def test_answers_from_a_file(organization: Organization, batch: ExportBatch, alice_client: Client) -> None:
    file = SimpleUploadedFile(
        "result.csv", b"external_id,status,message\nEX-000001-1,OK,\nEX-000001-2,Error,No such bin\n"
    )

    response = alice_client.post(url("answer_file", batch.number), {"file": file}, follow=True)

    page = response.content.decode()
    assert "Recorded: 1 accepted, 1 rejected." in page
    assert "No such bin" in page
    assert "Answers from result.csv" in page


def test_file_of_answers_that_cannot_be_read_shows_every_row(
    batch: ExportBatch, alice_client: Client
) -> None:
    file = SimpleUploadedFile("result.csv", b"line,answer\n1,maybe\nx,ok\n")

    response = alice_client.post(url("answer_file", batch.number), {"file": file})

    page = response.content.decode()
    assert response.status_code == 422
    assert "“maybe” is no answer" in page
    assert "“x” is no line number." in page


def test_withdrawing_asks_first_and_wants_a_reason(
    organization: Organization, batch: ExportBatch, alice_client: Client
) -> None:
    asked = text_of(alice_client, url("withdraw", batch.number))
    without = alice_client.post(url("withdraw", batch.number), {"reason": " "})
    done = alice_client.post(url("withdraw", batch.number), {"reason": "wrong store"}, follow=True)

    assert "Only when the ERP has not loaded this file" in asked
    assert without.status_code == 422
    assert "EX-000001 is withdrawn; its entries are due again." in done.content.decode()
    assert "wrong store" in done.content.decode()
    assert len(due(organization)) == 3


def test_rejected_lines_are_put_back(
    organization: Organization, batch: ExportBatch, alice_client: Client
) -> None:
    answer(organization, batch, Answer.REJECTED, 2)

    asked = text_of(alice_client, url("put_back", batch.number))
    done = alice_client.post(url("put_back", batch.number), {"reason": "bin opened"}, follow=True)

    assert "The ERP rejected 1 line." in asked
    assert "1 line of EX-000001 put back." in done.content.decode()
    assert due(organization) == [Decimal(-2)]


def test_accepted_batch_offers_no_withdrawal_and_refuses_it(
    organization: Organization, batch: ExportBatch, alice_client: Client
) -> None:
    answer(organization, batch, Answer.ACCEPTED, 1)

    page = text_of(alice_client, url("batch", batch.number))
    forced = alice_client.post(url("withdraw", batch.number), {"reason": "please"}, follow=True)

    assert url("withdraw", batch.number) not in page
    assert "so they would be loaded twice" in forced.content.decode()


# Who may

PAGES = ["batches", "templates"]
BATCH_PAGES = ["batch", "file", "spreadsheet"]
BATCH_WRITES = ["answer_lines", "answer_file", "withdraw", "put_back"]
TEMPLATE_WRITES = ["edit_template", "duplicate_template", "switch_template"]


@pytest.mark.parametrize("role", ["supervisor", "controller", "finance", "admin", "auditor"])
def test_other_roles_read_and_do_not_write(
    organization: Organization, batch: ExportBatch, template: ExportTemplate, role: str
) -> None:
    client = client_of(make_member(organization, role))
    reads = [
        *(url(name) for name in PAGES),
        *(url(name, batch.number) for name in BATCH_PAGES),
        url("template", template.pk),
    ]
    writes = [
        url("new_batch"),
        url("new_template"),
        *(url(name, batch.number) for name in BATCH_WRITES),
        *(url(name, template.pk) for name in TEMPLATE_WRITES),
    ]

    assert [client.get(address).status_code for address in reads] == [200] * len(reads)
    assert [client.post(address).status_code for address in writes] == [403] * len(writes)
    page = text_of(client, url("batch", batch.number))
    assert "Withdraw" not in page
    assert "Record the answer" not in page


def test_nobody_of_another_organization_finds_anything(
    batch: ExportBatch, template: ExportTemplate, charlie_client: Client
) -> None:
    addresses = [
        *(url(name) for name in PAGES),
        *(url(name, batch.number) for name in [*BATCH_PAGES, *BATCH_WRITES]),
        *(url(name, template.pk) for name in ["template", *TEMPLATE_WRITES]),
        *(reverse(f"exports:{name}", args=["other", batch.number]) for name in [*BATCH_PAGES, *BATCH_WRITES]),
        *(reverse(f"exports:{name}", args=["other", template.pk]) for name in ["template", *TEMPLATE_WRITES]),
    ]

    assert [charlie_client.post(address).status_code for address in addresses] == [404] * len(addresses)


# How many queries


def test_list_asks_as_much_for_three_batches_as_for_one(
    organization: Organization, bolt: Item, alice_client: Client
) -> None:
    post(organization, bolt, -1)
    export(organization)
    post(organization, bolt, -9)
    with_one = queries_of(alice_client, url("batches"))
    for quantity in (-2, -3):
        export(organization)
        post(organization, bolt, quantity)

    assert queries_of(alice_client, url("batches")) == with_one


def test_batch_page_asks_as_much_for_three_lines_as_for_one(
    organization: Organization, alice_client: Client
) -> None:
    post(organization, make_item(organization, "ONE"), -1)
    one = export(organization)
    for sku in ("A", "B", "C"):
        post(organization, make_item(organization, sku), -1, location=f"STORE {sku}")
    three = export(organization)

    assert queries_of(alice_client, url("batch", three.number)) == queries_of(
        alice_client, url("batch", one.number)
    )


# The rest of the product


def test_navigation_counts_what_is_due(organization: Organization, bolt: Item, alice_client: Client) -> None:
    post(organization, bolt, -1)
    post(organization, bolt, -2)
    request = alice_client.get(url("batches")).wsgi_request
    with bind(organization):
        request.organization = organization
        assert [(entry.label, entry.count) for entry in entries(request)] == [("Exports", 2)]


def test_today_tells_what_is_due_and_what_was_rejected(
    organization: Organization, batch: ExportBatch, bolt: Item, alice_client: Client
) -> None:
    answer(organization, batch, Answer.REJECTED, 2)
    post(organization, bolt, "-12.5")

    page = text_of(alice_client, reverse("accounts:today", args=["acme"]))

    assert "For the ERP" in page
    assert "−$15.62" in page
    assert "1 line rejected by the ERP" in page
    assert f"{url('batch', batch.number)}?state=rejected" in page
