"""An auditor's evidence of a batch: the file's own bytes, and for each line what stands behind it and who agreed."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.reversing import reverse as reverse_posting
from approvals.actions.shortages import sign_settlement
from approvals.actions.signing import approve_backflush, return_backflush
from approvals.actions.submitting import submit_backflush
from backflush.actions.editing import LineChange, edit_backflush
from exports.actions.batches import withdraw_batch
from exports.choices import Answer
from exports.models import ExportBatch, ExportLine
from exports.writer.evidence import evidence_of
from inventory.actions.settlements import propose_settlement
from inventory.actions.shortage_moves import Settlement, Source
from inventory.choices import Resolution
from inventory.models import Item, Location, StockException
from tests import documents, factories
from tests.backflush.shop import open_shop
from tests.exports.making import answer, export, post
from tests.factories import client_of, make_item, make_member

pytestmark = pytest.mark.django_db

Rows = list[dict[str, str]]


@pytest.fixture
def planner(organization: Organization) -> User:
    return make_member(organization, "planner")


@pytest.fixture
def controller(organization: Organization) -> User:
    return make_member(organization, "controller")


def read(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(content: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def evidence(organization: Organization, batch: ExportBatch) -> dict[str, bytes]:
    with bind(organization):
        again = ExportBatch.objects.select_related("template", "exported_by").get(pk=batch.pk)
        return read(evidence_of(again, organization))


def test_evidence_has_the_bytes_that_went_out_and_their_hashes(
    organization: Organization, planner: User
) -> None:
    batch = documents.make_export(organization, planner)
    files = evidence(organization, batch)
    assert list(files) == [batch.file_name, "lines.csv", "people.csv", "about.txt"]
    assert files[batch.file_name] == bytes(batch.content)
    about = files["about.txt"].decode()
    assert f"SHA-256 kept when it was written: {batch.sha256}" in about
    for name in (batch.file_name, "lines.csv", "people.csv"):
        assert f"{hashlib.sha256(files[name]).hexdigest()}  {name}" in about


def test_each_line_names_what_it_came_from(
    organization: Organization, planner: User, controller: User
) -> None:
    posted = documents.make_posted(organization, planner, controller)
    batch = documents.write_export(organization, planner)
    rows = table(evidence(organization, batch)["lines.csv"])
    with bind(organization):
        lines = list(ExportLine.objects.filter(batch=batch).order_by("line_number").select_related("entry"))
        order = posted.completion.output.work_order.number
    assert [int(row["entry"]) for row in rows] == [line.entry_id for line in lines]
    assert {row["document"] for row in rows} == {posted.number}
    assert {row["work_order"] for row in rows} == {order}
    used = [row for row in rows if row["event"] == "CONSUME"]
    assert [(row["standard_quantity"], row["expected_quantity"], row["actual_quantity"]) for row in used] == [
        ("20", "20", "20"),
        ("20", "20", "20"),
    ]
    assert [Decimal(row["quantity"]) for row in used] == [Decimal(-20), Decimal(-20)]
    assert used[0]["amount"] == "-50.00"
    assert {(row["good"], row["scrap"]) for row in rows} == {("10", "0")}


def test_people_are_told_in_order_with_roles_and_notes(
    organization: Organization, planner: User, controller: User
) -> None:
    backflush = documents.make_submitted(organization, planner)
    return_backflush(
        organization=organization, backflush_id=backflush.pk, actor=controller, note="Why so few?"
    )
    submit_backflush(
        organization=organization, backflush_id=backflush.pk, actor=planner, note="Counted twice"
    )
    approve_backflush(organization=organization, backflush_id=backflush.pk, actor=controller, note="Good")
    batch = documents.write_export(organization, planner)
    rows = table(evidence(organization, batch)["people.csv"])
    assert [(row["deed"], row["by"], row["role"], row["note"]) for row in rows] == [
        ("drafted", str(planner), "", ""),
        ("submitted", str(planner), "", ""),
        ("returned", str(controller), "controller", "Why so few?"),
        ("submitted", str(planner), "", "Counted twice"),
        ("signed", str(controller), "controller", "Good"),
        ("posted", str(controller), "", ""),
    ]
    assert {row["document"] for row in rows} == {backflush.number}
    assert rows == sorted(rows, key=lambda row: row["at"])


def test_changes_of_a_draft_are_told_with_who_made_them_and_why(
    organization: Organization, planner: User, controller: User
) -> None:
    draft = documents.make_draft(organization, planner)
    other = make_member(organization, "planner")
    reason = factories.make_reason(organization)
    with bind(organization):
        line = draft.lines.order_by("position").first()
    assert line is not None
    edit_backflush(
        organization=organization,
        backflush_id=draft.pk,
        changes=[LineChange(line_id=line.pk, actual_quantity=Decimal(21), reason_id=reason.pk)],
        actor=other,
        reason="One was dropped",
    )
    submit_backflush(organization=organization, backflush_id=draft.pk, actor=planner)
    approve_backflush(organization=organization, backflush_id=draft.pk, actor=controller)
    files = evidence(organization, documents.write_export(organization, planner))
    told = [(row["deed"], row["by"], row["note"]) for row in table(files["people.csv"])]
    assert told[:2] == [("drafted", str(planner), ""), ("changed", str(other), "One was dropped")]
    used = [
        (row["expected_quantity"], row["actual_quantity"], row["reason"]) for row in table(files["lines.csv"])
    ]
    assert ("20", "21", reason.code) in used


def test_policy_is_named_where_nobody_signed(organization: Organization, planner: User) -> None:
    organization.is_standard_run_posted = True
    organization.standard_run_limit_minor = 10**9
    save_row(organization, actor=None, reason="standard runs post")
    documents.make_submitted(organization, planner)
    batch = documents.write_export(organization, planner)
    rows = table(evidence(organization, batch)["people.csv"])
    assert [(row["deed"], row["by"]) for row in rows] == [
        ("drafted", str(planner)),
        ("submitted", str(planner)),
        ("posted by the policy on standard runs", ""),
    ]


def test_reversal_names_the_entry_it_takes_back_and_who_reversed(
    organization: Organization, planner: User, controller: User
) -> None:
    posted = documents.make_posted(organization, planner, controller)
    first = documents.write_export(organization, planner)
    other = make_member(organization, "controller")
    reverse_posting(organization=organization, backflush_id=posted.pk, actor=other, reason="Wrong order")
    second = documents.write_export(organization, planner)
    taken = [row["entry"] for row in table(evidence(organization, first)["lines.csv"])]
    files = evidence(organization, second)
    assert sorted(row["reverses_entry"] for row in table(files["lines.csv"])) == sorted(taken)
    last = table(files["people.csv"])[-1]
    assert (last["deed"], last["by"], last["note"]) == ("reversed", str(other), "Wrong order")


def test_answers_of_the_erp_and_a_withdrawal_are_told(organization: Organization, planner: User) -> None:
    bolt = make_item(organization, "BOLT")
    post(organization, bolt, "-1")
    post(organization, bolt, "-2")
    batch = export(organization, actor=planner)
    answer(organization, batch, Answer.ACCEPTED, 1)
    answer(organization, batch, Answer.REJECTED, 2, message="Item is blocked")
    rows = table(evidence(organization, batch)["lines.csv"])
    assert [(row["erp_answer"], row["erp_message"]) for row in rows] == [
        ("accepted", ""),
        ("rejected", "Item is blocked"),
    ]
    other = factories.make_organization("other")
    nut: Item = make_item(other, "NUT")
    post(other, nut, "-1")
    withdrawn = export(other, actor=make_member(other, "planner"))
    withdraw_batch(
        organization=other,
        batch_id=withdrawn.pk,
        actor=make_member(other, "planner"),
        reason="Never loaded",
    )
    files = evidence(other, withdrawn)
    assert "Never loaded" in files["about.txt"].decode()
    assert [row["is_in_file_still"] for row in table(files["lines.csv"])] == ["no"]


def test_no_text_of_the_evidence_is_computed_by_a_spreadsheet(
    organization: Organization, planner: User
) -> None:
    bolt = make_item(organization, "BOLT", description="=1+1")
    post(organization, bolt, "-1")
    rows = table(evidence(organization, export(organization, actor=planner))["lines.csv"])
    assert [(row["description"], row["quantity"]) for row in rows] == [("'=1+1", "-1")]


def test_anyone_who_reads_downloads_it_with_as_many_queries_for_many_lines(
    organization: Organization, planner: User
) -> None:
    auditor = client_of(make_member(organization, "auditor"))
    counts = []
    for _ in range(2):
        documents.make_posted(organization, planner)
        batch = documents.write_export(organization, planner)
        address = reverse("exports:evidence", args=["acme", batch.number])
        assert address in auditor.get(reverse("exports:batch", args=["acme", batch.number])).content.decode()
        with CaptureQueriesContext(connection) as asked:
            sent = auditor.get(address)
        assert sent["Content-Disposition"] == f'attachment; filename="{batch.number}-evidence.zip"'
        assert batch.file_name in read(sent.content)
        counts.append(len(asked))
        documents.make_posted(organization, planner)
    assert counts[0] == counts[1]


def test_stock_that_settled_a_shortage_names_who_proposed_and_who_signed_it() -> None:
    shop = open_shop()
    org = shop.organization
    material, product = factories.make_item(org, "M", cost=5), factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1)])
    factories.set_stock(org, material, 4, unit_cost=5)
    factories.set_stock(org, material, 6, location="ANNEX", unit_cost=5)
    with bind(org):
        annex = Location.objects.get(code="ANNEX")
        annex.is_stocking = False
        save_row(annex, actor=None, reason="test", fields=["is_stocking"])
    factories.make_completion(org, factories.make_order(org, product, 10, "WO-1"), 10)
    posted = shop.post(shop.draft())
    export(org)
    with bind(org):
        short = StockException.objects.get().pk
    propose_settlement(
        organization=org,
        exception_id=short,
        settlement=Settlement(Resolution.PICKED, (Source(annex.pk, None, Decimal(6)),), "In the annex"),
        actor=shop.planner,
    )
    sign_settlement(organization=org, exception_id=short, actor=shop.controller)
    rows = table(evidence(org, export(org))["people.csv"])
    assert [(row["document"], row["deed"], row["by"], row["note"]) for row in rows] == [
        (posted.number, "proposed how a shortage is settled", str(shop.planner), "In the annex"),
        (posted.number, "signed how a shortage is settled", str(shop.controller), ""),
    ]
