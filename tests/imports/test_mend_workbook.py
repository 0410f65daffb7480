"""Refused rows of a workbook are mended in the page: its bytes stay, the mended cells are kept beside them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook

from accounts.models import Organization
from accounts.tenancy.binding import bind
from imports.models import ImportBatch
from inventory.models import ItemCost
from production.models import BomLine
from tests.factories import make_item, make_product
from tests.imports.pages import answers, send, text_of, url

pytestmark = pytest.mark.django_db
COSTS: list[list[Any]] = [
    ["Costs of 2025"],
    [],
    ["sku", "unit_cost", "effective_from"],
    ["BOLT", 1.25, dt.date(2025, 1, 1)],
    ["NUT", "x", dt.date(2025, 2, 1)],
    ["NUT", 2.5, None],
    ["GONE", 3, None],
]


def book(rows: list[list[Any]]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def refused(organization: Organization, client: Client, kind: str, rows: list[list[Any]]) -> int:
    """A workbook that was sent and checked."""
    number = send(client, kind, book(rows), f"{kind}.xlsx")
    client.post(url("columns", number), answers(client, number))
    return number


def begun(client: Client, number: int) -> list[list[str]]:
    page = client.get(url("new"), {"mends": number})
    return list(csv.reader(io.StringIO(page.context["form"]["cells"].value())))


def mend(client: Client, number: int, rows: list[list[str]]) -> Any:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return client.post(url("new"), {"kind": "costs", "cells": out.getvalue(), "mends": number})


@pytest.fixture
def sent(organization: Organization, alice_client: Client) -> int:
    """Rows 5 (no number) and 7 (no such item) are refused."""
    make_item(organization, "BOLT")
    make_item(organization, "NUT")
    return refused(organization, alice_client, "costs", COSTS)


def batch(number: int) -> ImportBatch:
    return ImportBatch.objects.get(number=number)


def test_refused_rows_stand_there_with_their_numbers(alice_client: Client, sent: int) -> None:
    assert "Mend the rows here" in text_of(alice_client, url("import", sent))
    assert begun(alice_client, sent) == [
        ["row", "sku", "unit_cost", "effective_from"],
        ["5", "NUT", "x", "2025-02-01"],
        ["7", "GONE", "3", ""],
    ]


def test_mended_cells_are_kept_beside_the_workbook_which_stays_as_it_came(
    organization: Organization, alice_client: Client, sent: int
) -> None:
    with bind(organization):
        before = batch(sent)

    answer = mend(
        alice_client, sent, [["row"], ["5", "NUT", "2.75", "2025-02-01"], ["7", "BOLT", "3", "2026-01-01"]]
    )

    assert answer["Location"] == url("import", sent)
    with bind(organization):
        after = batch(sent)
        assert (after.sha256, bytes(after.content)) == (before.sha256, bytes(before.content))
        assert (after.status, after.refused_count, after.accepted_count) == ("checked", 0, 4)
        history = ImportBatch.history.filter(number=sent, history_change_reason="Mended rows 5, 7")
        assert [row.history_user.email for row in history] == ["alice@example.com"]
    page = alice_client.get(url("import", sent))
    assert [(cell.column, cell.row, cell.was, cell.now) for cell in page.context["mended"]] == [
        ("B", 5, "x", "2.75"),
        ("A", 7, "GONE", "BOLT"),
        ("C", 7, "", "2026-01-01"),
    ]
    alice_client.post(url("load", sent))
    with bind(organization):
        costs = ItemCost.objects.order_by("item__sku", "effective_from")
        assert [(cost.item.sku, cost.standard_cost) for cost in costs.select_related("item")] == [
            ("BOLT", Decimal("1.25")),
            ("BOLT", Decimal(3)),
            ("NUT", Decimal("2.75")),
            ("NUT", Decimal("2.5")),
        ]


def test_the_same_workbook_is_known_once_it_was_mended_and_loaded(
    organization: Organization, alice_client: Client, sent: int
) -> None:
    mend(alice_client, sent, [["5", "NUT", "2.75", "2025-02-01"], ["7", "", "", ""]])
    alice_client.post(url("load", sent))
    with bind(organization):
        content = bytes(batch(sent).content)
        assert (batch(sent).status, batch(sent).refused_count, batch(sent).row_count) == ("loaded", 0, 3)

    assert send(alice_client, "costs", content, "again.xlsx") == sent


def test_rows_that_stayed_out_become_an_import_of_their_own(
    organization: Organization, alice_client: Client, sent: int
) -> None:
    alice_client.post(url("load", sent), {"rows": "good"})
    assert [row[0] for row in begun(alice_client, sent)] == ["row", "5", "7"]

    answer = mend(alice_client, sent, [["5", "NUT", "2.75", "2025-02-01"]])

    assert answer["Location"] == url("import", sent + 1)
    with bind(organization):
        own = batch(sent + 1)
        assert (own.file_name, own.sha256) == ("costs, mended.xlsx", batch(sent).sha256)
        assert (own.row_count, own.accepted_count, own.refused_count) == (2, 1, 1)
    assert "only the rows that stayed out of import 1 are read" in text_of(
        alice_client, url("import", sent + 1)
    )
    mend(alice_client, sent + 1, [["7", "", "", ""]])
    alice_client.post(url("load", sent + 1))
    with bind(organization):
        assert (batch(sent + 1).status, batch(sent + 1).created_count) == ("loaded", 1)
        assert ItemCost.objects.filter(item__sku="NUT").count() == 2


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["4", "BOLT", "1", ""]], "4 is no number of a refused row"),
        ([["", "NUT", "1", ""]], "A blank is no number of a refused row"),
        ([["5", "NUT", "1"], ["5", "NUT", "2"]], "Row 5 stands here twice"),
        ([["5", "NUT", "1", "", "more"]], "goes on beyond the last column"),
        ([["5", "NUT", "x", "2025-02-01"]], "Nothing is changed"),
    ],
)
def test_what_is_no_mended_row_is_said(
    organization: Organization, alice_client: Client, sent: int, rows: list[list[str]], message: str
) -> None:
    answer = mend(alice_client, sent, rows)

    assert answer.status_code == 422
    assert message in answer.content.decode()
    with bind(organization):
        assert batch(sent).mended == {}


def test_number_typed_in_two_ways_is_asked_about(alice_client: Client, sent: int) -> None:
    answer = mend(alice_client, sent, [["5", "NUT", "2,750", "2025-02-01"]])

    assert answer["Location"] == url("columns", sent)
    assert "Is 2,750 written with a decimal comma or a decimal point?" in text_of(
        alice_client, url("columns", sent)
    )


def test_others_cannot_mend(
    alice_client: Client, bob_client: Client, charlie_client: Client, sent: int
) -> None:
    assert charlie_client.get(url("new"), {"mends": sent}).status_code == 404
    assert mend(charlie_client, sent, [["5", "NUT", "2", ""]]).status_code == 404


def test_bill_stays_whole_when_its_refused_row_is_mended_later(
    organization: Organization, alice_client: Client
) -> None:
    make_product(organization, "P")
    for sku in ("A", "B"):
        make_item(organization, sku)
    rows = [["parent_sku", "component_sku", "usage"], ["P", "A", 1], ["P", "B", "x"]]
    number = refused(organization, alice_client, "boms", rows)
    alice_client.post(url("load", number), {"rows": "good"})

    mend(alice_client, number, [["3", "P", "B", "2"]])
    alice_client.post(url("load", number + 1))

    with bind(organization):
        lines = BomLine.objects.filter(bom__is_active=True).order_by("position")
        assert list(lines.values_list("component__sku", "usage")) == [("A", Decimal(1)), ("B", Decimal(2))]


def test_bill_of_a_text_file_is_mended_whole(organization: Organization, alice_client: Client) -> None:
    make_product(organization, "P")
    for sku in ("A", "B"):
        make_item(organization, sku)
    text = "parent_sku,component_sku,usage\nP,A,1\nP,B,x\n"
    number = send(alice_client, "boms", text, "bill.csv")
    alice_client.post(url("columns", number), answers(alice_client, number))
    alice_client.post(url("load", number), {"rows": "good"})
    page = alice_client.get(url("new"), {"mends": number})
    assert page.context["form"]["cells"].value() == text

    cells = text.replace("x", "2")
    alice_client.post(url("new"), {"kind": "boms", "cells": cells, "mends": number})
    alice_client.post(url("load", number + 1))

    with bind(organization):
        lines = BomLine.objects.filter(bom__is_active=True).order_by("position")
        assert list(lines.values_list("component__sku", "usage")) == [("A", Decimal(1)), ("B", Decimal(2))]
