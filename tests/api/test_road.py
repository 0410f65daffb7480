"""The whole road by API alone, each program with a key of its own; and each call on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy.binding import bind
from inventory.actions.periods import add_period
from inventory.models import StockEntry
from tests import factories
from tests.api.calling import Program, program_of
from tests.backflush.crowd import breaches

pytestmark = pytest.mark.django_db

FILES = {
    "items": "sku,description,kind,unit,standard_cost\nP-1,Pump,sku,EA,\nB-1,Bracket,material,EA,2.50\n"
    "G-1,Grease,material,kg,8.00\n",
    "boms": "parent_sku,component_sku,usage,unit\nP-1,B-1,2,EA\nP-1,G-1,0.05,kg\n",
    "stock": "sku,location,lot,on_hand,unit_cost\nB-1,MAIN,,500,2.50\nG-1,MAIN,,40,8.00\n",
    "work_orders": "wo_number,sku,quantity,status\nWO-1,P-1,100,Production\n",
    "completions": "wo_number,completed_qty,scrap_qty,reference\nWO-1,60,0,C1\nWO-1,40,0,C2\n",
}


@pytest.fixture
def planner(organization: Organization) -> Program:
    return program_of(organization, "planner")


@pytest.fixture
def controller(organization: Organization) -> Program:
    return program_of(organization, "controller")


def send(planner: Program, kind: str, text: str = "", **fields: Any) -> Any:
    file = SimpleUploadedFile(f"{kind}.csv", (text or FILES[kind]).encode())
    extra = {"counted_at": "2025-11-19T08:00:00Z"} if kind == "stock" else {}
    return planner.upload("/imports", {"kind": kind, "file": file, **extra, **fields})


def loaded(planner: Program, *kinds: str) -> None:
    for kind in kinds or FILES:
        answer = send(planner, kind)
        assert (answer.status_code, answer.json()["status"]) == (201, "loaded"), answer.json()["issues"]


def test_from_import_to_acknowledgement(
    organization: Organization, planner: Program, controller: Program
) -> None:
    loaded(planner)

    drafts = planner.post("/backflushes", {"work_orders": ["WO-1"]})
    assert drafts.status_code == 201
    assert drafts.json()["refused"] == []
    ids = [draft["id"] for draft in drafts.json()["drafted"]]
    assert len(ids) == 2
    for pk in ids:
        assert (
            planner.post(f"/backflushes/{pk}/submit", {"note": "As counted"}).json()["status"] == "SUBMITTED"
        )
        signed = controller.post(f"/backflushes/{pk}/approve").json()
        assert signed["status"] == "POSTED"
        assert [txn["item_id"] for txn in signed["backflush_txns"]] == ["B-1", "G-1"]
        assert signed["fg_receipt_id"]

    stock = planner.get("/items/B-1/stock").json()
    assert (stock["on_hand"], stock["items"][0]["location"]) == ("300", "MAIN")
    templates = planner.post("/exports", {"template": "nothing"})
    assert templates.status_code == 404
    name = templates.json()["details"]["templates"][0]
    batch = planner.post("/exports", {"template": name}, key="tonight").json()
    assert batch["line_count"] == 6
    file = planner.get(f"/exports/{batch['id']}/file")
    assert file["Content-Type"] == "application/octet-stream"
    assert b"B-1" in file.content
    lines = planner.get(f"/exports/{batch['id']}/lines", limit=4).json()
    assert [line["line"] for line in lines["items"]] == [1, 2, 3, 4]
    rest = planner.get(f"/exports/{batch['id']}/lines", limit=4, after=lines["next"]).json()
    assert [line["line"] for line in rest["items"]] == [5, 6]
    assert rest["next"] is None

    now = timezone.now().isoformat()
    answers = [{"line": 1, "answer": "rejected", "message": "No such item"}]
    answers += [
        {"external_id": line["external_id"], "answer": "accepted", "loaded_at": now}
        for line in lines["items"][1:]
    ]
    told = planner.post(f"/exports/{batch['id']}/acknowledgements", {"lines": answers}).json()
    assert (told["accepted"], told["rejected"]) == (3, 1)
    open_lines = {"open_lines": {"answer": "accepted", "loaded_at": now}}
    told = planner.post(f"/exports/{batch['id']}/acknowledgements", open_lines).json()
    assert told["export"]["answers"] == {"accepted": 5, "rejected": 1, "open": 0, "ended": 0}
    assert breaches(organization) == []


def test_closed_order_is_reopened_with_a_reason_and_takes_the_rest_alone(
    organization: Organization, planner: Program, controller: Program
) -> None:
    loaded(planner, "items", "boms", "stock", "work_orders")

    def backflush(quantity: int, **values: Any) -> Any:
        said = planner.post("/work-orders/WO-1/backflush", {"completion_qty": quantity, **values})
        if said.status_code == 202:
            assert controller.post(f"/backflushes/{said.json()['backflush_id']}/approve").status_code == 200
        return said

    assert backflush(90, external_id="A").status_code == 202
    finished = planner.post("/work-orders/WO-1/finish", {"reason": "The rest is cancelled"}).json()
    assert (finished["status"], finished["is_closed"]) == ("Completed", True)
    assert backflush(5, external_id="B").json()["code"] == "ALREADY_BACKFLUSHED"

    refused = [program.post("/work-orders/WO-1/reopen", {}) for program in (planner, controller)]
    assert [answer.json()["code"] for answer in refused] == ["FORBIDDEN", "REASON_REQUIRED"]
    opened = controller.post("/work-orders/WO-1/reopen", {"reason": "Five more were found"}).json()
    assert (opened["status"], opened["is_closed"]) == ("Partial", False)
    lines = backflush(5, external_id="B").json()["backflush"]["lines"]
    assert [(line["item"], line["actual_quantity"]) for line in lines] == [("B-1", "10"), ("G-1", "0.25")]
    assert planner.get("/items/B-1/stock").json()["on_hand"] == "310"
    again = controller.post("/work-orders/WO-1/reopen", {"reason": "Again"})
    assert (again.status_code, again.json()["code"]) == (409, "INVALID_STATE")


def test_import_says_what_is_wrong_and_loads_nothing(organization: Organization, planner: Program) -> None:
    answer = send(planner, "items", "sku,standard_cost\nA,1\nB,twelve\n")
    said = answer.json()
    assert (answer.status_code, said["status"], said["refused"], said["created"]) == (201, "refused", 1, 0)
    assert [(issue["row"], issue["column"], issue["value"]) for issue in said["issues"]] == [
        (3, "standard_cost", "twelve")
    ]
    assert planner.get(f"/imports/{said['id']}").json() == said
    assert planner.get("/items/A/stock").status_code == 404

    good = send(planner, "items", "sku,standard_cost\nA,1\nB,twelve\n", good_rows="true").json()
    assert (good["status"], good["created"]) == ("loaded", 1)


def test_quantity_with_too_many_digits_is_refused_in_plain_words(planner: Program) -> None:
    loaded(planner, "items", "boms", "work_orders")
    answer = planner.post("/work-orders/WO-1/backflush", {"completion_qty": "1.0000005"}).json()
    wanted = "send plain digits, twelve at most before the point and six behind it"
    assert answer["details"] == [{"field": "completion_qty", "message": wanted}]


def test_amount_beyond_what_the_books_hold_is_refused(planner: Program) -> None:
    loaded(planner, "items")
    text = "sku,location,on_hand,unit_cost\nB-1,MAIN,999999999999,999999999999\n"
    answer = send(planner, "stock", text)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")
    assert "larger than the books hold" in answer.json()["message"]
    assert planner.get("/items/B-1/stock").json()["items"] == []


def test_dry_run_loads_nothing(planner: Program) -> None:
    said = send(planner, "items", dry_run="true").json()
    assert (said["status"], said["accepted"]) == ("checked", 3)
    assert planner.get("/items/B-1/stock").status_code == 404


def test_same_file_again_answers_the_import_that_loaded_it(planner: Program) -> None:
    first = send(planner, "items").json()
    again = send(planner, "items")
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert again.json()["is_already_loaded"]


def test_retried_upload_answers_the_same_though_its_parts_are_divided_anew(planner: Program) -> None:
    first, again = send(planner, "items", external_id="X1"), send(planner, "items", external_id="X1")
    assert again["Idempotent-Replayed"] == "true"
    assert again.content == first.content
    other = send(planner, "items", "sku\nZ\n", external_id="X1")
    assert (other.status_code, other.json()["code"]) == (409, "IDEMPOTENCY_MISMATCH")


def test_file_that_loaded_nothing_leaves_its_key_free(planner: Program) -> None:
    """What was missing came meanwhile; and what was checked is then loaded."""
    text = "sku,location,on_hand,unit_cost\nB-1,MAIN,5,2.50\n"
    assert send(planner, "stock", text, external_id="X1").json()["status"] == "refused"
    loaded(planner, "items")
    assert send(planner, "stock", text, external_id="X1", dry_run="true").json()["status"] == "checked"
    first, again = (send(planner, "stock", text, external_id="X1") for _ in range(2))
    assert (first.status_code, first.json()["status"]) == (201, "loaded")
    assert (again["Idempotent-Replayed"], again.content) == ("true", first.content)


def test_large_file_goes_on_in_the_background(organization: Organization, planner: Program) -> None:
    rows = "".join(f"I-{n},{n}\n" for n in range(5_001))
    begun = send(planner, "items", f"sku,description\n{rows}")
    said = begun.json()
    assert (begun.status_code, said["status"], said["job"]["status"]) == (202, "loading", "waiting")

    factories.run_jobs()
    done = planner.get(f"/imports/{said['id']}").json()
    assert (done["status"], done["created"], done["job"]["status"]) == ("loaded", 5_001, "done")
    assert planner.get(f"/jobs/{said['job']['id']}").json()["message"] == "5,001 rows loaded"


def test_many_completions_are_drafted_in_the_background_and_the_refused_are_told(planner: Program) -> None:
    loaded(planner, "items", "boms", "stock")
    send(planner, "items", "sku,kind\nBARE,sku\n")
    rows = "".join(f"WO-{n},P-1,1\n" for n in range(500)) + "WO-BARE,BARE,1\n"
    assert send(planner, "completions", f"wo_number,sku,completed_qty\n{rows}").json()["created"] == 501
    begun = planner.post("/backflushes", {})
    assert (begun.status_code, begun.json()["job"]["refused"]) == (202, [])

    factories.run_jobs()
    done = planner.get(f"/jobs/{begun.json()['job']['id']}").json()
    assert done["message"] == "500 drafted, 1 could not be drafted"
    (told,) = done["refused"]
    assert "WO-BARE makes BARE, which has no bill of materials" in told


def test_file_is_read_by_a_mapping(planner: Program) -> None:
    mapping = '{"columns": {"sku": "Artikel", "description": "Text"}, "delimiter": ";"}'
    text = "Artikel;Text\nA-1;Anchor\n"
    assert send(planner, "items", text, mapping=mapping).json()["status"] == "loaded"
    assert send(planner, "items", text + "A-2;Bolt\n", mapping="nothing").status_code == 404
    assert send(planner, "items", text + "A-2;Bolt\n", mapping="{").status_code == 422


def test_file_that_is_no_table(planner: Program) -> None:
    file = SimpleUploadedFile("x.xlsx", b"PK\x03\x04 no workbook")
    answer = planner.upload("/imports", {"kind": "items", "file": file})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")
    assert planner.upload("/imports", {"kind": "items"}).json()["details"] == [
        {"field": "file", "message": "Field required"}
    ]
    assert planner.upload("/imports", {"kind": "cars", "file": file}).status_code == 422


def drafted(planner: Program) -> dict[str, Any]:
    loaded(planner)
    pk = planner.post("/backflushes", {}).json()["drafted"][0]["id"]
    found: dict[str, Any] = planner.get(f"/backflushes/{pk}").json()
    return found


def test_line_is_edited_and_the_document_computed_again(organization: Organization, planner: Program) -> None:
    draft = drafted(planner)
    line = draft["lines"][0]
    path = f"/backflushes/{draft['id']}/lines/{line['id']}"
    changed = planner.patch(path, {"actual_quantity": "123", "reason": "OVERUSE", "note": "Bent"}).json()
    assert changed["version"] == 2
    first = changed["lines"][0]
    assert (first["actual_quantity"], first["variance_quantity"], first["usage_minor"]) == ("123", "3", 750)
    assert (first["reason"], first["note"]) == ("OVERUSE", "Bent")

    late = planner.patch(path, {"actual_quantity": 1, "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "EDIT_CONFLICT")
    lots = planner.patch(path, {"lots": [{"location": "MAIN", "quantity": "123"}]}).json()
    assert lots["lines"][0]["picks"][0]["quantity"] == "123"
    assert planner.patch(path, {"lots": [{"lot": "L9"}]}).status_code == 404
    bare = planner.patch(path, {"reason": None}).json()
    assert bare["lines"][0]["reason"] is None
    reset = planner.patch(path, {"is_reset": True}).json()
    assert reset["lines"][0]["actual_quantity"] == "120"
    assert planner.patch(path, {}).json()["version"] == reset["version"]
    assert planner.patch(f"/backflushes/{draft['id']}/lines/1", {"note": "x"}).status_code == 404


def test_line_takes_another_item(planner: Program) -> None:
    draft = drafted(planner)
    send(planner, "items", "sku,unit,standard_cost\nB-2,EA,3\n")
    path = f"/backflushes/{draft['id']}/lines/{draft['lines'][0]['id']}"
    swapped = planner.patch(path, {"item_used": "B-2", "factor": 1}).json()
    assert {(line["item"], line["stands_in_for"]) for line in swapped["lines"]} == {
        ("B-2", "B-1"),
        ("G-1", None),
    }


def test_returned_with_a_figure_discarded_and_drafted_again(planner: Program, controller: Program) -> None:
    draft = drafted(planner)
    pk = draft["id"]
    planner.post(f"/backflushes/{pk}/submit")
    silent = controller.post(f"/backflushes/{pk}/return", {})
    assert (silent.status_code, silent.json()["code"]) == (422, "REASON_REQUIRED")
    asked = {"note": "119?", "line_id": draft["lines"][0]["id"], "proposed_quantity": "119"}
    assert controller.post(f"/backflushes/{pk}/return", asked).json()["status"] == "RETURNED"
    gone = planner.post(f"/backflushes/{pk}/discard", {"reason": "Reported twice"}).json()
    assert gone["status"] == "DISCARDED"
    again = planner.post("/backflushes", {"work_orders": ["WO-1"]}).json()
    assert len(again["drafted"]) == 1
    idle = planner.post("/backflushes", {"work_orders": ["WO-1"]}).json()
    assert [(one["completion_id"], one["code"]) for one in idle["refused"]] == [(None, "ALREADY_BACKFLUSHED")]


def test_history_tells_of_every_backflush_and_reversal_newest_first(
    organization: Organization, planner: Program, controller: Program
) -> None:
    loaded(planner)
    ids = [draft["id"] for draft in planner.post("/backflushes", {}).json()["drafted"]]
    for pk in ids:
        planner.post(f"/backflushes/{pk}/submit")
        controller.post(f"/backflushes/{pk}/approve")
    same = controller.post(f"/backflushes/{ids[0]}/reverse", {"reason": "Wrong order"})
    assert (same.status_code, same.json()["code"]) == (403, "SAME_PERSON")
    other = program_of(organization, "controller")
    assert other.post(f"/backflushes/{ids[0]}/reverse", {"reason": "Wrong order"}).status_code == 200

    told = planner.get("/work-orders/WO-1/backflush-history").json()
    assert [(item["kind"], item["id"], item["status"]) for item in told["items"]] == [
        ("reversal", ids[0], "REVERSED"),
        ("backflush", ids[1], "POSTED"),
        ("backflush", ids[0], "REVERSED"),
    ]
    assert told["items"][0]["reason"] == "Wrong order"
    assert [txn["qty_consumed"] for txn in told["items"][0]["backflush_txns"]] == ["-120", "-3"]
    assert [txn["qty_consumed"] for txn in told["items"][2]["backflush_txns"]] == ["120", "3"]
    first = planner.get("/work-orders/WO-1/backflush-history", limit=2).json()
    rest = planner.get("/work-orders/WO-1/backflush-history", limit=2, after=first["next"]).json()
    assert [*first["items"], *rest["items"]] == told["items"]
    assert rest["next"] is None


def test_history_goes_on_where_it_ended_though_more_has_happened(planner: Program) -> None:
    loaded(planner)
    first, second = (draft["id"] for draft in planner.post("/backflushes", {}).json()["drafted"])
    path = "/work-orders/WO-1/backflush-history"
    page = planner.get(path, limit=1).json()
    assert [item["id"] for item in page["items"]] == [second]
    send(planner, "completions", "wo_number,completed_qty,reference\nWO-1,1,C3\n")
    planner.post("/backflushes", {})

    rest = planner.get(path, limit=1, after=page["next"]).json()
    assert ([item["id"] for item in rest["items"]], rest["next"]) == ([first], None)
    assert planner.get(path, after="2").status_code == 422


def test_stale_draft_is_recomputed(planner: Program) -> None:
    draft = drafted(planner)
    send(planner, "costs", "sku,unit_cost\nB-1,2.75\n")
    stale = planner.post(f"/backflushes/{draft['id']}/submit")
    assert (stale.status_code, stale.json()["code"]) == (409, "STALE_DRAFT")
    assert planner.get(f"/backflushes/{draft['id']}").json()["is_stale"]
    assert planner.post(f"/backflushes/{draft['id']}/recompute").json()["is_stale"] is False
    assert planner.post(f"/backflushes/{draft['id']}/submit").json()["status"] == "SUBMITTED"


def test_closed_period_is_posted_on_the_first_open_day(
    organization: Organization, planner: Program, controller: Program
) -> None:
    draft = drafted(planner)
    planner.post(f"/backflushes/{draft['id']}/submit")
    finance = factories.make_member(organization, "finance")
    today = timezone.now().date()
    with bind(organization):
        add_period(
            organization=organization,
            starts_on=today - dt.timedelta(days=30),
            ends_on=today + dt.timedelta(days=2),
            is_closed=True,
            actor=finance,
        )
    shut = controller.post(f"/backflushes/{draft['id']}/approve")
    assert (shut.status_code, shut.json()["code"]) == (422, "PERIOD_CLOSED")
    posted = controller.post(f"/backflushes/{draft['id']}/approve", {"on_first_open_day": True}).json()
    assert posted["posted_on"] == shut.json()["details"]["first_open_date"]


def test_lists_go_on_where_they_ended(organization: Organization, planner: Program) -> None:
    loaded(planner)
    planner.post("/backflushes", {})
    for path in ("/backflushes", "/stock-entries"):
        first = planner.get(path, limit=1).json()
        rest = planner.get(path, limit=1, after=first["next"]).json()
        assert len(first["items"]) == len(rest["items"]) == 1
        assert first["items"][0]["id"] > rest["items"][0]["id"]
    assert planner.get("/backflushes", status="POSTED").json() == {"items": [], "next": None}
    assert len(planner.get("/backflushes", work_order="WO-1").json()["items"]) == 2
    with bind(organization):
        assert len(planner.get("/stock-entries", item="B-1").json()["items"]) == (
            StockEntry.objects.filter(item__sku="B-1").count()
        )
    orders = planner.get("/work-orders", status="Production", q="WO").json()["items"]
    assert [order["number"] for order in orders] == ["WO-1"]


def test_variances_as_json_and_csv(planner: Program, controller: Program) -> None:
    draft = drafted(planner)
    pk = draft["id"]
    path = f"/backflushes/{pk}/lines/{draft['lines'][0]['id']}"
    planner.patch(path, {"actual_quantity": 240, "reason": "OVERUSE", "note": "=1+1"})
    planner.post(f"/backflushes/{pk}/submit")
    controller.post(f"/backflushes/{pk}/approve")

    (row,) = planner.get("/variances").json()["items"]
    assert (row["work_order"], row["product"], row["item"]) == ("WO-1", "P-1", "B-1")
    assert (row["usage_minor"], row["variance_minor"], row["reason"]) == (30_000, 30_000, "OVERUSE")
    assert row["cause"] == "Issued twice?"
    tomorrow = (timezone.now() + dt.timedelta(days=2)).date().isoformat()
    assert planner.get("/variances", **{"from": tomorrow}).json()["items"] == []

    file = planner.get("/variances", format="csv")
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    head, line = file.content.decode().splitlines()
    assert head.startswith("posted_on,backflush,work_order,product,item,")
    assert ",120,240,0,0,30000,0,30000,USD,OVERUSE,'=1+1,Issued twice?," in line


def test_order_is_made_moved_and_read(organization: Organization, planner: Program) -> None:
    loaded(planner, "items", "boms")
    supervisor = program_of(organization, "supervisor")
    made = supervisor.post(
        "/work-orders", {"number": "WO/7 a", "item": "P-1", "quantity": "12.5", "due_on": "2025-12-01"}
    )
    assert made.status_code == 201, made.content
    path = "/work-orders/WO%2F7%20a"
    assert supervisor.post(f"{path}/status", {"status": "PLACED"}).json()["status"] == "Placed"
    order = supervisor.get(path).json()
    assert order["outputs"][0]["quantity"] == "12.5"
    assert [(line["item"], line["usage"]) for line in order["inputs"]] == [("B-1", "2"), ("G-1", "0.05")]
    wrong = supervisor.post(f"{path}/status", {"status": "COMPLETED"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "INVALID_WORK_ORDER_STATE")
    bare = supervisor.post(f"{path}/status", {"status": "CANCELLED"})
    assert (bare.status_code, bare.json()["code"]) == (422, "REASON_REQUIRED")
