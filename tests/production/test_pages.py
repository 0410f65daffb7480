"""The pages of orders and bills: what they show, who may do what, and a constant number of queries."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Organization
from accounts.tenancy.binding import bind
from inventory.models import Item
from production.actions.load_completions import load_completions
from production.actions.posting import advance_orders, mark_completions
from production.actions.rows import CompletionRow
from production.actions.snapshots import ensure_snapshots, retake_snapshot
from production.choices import OrderStatus
from production.models import Completion, Document, WorkOrder
from tests.documents import make_draft
from tests.factories import (
    NOON,
    client_of,
    make_bom,
    make_completion,
    make_item,
    make_member,
    make_order,
    make_product,
    make_reason,
)
from tests.production.looking import assert_constant, text

pytestmark = pytest.mark.django_db
BASE = "/o/acme"


def build(organization: Organization, item: Item, number: str, good: str, **columns: Any) -> None:
    columns.setdefault("order_quantity", Decimal(10))
    row = CompletionRow(2, number, Decimal(good), item_id=item.pk, completed_at=NOON, **columns)
    with bind(organization):
        result = load_completions(rows=[row], actor=None, reason="Completions file")
    assert not result.errors


# The list


def test_the_list_shows_how_far_orders_are(
    organization: Organization, table: Item, alice_client: Client
) -> None:
    build(organization, table, "WO1", "4", scrap_quantity=Decimal(1))

    page = text(alice_client, f"{BASE}/orders/")

    for part in ("WO1", "TABLE", "A table", "Production", "1 waiting", ">10<", ">4<", ">1<"):
        assert part in page, part


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=WO-A", {"WO-A1", "WO-A2"}),
        ("q=wo-a1", {"WO-A1"}),
        ("q=TAB", {"WO-A1", "WO-B1"}),
        ("q=A1", set()),
        ("status=PLACED", {"WO-A2"}),
        ("state=waiting", {"WO-A1"}),
        ("state=closed", {"WO-B1"}),
        ("state=open", {"WO-A1", "WO-A2"}),
        ("due_from=2025-11-19", {"WO-A1"}),
        ("due_to=2025-11-18", {"WO-A2"}),
        ("q=%00", {"WO-A1", "WO-A2", "WO-B1"}),
        ("q=%F4%8F%BF%BF", set()),
    ],
)
def test_the_list_is_searched_and_filtered(
    organization: Organization, table: Item, alice_client: Client, query: str, found: set[str]
) -> None:
    chair = make_product(organization, "CHAIR")
    first = make_order(organization, table, 10, "WO-A1", due_on=NOON.date())
    make_order(
        organization, chair, 10, "WO-A2", status=OrderStatus.PLACED, due_on=NOON.date().replace(day=18)
    )
    make_order(organization, table, 10, "WO-B1", status=OrderStatus.COMPLETED, is_closed=True)
    make_completion(organization, first)

    page = text(alice_client, f"{BASE}/orders/?{query}")

    assert {number for number in ("WO-A1", "WO-A2", "WO-B1") if number in page} == found


def test_the_list_is_sorted_and_paged(organization: Organization, table: Item, alice_client: Client) -> None:
    for number in range(52):
        make_order(organization, table, 10, f"WO-{number:02}")

    first = text(alice_client, f"{BASE}/orders/?sort=number")
    last = text(alice_client, f"{BASE}/orders/?sort=-number&page=2")

    assert first.index("WO-00") < first.index("WO-49")
    assert "WO-50" not in first
    assert last.index("WO-01") < last.index("WO-00")


def test_the_list_costs_the_same_whatever_it_shows(
    organization: Organization, table: Item, alice_client: Client
) -> None:
    def fill(more: int) -> None:
        for _ in range(more):
            make_completion(organization, make_order(organization, table))

    assert_constant(alice_client, f"{BASE}/orders/", fill)


# The page of an order


def test_an_order_shows_its_recipe_beside_the_bill_of_today(
    organization: Organization, table: Item, alice_client: Client
) -> None:
    leg, top, wax = (make_item(organization, sku) for sku in ("LEG", "TOP", "WAX"))
    make_bom(organization, table, [(leg, 4), (top, 1)])
    build(organization, table, "WO1", "4")
    make_bom(organization, table, [(leg, 3), (wax, 2)])

    page = text(alice_client, f"{BASE}/orders/WO1/")

    assert "now 3 EA each" in page
    assert "not in the bill now" in page
    assert "has in addition: WAX: 2 EA each" in page
    assert "3 differences" in page


def test_phantoms_stand_before_their_lines(
    organization: Organization, table: Item, alice_client: Client
) -> None:
    frame, screw, top = (make_item(organization, sku) for sku in ("FRAME", "SCREW", "TOP"))
    make_bom(organization, table, [(frame, 1, {"is_phantom": True}), (top, 1)])
    make_bom(organization, frame, [(screw, 8)])
    build(organization, table, "WO1", "4")

    page = text(alice_client, f"{BASE}/orders/WO1/")

    assert page.index("FRAME") < page.index("SCREW") < page.index("TOP")
    assert 'class="lead deep-1"' in page


def test_an_order_costs_the_same_whatever_it_holds(
    organization: Organization, table: Item, alice_client: Client
) -> None:
    order = make_order(organization, table, 1000, "WO1")
    references = count(1)

    def fill(more: int) -> None:
        lines = [(make_item(organization), 1) for _ in range(more * 3)]
        make_bom(organization, table, lines)
        for _ in range(more):
            make_completion(organization, order, 1, reference=str(next(references)))
        with bind(organization):
            output = order.outputs.get()
            if not ensure_snapshots([output.pk], actor=None, reason="Draft").taken:
                retake_snapshot(output, actor=None, reason="Anew")

    assert_constant(alice_client, f"{BASE}/orders/WO1/", fill)


def test_a_number_with_a_slash_has_its_page(
    organization: Organization, table: Item, alice_client: Client
) -> None:
    make_order(organization, table, 10, "MO/2025/0001")

    assert "MO/2025/0001" in text(alice_client, f"{BASE}/orders/MO/2025/0001/")
    assert 'href="/o/acme/orders/MO/2025/0001/"' in text(alice_client, f"{BASE}/orders/")


def test_charlie_sees_nothing(organization: Organization, table: Item, charlie_client: Client) -> None:
    make_order(organization, table, 10, "WO1")
    make_bom(organization, table, [(make_item(organization), 1)])

    for path in ("/orders/", "/orders/WO1/", "/bills/", f"/bills/{table.pk}/"):
        assert charlie_client.get(BASE + path).status_code == 404
    for path in ("/orders/WO1/", f"/bills/{table.pk}/"):
        assert charlie_client.get("/o/other" + path).status_code == 404
    assert "WO1" not in text(charlie_client, "/o/other/orders/")


# Doing


def test_an_order_is_entered_released_and_built(
    organization: Organization, table: Item, supervisor_client: Client
) -> None:
    make_reason(organization, "BROKEN")
    entered = supervisor_client.post(
        f"{BASE}/new-order/", {"number": "WO1", "sku": "TABLE", "quantity": "10", "kind": "production"}
    )
    assert entered["Location"] == f"{BASE}/orders/WO1/"
    assert "the first one moves it to Production" in text(
        supervisor_client, f"{BASE}/orders/WO1/status/PLACED/"
    )
    supervisor_client.post(f"{BASE}/orders/WO1/status/PLACED/", {"reason": ""})
    with bind(organization):
        output = WorkOrder.objects.get(status=OrderStatus.PLACED).outputs.get()

    done = supervisor_client.post(
        f"{BASE}/orders/WO1/completions/new/",
        {"output": output.pk, "good_quantity": "10.5", "scrap_quantity": "0"},
        follow=True,
    )

    assert "Order WO1 has 10.5 good of 10 ordered." in done.content.decode()
    with bind(organization):
        made = Completion.objects.get()
        assert (made.good_quantity, made.is_final, made.recorded_by.email) == (
            Decimal("10.5"),
            True,
            "sue@example.com",
        )


def test_what_is_refused_stands_beside_its_field(
    organization: Organization, table: Item, supervisor_client: Client
) -> None:
    build(organization, table, "WO1", "4")
    with bind(organization):
        output = WorkOrder.objects.get().outputs.get()

    response = supervisor_client.post(
        f"{BASE}/orders/WO1/completions/new/",
        {"output": output.pk, "good_quantity": "-5", "scrap_quantity": "0", "reference": "R2"},
    )

    assert response.status_code == 422
    assert response.context["form"].errors["good_quantity"] == [
        "Order WO1 has 4 good reported: a correction of -5 would leave less than nothing. Correct no more than was "
        "reported."
    ]


def test_a_completion_is_changed_until_it_is_posted(
    organization: Organization, table: Item, supervisor_client: Client
) -> None:
    build(organization, table, "WO1", "4", reference="R1")
    with bind(organization):
        made = Completion.objects.get()
    url = f"{BASE}/orders/WO1/completions/{made.pk}/"
    assert 'value="4"' in text(supervisor_client, url)

    supervisor_client.post(
        url, {"good_quantity": "5", "scrap_quantity": "0", "completed_at": "2025-11-19T12:00"}
    )
    with bind(organization):
        made.refresh_from_db()
        assert (made.good_quantity, made.reference) == (Decimal(5), "R1")
        mark_completions([made.pk], state="posted", actor=None, reason="Posted")

    page = supervisor_client.post(
        url, {"good_quantity": "6", "scrap_quantity": "0"}, follow=True
    ).content.decode()
    assert "This completion is posted." in page


def test_a_closed_order_is_reopened_by_a_controller_with_a_reason(
    organization: Organization, table: Item, supervisor_client: Client, bob_client: Client
) -> None:
    build(organization, table, "WO1", "10")
    with bind(organization):
        mark_completions([Completion.objects.get().pk], state="posted", actor=None, reason="Posted")
        advance_orders([WorkOrder.objects.get().pk], actor=None, reason="Posted")
    url = f"{BASE}/orders/WO1/reopen/"

    assert supervisor_client.post(url, {"reason": "One was bad"}).status_code == 403
    assert "This field is required" in bob_client.post(url, {"reason": ""}).content.decode()
    page = bob_client.post(url, {"reason": "One was bad"}, follow=True).content.decode()

    assert "Order WO1 is open again." in page
    assert "One was bad" in page


def test_cancelling_asks_for_a_reason(
    organization: Organization, table: Item, supervisor_client: Client
) -> None:
    make_order(organization, table, 10, "WO1")
    url = f"{BASE}/orders/WO1/status/CANCELLED/"

    assert "cannot be taken up again" in text(supervisor_client, url)
    supervisor_client.post(url, {"reason": ""})
    with bind(organization):
        assert WorkOrder.objects.get().status == OrderStatus.PRODUCTION
    supervisor_client.post(url, {"reason": "Customer left"})
    with bind(organization):
        order = WorkOrder.objects.get()
        assert order.status == OrderStatus.CANCELLED
        assert order.history.latest().history_change_reason == "Customer left"


def test_an_illegal_move_comes_back_with_what_is_possible(
    organization: Organization, table: Item, supervisor_client: Client
) -> None:
    make_order(organization, table, 10, "WO1")

    page = supervisor_client.post(f"{BASE}/orders/WO1/status/DRAFT/", {}, follow=True).content.decode()

    assert "goes from there to In Transit, Partial, Received, Cancelled, not to Draft" in page


@pytest.mark.parametrize(
    "path",
    [
        "new-order/",
        "orders/WO1/completions/new/",
        "orders/WO1/status/PARTIAL/",
        "orders/WO1/finish/",
        "orders/WO1/reopen/",
    ],
)
def test_an_auditor_only_reads(organization: Organization, table: Item, path: str) -> None:
    make_order(organization, table, 10, "WO1")
    client = client_of(make_member(organization, "auditor"))

    assert client.get(f"{BASE}/orders/WO1/").status_code == 200
    assert client.get(f"{BASE}/{path}").status_code == 403


# Papers


def test_a_paper_is_kept_and_fetched_as_an_attachment(
    organization: Organization, table: Item, supervisor_client: Client
) -> None:
    make_order(organization, table, 10, "WO1")
    paper = SimpleUploadedFile("../traveller ü.pdf", b"%PDF-1.7 <script>", content_type="text/html")

    supervisor_client.post(f"{BASE}/orders/WO1/papers/", {"file": paper})

    with bind(organization):
        kept = Document.objects.get()
    assert (kept.name, kept.content_type) == ("traveller ü.pdf", "application/pdf")
    answer = supervisor_client.get(f"{BASE}/orders/WO1/papers/{kept.pk}/")
    assert answer.content == b"%PDF-1.7 <script>"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"

    supervisor_client.post(f"{BASE}/orders/WO1/papers/{kept.pk}/remove/", {"reason": "Wrong order"})
    with bind(organization):
        assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.html", b"<script>", "are not kept"),
        ("a.pdf", b"<html>", "is not what its ending"),
        ("a.png", b"%PDF-1.7", "is not what its ending"),
        ("a.txt", b"a\x00b", "is not what its ending"),
        ("a.txt", b"", "Choose a file first"),
        ("a.txt", b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_a_paper_that_cannot_be_kept_is_refused(
    organization: Organization, table: Item, supervisor_client: Client, name: str, content: bytes, words: str
) -> None:
    make_order(organization, table, 10, "WO1")

    answer = supervisor_client.post(
        f"{BASE}/orders/WO1/papers/", {"file": SimpleUploadedFile(name, content)}, follow=True
    )

    assert words in answer.content.decode()
    with bind(organization):
        assert not Document.objects.exists()


def test_an_auditor_gives_no_papers(organization: Organization, table: Item) -> None:
    make_order(organization, table, 10, "WO1")
    client = client_of(make_member(organization, "auditor"))

    answer = client.post(f"{BASE}/orders/WO1/papers/", {"file": SimpleUploadedFile("a.txt", b"hello")})

    assert answer.status_code == 403


def test_rooms_above_show_the_orders_backflushes(
    organization: Organization, table: Item, alice_client: Client
) -> None:
    drafted = make_draft(organization)
    with bind(organization):
        number = drafted.completion.output.work_order.number
    build(organization, table, "WO-W", "4")

    assert drafted.number in text(alice_client, f"{BASE}/orders/{number}/")
    assert "Draft 1 completion<" in text(alice_client, f"{BASE}/orders/WO-W/")
