"""The pages of documents: what each role sees and may press, and what they cost."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.models import ApprovalRequest
from approvals.queries.documents import queue_of
from backflush.models import Backflush, BackflushLine, LotPick
from inventory.models import Item, Period, StockEntry
from tests import factories
from tests.backflush.shop import Shop, open_shop, simple_order
from tests.documents import make_draft, make_submitted
from tests.factories import client_of, make_member

pytestmark = pytest.mark.django_db
BUTTONS = ("submit", "approve", "return", "discard", "reverse", "recompute")


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


def url(name: str, *arguments: object, slug: str = "acme") -> str:
    return reverse(f"approvals:{name}", args=[slug, *arguments])


def page(user: User, backflush: Backflush) -> str:
    response = factories.client_of(user).get(url("document", backflush.number))
    assert response.status_code == 200
    return str(response.content.decode())


def buttons(user: User, backflush: Backflush) -> set[str]:
    shown = page(user, backflush)
    return {name for name in BUTTONS if url(name, backflush.number) in shown}


def test_page_shows_figures_sums_and_who_did_what(shop: Shop) -> None:
    simple_order(shop, good=8, scrap=2)
    draft = shop.change(shop.draft(), "M", actual_quantity=Decimal(23), note="two were bent")
    shown = page(shop.planner, draft)
    for words in ("BF-000001", "WO-1", "8 good + 2 scrapped", "$80.00", "two were bent", str(shop.planner)):
        assert words in shown
    assert "(8 good + 2 scrap) × 2" in shown
    assert "U" in shown


def test_buttons_follow_status_and_role(shop: Shop) -> None:
    auditor = factories.make_member(shop.organization, "auditor")
    simple_order(shop)
    draft = shop.draft()
    assert buttons(shop.planner, draft) == {"submit", "discard"}
    assert buttons(shop.controller, draft) == buttons(auditor, draft) == set()
    submitted = shop.submit(draft)
    assert buttons(shop.planner, submitted) == set()
    assert buttons(shop.controller, submitted) == {"approve", "return"}
    assert buttons(auditor, submitted) == set()
    posted = shop.approve(submitted)
    assert buttons(shop.controller, posted) == set()
    assert buttons(shop.other_controller, posted) == {"reverse"}
    assert buttons(shop.planner, posted) == buttons(auditor, posted) == set()


def test_stale_page_offers_to_recompute_and_nothing_else_that_moves_it(shop: Shop) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    shop.organization.tolerance_percent = Decimal(5)
    save_row(shop.organization, actor=None, reason="eased", fields=["tolerance_percent"])
    assert buttons(shop.planner, submitted) == {"recompute"}
    assert buttons(shop.controller, submitted) == {"return"}
    assert "It cannot be signed as it stands" in page(shop.controller, submitted)


def test_whole_road_by_its_pages(shop: Shop) -> None:
    """Save a line, submit, return with a figure, take it, submit again, approve, reverse."""
    simple_order(shop)
    draft = shop.draft()
    line = shop.lines(draft)["M"]
    planner, signer, other = (
        factories.client_of(user) for user in (shop.planner, shop.controller, shop.other_controller)
    )
    number = draft.number
    reason = shop.reason()
    form = {"version": draft.version, "actual": "21", "reason": reason.pk, "note": "bent", "item": "M"}
    assert planner.post(url("edit_line", number, line.pk), form).status_code == 302
    planner.post(url("submit", number), {"note": "please"})
    assert shop.again(draft.pk).status == "SUBMITTED"
    question = {"note": "Was it not 22?", "line": line.pk, "proposed_quantity": "22"}
    signer.post(url("return", number), question)
    shown = planner.get(url("document", number)).content.decode()
    assert "Was it not 22?" in shown
    assert "Proposed for M: 22." in shown
    form |= {"version": shop.again(draft.pk).version, "actual": "22"}
    planner.post(url("edit_line", number, line.pk), form)
    planner.post(url("submit", number))
    signer.post(url("approve", number), {"note": "fine"})
    assert shop.again(draft.pk).status == "POSTED"
    assert shop.balance("M")[0] == 978
    signer.post(url("reverse", number), {"reason": "Wrong order"})
    assert shop.again(draft.pk).status == "POSTED"
    other.post(url("reverse", number), {"reason": ""})
    assert shop.again(draft.pk).status == "POSTED"
    other.post(url("reverse", number), {"reason": "Wrong order"})
    assert shop.again(draft.pk).status == "REVERSED"
    assert "Wrong order" in page(shop.planner, draft)


def test_saving_over_somebody_elses_change_is_refused_on_the_page(shop: Shop) -> None:
    simple_order(shop)
    draft = shop.draft()
    line = shop.lines(draft)["M"]
    shop.change(draft, "M", actual_quantity=Decimal(21))
    answer = factories.client_of(shop.planner).post(
        url("edit_line", draft.number, line.pk),
        {"version": draft.version, "actual": "25", "item": "M"},
        follow=True,
    )
    assert "Somebody changed BF-000001 while you looked at it" in answer.content.decode()
    assert shop.lines(draft)["M"].actual_quantity == 21


def test_what_if_answers_and_writes_nothing(shop: Shop) -> None:
    simple_order(shop)
    draft = shop.draft()
    line = shop.lines(draft)["M"]

    def everything() -> list[object]:
        with bind(shop.organization):
            return [
                list(model.objects.order_by("pk").values_list())
                for model in (Backflush, BackflushLine, LotPick, StockEntry, ApprovalRequest)
            ] + [Backflush.history.count(), BackflushLine.history.count()]

    before = everything()
    answer = factories.client_of(shop.planner).post(
        url("what_if", draft.number, line.pk), {"actual": "21", "item": "M"}
    )
    shown = answer.content.decode()
    assert "With the figure you are typing" in shown
    assert "+$5.00\u00a0U" in shown
    assert everything() == before


def test_what_if_shows_stock_journal_and_signatures_of_the_figure_being_typed(shop: Shop) -> None:
    """210 of M at 5.00 reach the tier from 1,000.00; another item leaves M as it is."""
    simple_order(shop)
    other = factories.make_item(shop.organization, "ALT", cost=6)
    factories.set_stock(shop.organization, other, 12, unit_cost=6)
    draft = shop.draft()
    line = shop.lines(draft)["M"]
    client = factories.client_of(shop.planner)

    def typed(**fields: str) -> str:
        answer = client.post(url("what_if", draft.number, line.pk), fields).content.decode()
        return " ".join(re.sub(r"<[^>]+>", " ", answer).split())

    shown = typed(actual="210", item="M")
    assert "M 210 without lot 1,000 790" in shown
    assert "Component inventory −$1,050.00" in shown
    assert "Signs Controller" in shown
    assert "ALT 12 without lot, 8 short 12 −8" in typed(actual="20", item="ALT")


def test_what_if_of_half_a_figure_says_so(shop: Shop) -> None:
    simple_order(shop)
    draft = shop.draft()
    line = shop.lines(draft)["M"]
    answer = factories.client_of(shop.planner).post(
        url("what_if", draft.number, line.pk), {"actual": "2.", "item": "NO-SUCH"}
    )
    assert "Finish the figure" in answer.content.decode()


def test_closed_period_asks_before_it_posts_on_the_first_open_day(shop: Shop) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    day = factories.TODAY
    with bind(shop.organization):
        period = Period(
            organization=shop.organization, starts_on=day.replace(day=1), ends_on=day.replace(day=30)
        )
        period.status = "closed"
        save_row(period, actor=None, reason="closed")
    client = factories.client_of(shop.controller)
    asked = client.post(url("approve", submitted.number))
    assert asked.status_code == 422
    assert "Post on the first open day" in asked.content.decode()
    assert shop.again(submitted.pk).status == "SUBMITTED"
    client.post(url("approve", submitted.number), {"first_open_day": "1"})
    assert str(shop.again(submitted.pk).posted_on) == "2025-12-01"


def test_other_organization_finds_no_document(shop: Shop) -> None:
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    stranger = open_shop("other")
    line = shop.lines(submitted)["M"]
    client = factories.client_of(stranger.controller)
    assert client.get(url("document", submitted.number)).status_code == 404
    assert client.get(url("document", submitted.number, slug="other")).status_code == 404
    for name in ("approve", "return", "reverse"):
        assert client.post(url(name, submitted.number, slug="other")).status_code == 404
    planner = factories.client_of(stranger.planner)
    path = url("edit_line", submitted.number, line.pk, slug="other")
    assert planner.post(path, {"actual": "1"}).status_code == 404
    assert shop.again(submitted.pk).status == "SUBMITTED"


def test_queue_splits_what_is_mine_from_what_waits_for_others(shop: Shop) -> None:
    finance = factories.make_member(shop.organization, "finance")
    simple_order(shop)
    submitted = shop.submit(shop.draft())
    mine = factories.client_of(shop.controller).get(url("queue")).content.decode()
    assert "1 document waits for you" in mine
    theirs = factories.client_of(finance).get(url("queue")).content.decode()
    assert "0 documents wait for you" in theirs
    assert "A controller signs next." in theirs
    assert submitted.number in theirs


def test_ticked_documents_are_signed_in_the_background(shop: Shop) -> None:
    _more(shop, 2)
    with bind(shop.organization):
        pks = list(Backflush.objects.values_list("pk", flat=True))
    answer = factories.client_of(shop.controller).post(url("approve_many"), {"backflush": pks})
    assert "/jobs/" in answer.url  # type: ignore[attr-defined]
    assert factories.run_jobs() == 1
    with bind(shop.organization):
        assert set(Backflush.objects.values_list("status", flat=True)) == {"POSTED"}


def _more(shop: Shop, count: int) -> None:
    """So many submitted documents, each of an order of its own."""
    org = shop.organization
    for _ in range(count):
        material = factories.make_item(org, cost=5)
        factories.set_stock(org, material, 100, unit_cost=5)
        product = factories.make_product(org)
        factories.make_bom(org, product, [(material, 2)])
        factories.make_completion(org, factories.make_order(org, product, 10), 10)
        shop.submit(shop.draft())


def _queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", ["queue", "documents", "tiers"])
def test_lists_ask_as_much_for_three_rows_as_for_one(shop: Shop, name: str) -> None:
    client = factories.client_of(shop.controller)
    _more(shop, 1)
    one = _queries(client, url(name))
    _more(shop, 2)
    assert _queries(client, url(name)) == one


def _long_draft(shop: Shop, lines: int) -> Backflush:
    org = shop.organization
    parts = [factories.make_item(org, cost=5, tracking="lot" if n % 2 else "none") for n in range(lines)]
    product = factories.make_product(org)
    factories.make_bom(org, product, [(part, 2) for part in parts])
    for n, part in enumerate(parts[:3]):
        lot = factories.make_lot(org, part) if n % 2 else None
        factories.set_stock(org, part, 100, lot=lot, unit_cost=5)
    factories.make_completion(org, factories.make_order(org, product, 10), 10)
    return shop.draft()


def test_draft_page_asks_as_much_for_three_hundred_lines_as_for_three(shop: Shop) -> None:
    client = factories.client_of(shop.planner)
    few, many = _long_draft(shop, 3), _long_draft(shop, 300)
    assert (few.line_count, many.line_count) == (3, 300)
    client.get(url("document", few.number))
    assert _queries(client, url("document", many.number)) == _queries(client, url("document", few.number))


def test_long_draft_comes_in_pages_what_needs_a_look_first_and_is_searched(shop: Shop) -> None:
    client = factories.client_of(shop.planner)
    draft = _long_draft(shop, 120)
    with bind(shop.organization):
        last = draft.lines.order_by("-position").select_related("item")[0]
    shop.change(draft, last.item.sku, actual_quantity=Decimal(30))

    def lines(query: str = "") -> list[str]:
        page = client.get(url("document", draft.number) + query).content.decode()
        return re.findall(r'id="line-(\d+)"', page)

    assert [len(lines(f"?page={n}")) for n in (1, 2, 3)] == [50, 50, 20]
    assert lines()[0] == str(last.pk)
    assert len({*lines("?page=1"), *lines("?page=2"), *lines("?page=3")}) == 120
    assert lines(f"?find={last.item.sku.lower()}") == [str(last.pk)]


def test_line_saved_on_a_later_page_comes_back_to_it(shop: Shop) -> None:
    client = factories.client_of(shop.planner)
    draft = _long_draft(shop, 60)
    with bind(shop.organization):
        line = draft.lines.order_by("-position")[0]
    answer = client.post(
        url("edit_line", draft.number, line.pk) + "?page=2", {"version": "1", "actual": "21", "item": ""}
    )
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        url("document", draft.number) + "?page=2",
    )


def test_today_lists_what_a_planner_has_to_finish(
    organization: Organization, alice: User, alice_client: Client
) -> None:
    draft = make_draft(organization, alice)
    page = alice_client.get("/o/acme/").content.decode()
    assert "Yours to finish" in page
    assert f"/review/{draft.number}/" in page
    signer = client_of(make_member(organization, "controller"))
    assert "Yours to finish" not in signer.get("/o/acme/").content.decode()


def test_queue_shows_a_page_of_the_heaviest_and_says_what_follows(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With smaller numbers than in use: pages of one, and the two heaviest of three."""
    for _ in range(3):
        make_submitted(organization)
    monkeypatch.setattr("approvals.views.queue.PER_PAGE", 1)
    monkeypatch.setattr("approvals.views.queue.HEAVIEST", 2)
    monkeypatch.setattr(queue_of, "__kwdefaults__", {"limit": 2, "is_bare": False})
    signer = client_of(make_member(organization, "controller"))
    page = signer.get("/o/acme/review/").content.decode()
    assert "2 documents wait for you · the 2 heaviest are shown, 1 lighter one follows" in page
    assert page.count('name="backflush"') == 1
    assert "?page=2" in page


