"""The road of a file through the pages: received, columns, check, load, look, take back."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from accounts.models import Organization
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from imports.models import ImportBatch, ImportMapping
from imports.reading.limits import LIMITS
from inventory.ledger import NewEntry, post_entries
from inventory.models import EntryOutcome, Item, Location, StockBalance
from tests.factories import NOON, make_item, set_stock
from tests.imports.pages import answers, send, text_of, url

pytestmark = pytest.mark.django_db
ITEMS = "sku,description,standard_cost\nBOLT,Bolt M6,0.25\nNUT,Nut M6,0\n"
GERMAN = "Artikel;Stückkosten;Gültig von;Gültig bis\nBOLT;1,250;31.05.2011;\nNUT;2,125;30.05.2012;\n"


def test_file_goes_the_whole_road(organization: Organization, alice_client: Client) -> None:
    number = send(alice_client, "items", ITEMS)

    columns = text_of(alice_client, url("columns", number))
    assert "Bolt M6" in columns
    checked = alice_client.post(url("columns", number), answers(alice_client, number))
    assert checked["Location"] == url("import", number)
    page = text_of(alice_client, url("import", number))
    assert "Nothing is wrong with it" in page
    assert "BOLT" in text_of(alice_client, url("rows", number))
    assert [row.url for row in alice_client.get(url("rows", number)).context["rows"]] == ["", ""]

    alice_client.post(url("load", number))
    became = alice_client.get(url("rows", number)).context["rows"][0]
    assert "Bolt M6" in text_of(alice_client, became.url)

    with bind(organization):
        assert list(Item.objects.order_by("sku").values_list("sku", flat=True)) == ["BOLT", "NUT"]
    assert "What became of each row" in text_of(alice_client, url("import", number))
    assert "file.csv" in text_of(alice_client, url("list"))


def test_pasted_cells_are_read_like_a_file(organization: Organization, alice_client: Client) -> None:
    response = alice_client.post(url("new"), {"kind": "items", "cells": "sku\tdescription\nBOLT\tBolt\n"})
    number = int(response["Location"].rstrip("/").split("/")[-2])

    alice_client.post(url("columns", number), answers(alice_client, number))

    assert "pasted cells" in text_of(alice_client, url("import", number))


def test_ambiguous_marks_are_asked_and_the_answer_is_remembered(
    organization: Organization, alice_client: Client
) -> None:
    make_item(organization, "BOLT")
    make_item(organization, "NUT")
    number = send(alice_client, "costs", GERMAN)
    assert "decimal comma or a decimal point" in text_of(alice_client, url("columns", number))

    alice_client.post(url("columns", number), answers(alice_client, number, decimal_mark=","))
    alice_client.post(url("load", number))

    with bind(organization):
        costs = dict(Item.objects.values_list("sku", "costs__standard_cost"))
        assert costs == {"BOLT": Decimal("1.25"), "NUT": Decimal("2.125")}
        assert ImportMapping.objects.get().mapping["decimal_mark"] == ","


def first_german_file(organization: Organization, client: Client) -> None:
    """Loaded once, with its decimal mark given and kept under a name."""
    make_item(organization, "BOLT")
    make_item(organization, "NUT")
    number = send(client, "costs", GERMAN)
    client.post(url("columns", number), answers(client, number, decimal_mark=",", name="SAP costs"))
    client.post(url("load", number))


def test_second_file_with_the_same_headers_is_one_click(
    organization: Organization, alice_client: Client
) -> None:
    first_german_file(organization, alice_client)

    upload = SimpleUploadedFile("june.csv", GERMAN.replace("1,250", "1,260").replace("2012", "2013").encode())
    response = alice_client.post(url("new"), {"kind": "costs", "file": upload}, follow=True)

    assert response.redirect_chain[-1][0] == url("import", 2)
    assert "Read as the last file with these headers was (SAP costs)" in response.content.decode()
    assert response.context["batch"].status == "checked"
    alice_client.post(url("load", 2))
    with bind(organization):
        assert ImportBatch.objects.get(number=2).status == "loaded"


def test_second_file_that_disproves_the_first_is_asked(
    organization: Organization, alice_client: Client
) -> None:
    first_german_file(organization, alice_client)

    number = send(alice_client, "costs", GERMAN.replace(",", ".").replace("2.125", "2.5"))

    page = text_of(alice_client, url("columns", number))
    assert (
        "Last time these files had a decimal comma, but now 1 of 2 values read as decimal comma; 2 as decimal point"
        in page
    )


def test_second_file_with_something_new_to_ask_is_shown_first(
    organization: Organization, alice_client: Client
) -> None:
    first_german_file(organization, alice_client)

    number = send(alice_client, "costs", GERMAN.replace("2,125", "2,130") + "Total;3,38;;\n")

    page = text_of(alice_client, url("columns", number))
    assert "SAP costs" in page
    assert "reads as a total" in page
    assert "2 of 2 values read as decimal comma; 2 as decimal point" in page


def test_header_that_is_elsewhere_is_read_again(organization: Organization, alice_client: Client) -> None:
    number = send(alice_client, "items", "Parts list,\nOur no.,What\nBOLT,Bolt M6\n")

    said = {"header_row": "2", "read-header_row": "1", "check": "1"}
    page = alice_client.post(url("columns", number), said)

    assert [column.header for column in page.context["columns"]] == ["Our no.", "What"]


def test_sheet_of_a_workbook_is_chosen(organization: Organization, alice_client: Client) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Old parts"
    parts = book.create_sheet("Parts")
    for sheet, sku in ((first, "NAIL"), (parts, "BOLT")):
        sheet.append(["sku", "description"])
        sheet.append([sku, "Bolt M6"])
    content = io.BytesIO()
    book.save(content)
    upload = SimpleUploadedFile("parts.xlsx", content.getvalue())
    alice_client.post(url("new"), {"kind": "items", "file": upload})
    assert "Which sheet is to be read?" in text_of(alice_client, url("columns", 1))

    page = alice_client.post(url("columns", 1), {"sheet": "Parts", "read-sheet": "?", "check": "1"})
    assert [column.header for column in page.context["columns"]] == ["sku", "description"]
    alice_client.post(
        url("columns", 1),
        {"column-0": "sku", "column-1": "description", "header_row": "1", "sheet": "Parts", "check": "1"},
    )
    alice_client.post(url("load", 1))

    with bind(organization):
        assert list(Item.objects.values_list("sku", "description")) == [("BOLT", "Bolt M6")]


def test_refused_rows_come_back_with_their_reasons(organization: Organization, alice_client: Client) -> None:
    make_item(organization, "BOLT")
    number = send(alice_client, "costs", "sku,unit_cost\nBOLT,1.25\nSCREW,2.50\nBOLT,x\n")
    alice_client.post(url("columns", number), answers(alice_client, number))

    page = text_of(alice_client, url("import", number))
    assert "There is no item SCREW" in page
    refused = alice_client.get(url("refused", number)).content.decode("utf-8-sig")
    lines = refused.splitlines()
    assert lines[0] == "sku,unit_cost,reason"
    assert [line.split(",")[0] for line in lines[1:]] == ["SCREW", "BOLT"]

    loaded = alice_client.post(url("load", number), {"rows": "good"}, follow=True).content.decode()

    assert "1 row is loaded." in loaded
    with bind(organization):
        batch = ImportBatch.objects.get(number=number)
        assert (batch.status, batch.accepted_count, batch.refused_count) == ("loaded", 1, 2)


def test_refused_file_is_not_loaded_whole(organization: Organization, alice_client: Client) -> None:
    number = send(alice_client, "items", "sku,standard_cost\nBOLT,1\nNUT,x\n")
    alice_client.post(url("columns", number), answers(alice_client, number))

    alice_client.post(url("load", number))

    with bind(organization):
        assert not Item.objects.exists()
        assert ImportBatch.objects.get(number=number).status == "refused"


def test_same_file_twice_is_recognised(organization: Organization, alice_client: Client) -> None:
    number = send(alice_client, "items", ITEMS)
    alice_client.post(url("columns", number), answers(alice_client, number))
    alice_client.post(url("load", number))

    upload = SimpleUploadedFile("again.csv", ITEMS.encode())
    response = alice_client.post(url("new"), {"kind": "items", "file": upload}, follow=True)

    assert f"already loaded as import {number}" in response.content.decode()


def test_stock_file_asks_for_its_moment(organization: Organization, alice_client: Client) -> None:
    make_item(organization, "BOLT")
    number = send(alice_client, "stock", "sku,location,on_hand\nBOLT,MAIN,12\n")
    assert "When did the ERP hold these figures?" in text_of(alice_client, url("columns", number))
    given = {"moment": "then", "counted_at": "2025-11-19T09:00", "scope": "rows"}

    alice_client.post(url("columns", number), answers(alice_client, number, **given))
    alice_client.post(url("load", number))

    with bind(organization):
        balance = StockBalance.objects.get()
        assert (balance.on_hand, balance.last_snapshot_at.isoformat()) == (
            Decimal(12),
            "2025-11-19T09:00:00+00:00",
        )


def test_original_bytes_can_be_downloaded(organization: Organization, alice_client: Client) -> None:
    number = send(alice_client, "items", ITEMS)

    assert alice_client.get(url("file", number)).content == ITEMS.encode()


def test_unused_import_is_taken_back(organization: Organization, alice_client: Client) -> None:
    number = send(alice_client, "items", ITEMS)
    alice_client.post(url("columns", number), answers(alice_client, number))
    alice_client.post(url("load", number))

    alice_client.post(url("take_back", number))

    with bind(organization):
        assert not Item.objects.exists()
        assert ImportBatch.objects.get(number=number).status == "taken_back"


def test_reader_sees_imports_and_cannot_load(organization: Organization, bob_client: Client) -> None:
    assert bob_client.get(url("list")).status_code == 200
    assert bob_client.get(url("new")).status_code == 403


def test_imports_of_another_organization_are_not_found(
    organization: Organization, alice_client: Client, charlie_client: Client
) -> None:
    number = send(alice_client, "items", ITEMS)

    for name in ("import", "columns", "file", "refused", "rows", "mapping"):
        assert charlie_client.get(url(name, number)).status_code == 404
    assert charlie_client.get(url("list")).status_code == 404


def test_nothing_given_is_told(organization: Organization, alice_client: Client) -> None:
    response = alice_client.post(url("new"), {"kind": "items"})

    assert response.status_code == 422
    assert "Choose a file, paste cells, or give a link." in response.content.decode()


def test_more_pasted_cells_than_are_read_are_refused(
    organization: Organization, alice_client: Client
) -> None:
    cells = "sku\tdescription\n" + "BOLT\tBolt\n" * (LIMITS.pasted // 10)
    response = alice_client.post(url("new"), {"kind": "items", "cells": cells})

    assert response.status_code == 422
    assert "were pasted; 8 MB are read. Upload it as a file." in response.content.decode()


def test_link_to_another_host_is_refused(organization: Organization, alice_client: Client) -> None:
    response = alice_client.post(url("new"), {"kind": "items", "link": "https://127.0.0.1/x"})

    assert response.status_code == 422


def test_list_asks_the_same_number_of_queries(organization: Organization, alice_client: Client) -> None:
    counts = []
    for number in (1, 2, 3):
        send(alice_client, "items", f"sku\nM-{number}\n")
        text_of(alice_client, url("list"))
        with CaptureQueriesContext(connection) as queries:
            text_of(alice_client, url("list"))
        counts.append(len(queries))

    assert len(set(counts)) == 1


def exported_relief(organization: Organization, sku: str) -> None:
    """100 of a new item, 10 of them relieved and exported at noon; the ERP has not answered."""
    item = make_item(organization, sku, cost=1)
    set_stock(organization, item, 100)
    with bind(organization):
        place = Location.objects.get(code="MAIN")
        posted = post_entries(
            [
                NewEntry(
                    item.pk,
                    place.pk,
                    None,
                    "CONSUME",
                    Decimal(-10),
                    Decimal(1),
                    -1000,
                    NOON.date(),
                    1,
                    None,
                    "BF-000001",
                )
            ],
            source_kind="backflush",
            actor=None,
            reason="Posted",
        )
        outcome = EntryOutcome(
            organization=organization,
            entry_id=posted.ids[0],
            exported_at=NOON,
        )
        save_row(outcome, actor=None, reason="Exported")


def test_doubtful_entries_are_listed_with_both_outcomes_and_decided(
    organization: Organization, alice_client: Client
) -> None:
    exported_relief(organization, "BOLT")
    number = send(alice_client, "stock", "sku,location,on_hand\nBOLT,MAIN,100\n")
    moment = {"moment": "then", "counted_at": "2025-11-19T13:00", "scope": "rows"}
    alice_client.post(url("columns", number), answers(alice_client, number, **moment))

    page = text_of(alice_client, url("import", number))
    assert "If it had, the balance becomes 100, if not 90; 90 is proposed." in page
    alice_client.post(url("check", number), {"doubt": "proposed"})
    alice_client.post(url("load", number))

    with bind(organization):
        assert StockBalance.objects.get().on_hand == Decimal(90)


def test_each_balance_in_doubt_is_decided_by_itself(
    organization: Organization, alice_client: Client, charlie_client: Client
) -> None:
    exported_relief(organization, "BOLT")
    exported_relief(organization, "NUT")
    number = send(alice_client, "stock", "sku,location,on_hand\nBOLT,MAIN,100\nNUT,MAIN,100\n")
    moment = {"moment": "then", "counted_at": "2025-11-19T13:00", "scope": "rows"}
    alice_client.post(url("columns", number), answers(alice_client, number, **moment))
    page = alice_client.get(url("import", number))
    bolt, nut = page.context["doubts"]
    assert [(d.item, d.stated, d.if_taken, d.if_not_taken, d.proposed) for d in (bolt, nut)] == [
        ("BOLT", "100", "100", "90", "it had not"),
        ("NUT", "100", "100", "90", "it had not"),
    ]
    had, had_not = ({label.split(":")[0]: value for value, label, _ in d.options} for d in (bolt, nut))

    assert charlie_client.post(url("check", number), {"decision": had["it had"]}).status_code == 404
    alice_client.post(url("check", number), {"decision": [had["it had"]]})
    assert alice_client.get(url("import", number)).context["open_doubts"] == 1
    alice_client.post(url("check", number), {"decision": [had_not["it had not"]]})

    assert alice_client.get(url("import", number)).context["open_doubts"] == 0
    alice_client.post(url("load", number))
    with bind(organization):
        assert dict(StockBalance.objects.values_list("item__sku", "on_hand")) == {"BOLT": 100, "NUT": 90}
        reasons = ImportBatch.history.filter(number=number).values_list("history_change_reason", flat=True)
        assert "Entries in doubt decided" in reasons


def test_decision_about_another_balance_is_refused(organization: Organization, alice_client: Client) -> None:
    exported_relief(organization, "BOLT")
    number = send(alice_client, "stock", "sku,location,on_hand\nBOLT,MAIN,100\n")
    moment = {"moment": "then", "counted_at": "2025-11-19T13:00", "scope": "rows"}
    alice_client.post(url("columns", number), answers(alice_client, number, **moment))

    for answer in ('["NUT", "MAIN", null, "taken"]', '["BOLT", "MAIN", null, "ask"]', "x", "7"):
        alice_client.post(url("check", number), {"decision": [answer]})

    with bind(organization):
        assert "decisions" not in ImportBatch.objects.get(number=number).options


def test_control_totals_count_the_refused_and_what_is_left_out(
    organization: Organization, alice_client: Client
) -> None:
    make_item(organization, "BOLT")
    text = "sku,location,on_hand\nBOLT,MAIN,12\nSCREW,MAIN,5\n,MAIN,3\nTotal,,20\n"
    number = send(alice_client, "stock", text)
    said = answers(alice_client, number, skip_totals="true", moment="now", scope="rows")
    alice_client.post(url("columns", number), said)

    rows, on_hand = alice_client.get(url("import", number)).context["totals"]

    assert (rows.file, rows.created, rows.refused, rows.left_out) == ("4", "1", "2", "1")
    assert (on_hand.file, on_hand.created, on_hand.refused) == ("20", "12", "8")


def test_rows_that_stayed_out_are_mended_in_the_page(
    organization: Organization, alice_client: Client
) -> None:
    make_item(organization, "BOLT")
    number = send(alice_client, "costs", "sku;unit_cost\nBOLT;1,25\nBOLT;x\nNUT;2\n", "costs.csv")
    alice_client.post(url("columns", number), answers(alice_client, number))
    alice_client.post(url("load", number), {"rows": "good"})
    page = alice_client.get(url("new"), {"mends": number})
    begun = page.context["form"]["cells"].value()
    assert begun.splitlines()[0] == "sku;unit_cost;reason"
    assert [line.split(";")[:2] for line in begun.splitlines()[1:]] == [["BOLT", "x"], ["NUT", "2"]]

    make_item(organization, "NUT")
    cells = "\r\n".join(line for line in begun.splitlines() if not line.startswith("BOLT"))
    sent = alice_client.post(url("new"), {"kind": "costs", "cells": cells, "mends": number})

    assert sent["Location"] == url("import", 2)
    with bind(organization):
        mended = ImportBatch.objects.get(number=2)
        assert (mended.file_name, mended.status, mended.refused_count) == ("costs, mended.csv", "checked", 0)
        assert ImportBatch.objects.get(number=number).status == "loaded"


def test_reason_of_a_refusal_is_no_reason_for_scrap(organization: Organization, alice_client: Client) -> None:
    number = send(alice_client, "completions", "wo_number,sku,completed_qty\nWO-1,PUMP,x\n")
    alice_client.post(url("columns", number), answers(alice_client, number))

    refused = alice_client.get(url("refused", number)).content.decode("utf-8-sig")

    assert refused.splitlines()[0] == "wo_number,sku,completed_qty,reason why refused"
    again = send(alice_client, "completions", refused)
    response = alice_client.get(url("refused", again)).content.decode("utf-8-sig")
    assert response.splitlines()[0] == "wo_number,sku,completed_qty,reason why refused"


def test_two_formats_in_files_of_one_name_are_both_remembered(
    organization: Organization, alice_client: Client
) -> None:
    for text in ("Artikel;Stückkosten\nBOLT;1,250\n", "Part;Cost\nBOLT;1,250\n"):
        number = send(alice_client, "costs", text, "export.csv")
        alice_client.post(url("columns", number), answers(alice_client, number, decimal_mark=","))

    with bind(organization):
        names = ImportMapping.objects.order_by("pk").values_list("name", flat=True)
        assert list(names) == ["export.csv", "export.csv (2)"]


def test_check_shows_what_would_change(organization: Organization, alice_client: Client) -> None:
    make_item(organization, "BOLT", description="Bolt")
    number = send(alice_client, "items", ITEMS)
    alice_client.post(url("columns", number), answers(alice_client, number))

    (changed,) = alice_client.get(url("import", number)).context["preview"]

    assert changed.changes[0] == ("description", "Bolt", "Bolt M6")


@pytest.mark.parametrize(
    ("kind", "text", "page"),
    [
        ("boms", "parent_sku,component_sku,usage\nPUMP,BOLT,2\n", "BOLT"),
        ("costs", "sku,unit_cost,effective_from\nBOLT,2,2025-01-01\n", "BOLT"),
        ("completions", "wo_number,sku,completed_qty\nWO/1,PUMP,5\n", "WO/1"),
        ("units", "from_unit,to_unit,factor\nROLL,m,50\n", ""),
    ],
)
def test_row_leads_to_what_it_became(
    organization: Organization, alice_client: Client, kind: str, text: str, page: str
) -> None:
    make_item(organization, "BOLT")
    make_item(organization, "PUMP")
    number = send(alice_client, kind, text)
    alice_client.post(url("columns", number), answers(alice_client, number))
    alice_client.post(url("load", number))

    (row,) = alice_client.get(url("rows", number)).context["rows"]

    assert bool(row.url) == bool(page)
    assert not page or page in text_of(alice_client, row.url)


def test_question_that_was_left_open_is_not_asked_again(
    organization: Organization, alice_client: Client
) -> None:
    make_item(organization, "PUMP")
    text = "Order,Part,Good,Date\n" + "".join(
        f"{order},PUMP,{good},2024-01-0{day}\n" for order in ("W1", "W2") for day, good in ((1, 5), (2, 9))
    )
    number = send(alice_client, "completions", text)
    assert "running totals?" in text_of(alice_client, url("columns", number))
    alice_client.post(url("columns", number), answers(alice_client, number))

    again = send(alice_client, "completions", text.replace("9", "8"))

    with bind(organization):
        batch = ImportBatch.objects.get(number=again)
        assert (batch.status, batch.mapping["quantities"]) == ("checked", "each")
