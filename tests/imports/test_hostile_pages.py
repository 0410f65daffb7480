"""Hostile files through the page and the worker: refused with a message, and both go on."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.errors import AppError
from accounts.models import Job, JobStatus, Organization, User
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from imports.actions.load import import_file
from imports.jobs import start_check, start_load
from imports.models import ImportBatch
from imports.reading import sheets
from inventory.models import Item
from tests.factories import run_jobs
from tests.imports.reading.test_hostile import HEAD, PLAIN, SHEET, with_part, workbook

MEGABYTE = 1024 * 1024


def packed_zeros(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with zipfile.ZipFile(io.BytesIO(PLAIN)) as plain:
            for entry in plain.namelist():
                archive.writestr(entry, plain.read(entry))
        archive.writestr("xl/media/x.bin", b"0" * count)
    return out.getvalue()


def far_row() -> bytes:
    """A row that is too wide, far below those that are looked at first."""
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>A%d</t></is></c><c r="B%d"><v>1</v></c></row>'
        % (n, n, n, n)
        for n in range(2, 200)
    )
    head = (
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>sku</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>on_hand</t></is></c></row>'
    )
    wide = b'<row r="500"><c r="ZZZ500"><v>1</v></c></row>'
    return with_part(PLAIN, SHEET, HEAD + head + rows + wide + b"</sheetData></worksheet>")


ENTITIES = with_part(
    PLAIN,
    SHEET,
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><c><v>&b;</v></c></worksheet>',
)
# Refused as soon as they come
AT_ONCE = {
    "zip bomb": (lambda: packed_zeros(20 * MEGABYTE), "unpacks to"),
    "ten million columns": (lambda: b"sku" + b"," * 10_000_000 + b"\nA\n", "signs long"),
    "NUL bytes": (lambda: b"sku,on_hand\nA\x00,1\n", "NUL"),
    "quote never closed": (lambda: b'sku,on_hand\n"A,1\n' + b"B,2\n" * 50_000, "never closed"),
    "not a table": (lambda: b"%PDF-1.4 x", "a PDF"),
    "broken workbook": (lambda: PLAIN[:-40], "cannot be read as a workbook"),
    "empty": (lambda: b"", "empty"),
}
# Found out only when all of it is read
LATER = {
    "far row": (far_row, "columns are read"),
    "entities": (lambda: ENTITIES, "declares entities"),
    "formula codes": (lambda: b"sku,on_hand\n=cmd|'/c calc'!A0,1\n@SUM(A1),2\n", "starts with ="),
    "formula cells": (lambda: workbook([["sku", "on_hand"], ["A", "=1+1"]]), "formula"),
}


def post(client: Client, content: bytes) -> str:
    """What the pages answer to this file, as far as they lead; no answer is an error of ours."""
    upload = SimpleUploadedFile("hostile.csv", content)
    answer = client.post(reverse("imports:new", args=["acme"]), {"kind": "stock", "file": upload})
    text = answer.content.decode()
    if answer.status_code == 302:
        columns = client.get(answer["Location"], follow=True)
        text += columns.content.decode()
        said = {"column-0": "sku", "column-1": "on_hand", "header_row": "1", "moment": "now", "scope": "rows"}
        checked = client.post(answer["Location"], said | {"check": "1"}, follow=True)
        assert checked.status_code < 500
        text += checked.content.decode()
    assert answer.status_code in (302, 422)
    return text


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*AT_ONCE, *LATER])
def test_page_refuses_it_with_a_message(name: str, organization: Organization, alice_client: Client) -> None:
    make, words = (AT_ONCE | LATER)[name]

    assert words in post(alice_client, make())

    page = alice_client.get(reverse("imports:list", args=["acme"]))
    assert page.status_code == 200
    with bind(organization):
        assert not ImportBatch.objects.filter(status="loaded").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*AT_ONCE, *LATER])
def test_command_and_api_refuse_it_with_a_message(name: str, bound: Organization) -> None:
    make, words = (AT_ONCE | LATER)[name]

    if name in {*AT_ONCE, "far row", "entities"}:
        with pytest.raises(AppError, match=words):
            import_file(kind="stock", file_name="x.csv", content=make(), actor=None)
        return
    imported = import_file(kind="stock", file_name="x.csv", content=make(), actor=None)
    assert not imported.is_loaded
    assert words in " ".join(issue.message for issue in imported.issues)


@pytest.mark.django_db(transaction=True)
def test_worker_survives_them_and_goes_on(organization: Organization, alice: User) -> None:
    """Files that no page would let through, put before the worker all the same."""
    with bind(organization):
        for number, (make, _) in enumerate((AT_ONCE | LATER).values(), 1):
            content = make()
            batch = save_row(
                ImportBatch(
                    organization=organization,
                    number=number,
                    kind="stock",
                    file_name="hostile",
                    content=content,
                    sha256=hashlib.sha256(content).hexdigest(),
                    size=len(content),
                    status="mapped",
                ),
                actor=alice,
                reason="test",
            )
            if number % 2:
                start_check(batch=batch, rows=1, actor=alice)
            else:
                start_load(batch=batch, is_partial=False, actor=alice)
        good = save_row(
            ImportBatch(
                organization=organization,
                number=99,
                kind="items",
                file_name="items.csv",
                content=b"sku\nBOLT\n",
                sha256="x",
                size=9,
                status="mapped",
            ),
            actor=alice,
            reason="test",
        )
        start_load(batch=good, is_partial=False, actor=alice)

    assert run_jobs() == len(AT_ONCE | LATER) + 1

    with bind(organization):
        assert list(Item.objects.values_list("sku", flat=True)) == ["BOLT"]
        jobs = Job.objects.order_by("pk")
        assert all(job.status in (JobStatus.DONE, JobStatus.FAILED) and job.message for job in jobs)
        assert not ImportBatch.objects.filter(status="loading").exists()
        assert list(ImportBatch.objects.filter(status="loaded").values_list("number", flat=True)) == [99]


@pytest.mark.django_db
def test_link_to_a_private_address_is_never_opened(
    organization: Organization, alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = "https://docs.google.com/spreadsheets/d/1aBcDeFgHiJkLmNoP/edit"
    private = [(2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(sheets.socket, "getaddrinfo", lambda *_, **__: private)

    answer = alice_client.post(reverse("imports:new", args=["acme"]), {"kind": "items", "link": link})

    assert answer.status_code == 422
    assert "leads to a private address here" in answer.content.decode()