def test_short_line_says_what_other_drafts_hold(shop: Shop) -> None:
    """560 of 1,000 are in the first draft; the second finds 440 of its 560, though all 1,000 are on hand."""
    simple_order(shop, good=8, usage=70)
    first = shop.draft()
    with bind(shop.organization):
        product = Item.objects.get(sku="P")
    factories.make_completion(
        shop.organization, factories.make_order(shop.organization, product, 8, "WO-2"), 8
    )
    second = shop.draft()
    assert "Other drafts hold" not in page(shop.planner, first)
    assert "Other drafts hold 560 EA of it." in page(shop.planner, second)


def test_list_of_documents_counts_all_of_them_once(shop: Shop) -> None:
    simple_order(shop)
    shop.draft()
    shown = factories.client_of(shop.planner).get(url("documents")).content.decode()
    assert shown.count('aria-label="Pages"') == 1


def test_component_that_is_added_needs_its_item_and_its_quantity(shop: Shop) -> None:
    simple_order(shop)
    draft = shop.draft()
    client = factories.client_of(shop.planner)
    answer = client.post(url("add_line", draft.number), {"version": draft.version, "note": "found"})
    assert set(answer.context["form"].errors) == {"actual", "item"}
    assert "Name the item that was used." in answer.content.decode()
