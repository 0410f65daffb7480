"""The whole road in a browser, from the planner's files to the ERP's, and what each role must not be able to do."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import modify_settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.roles import Role
from tests import documents
from tests.browser.people import NARROW, Person, sitting_down
from tests.factories import make_member, make_organization, run_jobs
from tests.roles import empty_tables

ITEMS = """sku,description,kind,unit,rounding_step,location
P-100,Hand pump,sku,EA,1,FG
M-10,Pump body,material,EA,1,SHOP
M-20,Grease,material,g,0.1,SHOP
"""
BOMS = """parent_sku,component_sku,usage,usage_per,scrap_percent
P-100,M-10,2,unit,
P-100,M-20,2.5,unit,4
"""
COSTS = "sku,unit_cost\nP-100,12\nM-10,5\nM-20,0.10\n"
STOCK = """sku,location,lot,on_hand,unit_cost,received_on,counted_at
M-10,SHOP,A-1,15,5.10,2025-10-01,2025-11-17 06:00
M-10,SHOP,A-2,100,5.20,2025-11-01,2025-11-17 06:00
M-20,SHOP,G-1,500,0.10,2025-10-01,2025-11-17 06:00
"""
COMPLETIONS = """wo_number,sku,order_qty,completed_qty,scrap_qty,scrap_reason,completed_at
WO-1,P-100,11,10,1,QUALITY,2025-11-18 14:00
WO-2,P-100,4,4,,,2025-11-18 15:00
"""
FILES = {"items": ITEMS, "boms": BOMS, "costs": COSTS, "stock": STOCK, "completions": COMPLETIONS}

SignIn = Callable[..., Person]
Command = Callable[..., tuple[int, str]]


@contextmanager
def served() -> Iterator[str]:
    """A server for the whole file, where pytest-django's own would empty the tables after each test."""
    server = LiveServer("localhost:0")
    with modify_settings(ALLOWED_HOSTS={"append": "localhost"}):
        yield server.url
    server.stop()


@pytest.fixture(scope="module")
def address(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock(), served() as url:
        yield url
        empty_tables()


@pytest.fixture(scope="module")
def acme(address: str) -> Staff:
    """Where the road is walked."""
    return Staff("acme")


@pytest.fixture(scope="module")
def works(address: str) -> Staff:
    """Where there is one document in every state already."""
    return Staff("works")


class Staff:
    """An organization with one of each role, and a second controller."""

    def __init__(self, slug: str) -> None:
        self.organization = make_organization(slug)
        self.people = {
            name: make_member(self.organization, name.rstrip("2"), f"{name}@at-{slug}.example.com")
            for name in (*(role.value for role in Role), "controller2")
        }


@pytest.fixture
def sign_in(browser: Browser, address: str) -> Iterator[SignIn]:
    """By role. In the end no page that anybody opened has complained."""
    seated: list[Person] = []

    def at(staff: Staff, role: str, **looks: Any) -> Person:
        slug = staff.organization.slug
        person = sitting_down(browser, f"{address}/o/{slug}/", staff.people[role], **looks)
        seated.append(person)
        return person

    yield at
    for person in seated:
        person.page.context.close()
    assert [complaint for person in seated for complaint in person.complaints] == []


def check(planner: Person, kind: str, name: str, content: str) -> Page:
    page = planner.goes_to("imports/")
    page.get_by_role("link", name="New import").click()
    page.get_by_label("What is in it?").select_option(kind)
    page.get_by_label("A file", exact=True).set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))
    if page.url.endswith("/columns/"):  # headers that are known go straight to the preview
        page.get_by_role("button", name="Check the file").click()
        page.wait_for_url(re.compile(r"/imports/\d+/$"))
    return page


def upload(planner: Person, kind: str, name: str, content: str) -> None:
    """Choose, check, load: three pages, each with its next step."""
    page = check(planner, kind, name, content)
    page.get_by_role("button", name=re.compile("^Load ")).click()
    expect(page.get_by_text("are loaded.")).to_be_visible()


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `manage.py` with these words; answers its exit code and what it said."""

    def run(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        try:
            call_command(*words)
        except CommandError as error:
            return 1, str(error)
        except SystemExit as end:
            said = capsys.readouterr()
            return int(end.code or 0), said.out + said.err
        said = capsys.readouterr()
        return 0, said.out + said.err

    return run


def test_road(acme: Staff, sign_in: SignIn, command: Command) -> None:
    planner = sign_in(acme, "planner")
    for kind, content in FILES.items():
        upload(planner, kind, f"{kind}.csv", content)
    see_what_waits(planner)
    draft(planner, 2)
    edit_and_submit(planner)
    sign_by_keys(sign_in(acme, "controller"))
    see_the_books(planner)
    refuse_a_second_time(planner, sign_in(acme, "supervisor"), command)
    first = export(planner)
    assert download(planner.goes_to("exports/EX-000001/")) == first  # next week too
    reverse(sign_in(acme, "controller2"))
    inverse_falls_due(planner, command)


def see_what_waits(planner: Person) -> None:
    page = planner.goes_to()
    expect(page.get_by_text("Completions to draft")).to_be_visible()
    page = planner.goes_to("orders/")
    expect(page.get_by_text("1 waiting")).to_have_count(2)


def draft(planner: Person, completions: int) -> None:
    """By the worker, whose progress the page shows."""
    page = planner.goes_to("backflushes/")
    page.get_by_role("button", name=f"Draft {completions} completion").click()
    expect(page.get_by_text("waiting to start")).to_be_visible()
    run_jobs()
    expect(page.get_by_text(f"{completions} drafted")).to_be_visible()


def edit_and_submit(planner: Person) -> None:
    """The first as it is drafted; on the second a body more was used, which needs its reason."""
    page = planner.goes_to("orders/WO-1/")
    page.get_by_role("link", name="BF-000001").click()
    page.get_by_role("button", name="M-10").click()
    line = page.locator("tr.inside:visible")
    expect(line).to_contain_text("(10 good + 1 scrap) × 2 EA = 22.000000 EA → 22 EA (step 1 up)")
    expect(line).to_contain_text("A-1SHOP1 Oct 202515$5.10A-2SHOP1 Nov 20257$5.20")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("BF-000001 is submitted and waits for a signature.")).to_be_visible()

    page = planner.goes_to("review/BF-000002/")
    page.get_by_role("button", name="As expected").click()
    page.get_by_role("button", name="M-10").click()
    page.get_by_label("Actual").locator("visible=true").fill("9")
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    expect(page.locator("#outlook")).to_contain_text("+$6.80 U")
    page.get_by_role("button", name="Save the line").locator("visible=true").click()
    expect(page.get_by_text("Needs a reason")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("M-10 is beyond tolerance and needs a reason.")).to_be_visible()
    page.get_by_role("button", name="M-10").click()
    page.get_by_label("Reason").locator("visible=true").select_option("Damaged or spilled")
    page.get_by_label("Note").locator("visible=true").fill("Dropped at station 4")
    page.get_by_role("button", name="Save the line").locator("visible=true").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("BF-000002 is submitted and waits for a signature.")).to_be_visible()
    happened = page.locator(".side")
    expect(happened).to_contain_text("Actual quantity 8 → 9")
    expect(happened).to_contain_text("Dropped at station 4")


def sign_by_keys(controller: Person) -> None:
    """Largest at risk first: j and k walk, o opens, a approves and goes on to the next."""
    page = controller.goes_to("review/")
    expect(page.get_by_text("2 documents wait for you")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/review/BF-000001/")
    page.keyboard.press("j")
    page.wait_for_url("**/review/BF-000002/")
    page.keyboard.press("k")
    page.wait_for_url("**/review/BF-000001/")
    page.keyboard.press("a")
    page.wait_for_url("**/review/BF-000002/")
    expect(page.get_by_text("BF-000001 is approved and posted.")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("BF-000002 is approved and posted.")).to_be_visible()


def see_the_books(planner: Person) -> None:
    """Stock down, finished goods up, and a journal that balances."""
    page = planner.goes_to("stock/")
    for item, left in (("M-10", "84"), ("M-20", "461"), ("P-100", "14")):
        expect(page.locator("tr", has_text=item)).to_contain_text(left)
    page = planner.goes_to("stock/ledger/?event=CONSUME")
    expect(page.locator("tbody tr")).to_have_count(5)
    page = planner.goes_to("review/BF-000001/")
    booked = page.locator("#outlook")
    for account, amount in (
        ("Component inventory", "−$115.76"), ("Finished goods", "+$105.50"), ("Scrap loss", "+$10.26"),
    ):  # fmt: skip
        expect(booked.locator("tr", has_text=account)).to_contain_text(amount)
    expect(planner.goes_to("orders/WO-1/").locator("h1")).to_contain_text("Completed")


def refuse_a_second_time(planner: Person, supervisor: Person, command: Command) -> None:
    """The page offers nothing and refuses what is sent to it; so do a file, the command and the supervisor's page."""
    page = planner.goes_to("backflushes/")
    expect(page.get_by_role("button", name="Draft")).to_have_count(0)
    job = planner.sends("backflushes/draft/", work_order="WO-1").url
    run_jobs()
    page.goto(job)
    expect(page.get_by_text("WO-1 is backflushed already, by BF-000001.")).to_be_visible()
    code, said = command("draft_backflushes", "--org", "acme", "--work-order", "WO-1")
    assert (code, said.splitlines()[0]) == (1, "0 drafted, 1 refused")
    assert "WO-1 is backflushed already, by BF-000001." in said
    page = check(planner, "completions", "again.csv", COMPLETIONS.replace("10,1,QUALITY", "11,,"))
    expect(page.get_by_text("Order WO-1 is backflushed and closed")).to_be_visible()
    page = supervisor.goes_to("orders/WO-1/")
    expect(page.get_by_role("link", name="Record what was built")).to_have_count(0)
    page = supervisor.goes_to("orders/WO-1/completions/new/")
    page.get_by_label("Good").fill("1")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("WO-1 is backflushed and closed")).to_be_visible()


def export(planner: Person) -> bytes:
    page = planner.goes_to("exports/")
    page.get_by_label("Stock adjustments").check()
    page.get_by_role("button", name="Write the file").click()
    expect(page.get_by_text("EX-000001 is written: 7 lines.")).to_be_visible()
    return download(page)


def download(page: Page) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the file").click()
    return started.value.path().read_bytes()


def reverse(controller: Person) -> None:
    """Not without a reason, and by somebody other than who signed."""
    page = controller.goes_to("review/BF-000002/")
    page.get_by_role("link", name="Reverse").click()
    page.get_by_role("button", name="Reverse the posting").click()
    assert page.url.endswith("/reverse/")  # the browser itself asks for the reason
    page.get_by_label("Reason").fill("Reported on the wrong order")
    page.get_by_role("button", name="Reverse the posting").click()
    expect(page.get_by_text("BF-000002 is reversed. Its completion waits for a new draft.")).to_be_visible()


def inverse_falls_due(planner: Person, command: Command) -> None:
    """The ERP has a file with the original, so the opposite of its three entries goes out with the next one."""
    page = planner.goes_to("exports/")
    expect(page.locator(".figure", has_text="Due for the ERP")).to_contain_text("3")
    page.get_by_label("Stock adjustments").check()
    page.get_by_role("button", name="Write the file").click()
    expect(page.get_by_text("EX-000002 is written: 3 lines.")).to_be_visible()
    rows = csv.DictReader(download(page).decode().splitlines())
    assert [(row["item"], row["quantity"]) for row in rows] == [
        ("M-10", "9"),
        ("M-20", "10.4"),
        ("P-100", "-4"),
    ]
    draft(planner, 1)
    expect(planner.goes_to("orders/WO-2/").get_by_role("link", name="BF-000003")).to_be_visible()
    code, said = command("verify_books", "--org", "acme")
    assert (code, said.splitlines()[-1]) == (0, "All books hold.")


# What each role must not be able to do


@pytest.fixture(scope="module")
def papers(works: Staff) -> dict[str, str]:
    """A draft, a submitted and a posted document by their numbers, the last in a file for the ERP."""
    planner, controller = works.people["planner"], works.people["controller"]
    posted = documents.make_posted(works.organization, planner, controller).number
    documents.write_export(works.organization, planner)
    return {
        "draft": documents.make_draft(works.organization, planner).number,
        "submitted": documents.make_submitted(works.organization, planner).number,
        "posted": posted,
    }


def buttons(page: Page) -> set[str]:
    """What can be pressed in the page itself; searching and unfolding are reading."""
    found = page.locator("main :is(button, a.btn):not(.disclose):not(.filters *)")
    return {re.sub(r"\s+\S$", "", text.strip()) for text in found.all_inner_texts()} - {""}


NOTHING: set[str] = set()
BACK = "Back to the computed figure"
OFFERED = {
    "planner": {
        "draft": {"Discard", "Add a component", "Submit", "Save the line", "Choose lots", BACK},
        "submitted": NOTHING,
        "posted": NOTHING,
    },
    "supervisor": {"draft": NOTHING, "submitted": NOTHING, "posted": NOTHING},
    "controller": {"draft": NOTHING, "submitted": {"Return with a question", "Approve and post"}, "posted": NOTHING},
    "controller2": {
        "draft": NOTHING,
        "submitted": {"Return with a question", "Approve and post"},
        "posted": {"Reverse"},
    },
    "finance": {"draft": NOTHING, "submitted": {"Return with a question"}, "posted": NOTHING},
    "admin": {"draft": NOTHING, "submitted": NOTHING, "posted": NOTHING},
    "auditor": {"draft": NOTHING, "submitted": NOTHING, "posted": NOTHING},
}  # fmt: skip


@pytest.mark.parametrize("role", OFFERED)
def test_document_offers_each_role_its_own_actions(
    works: Staff, papers: dict[str, str], sign_in: SignIn, role: str
) -> None:
    person = sign_in(works, role)
    offered = {state: buttons(person.goes_to(f"review/{number}/")) for state, number in papers.items()}
    assert offered == OFFERED[role]


# What somebody might type or send who knows the address, and does not have the right.
FORBIDDEN = {
    "planner": ("review/{submitted}/approve/", "review/{posted}/reverse/", "orders/WO-1/reopen/", "members/invite/"),
    "supervisor": ("review/{submitted}/approve/", "review/{draft}/submit/", "imports/new/", "exports/new/"),
    "controller": ("review/{draft}/submit/", "backflushes/draft/", "imports/new/", "exports/new/", "settings/keys/"),
    "finance": ("review/{posted}/reverse/", "review/{draft}/discard/", "settings/signatures/new/", "exports/new/"),
    "admin": ("review/{submitted}/approve/", "review/{draft}/submit/", "settings/reasons/new/", "imports/new/"),
    "auditor": ("review/{submitted}/approve/", "review/{draft}/discard/", "imports/new/", "new-order/"),
}  # fmt: skip


@pytest.mark.parametrize("role", FORBIDDEN)
def test_address_without_the_right_is_refused_in_words(
    works: Staff, papers: dict[str, str], sign_in: SignIn, role: str
) -> None:
    person = sign_in(works, role)
    for path in FORBIDDEN[role]:
        assert person.sends(path.format(**papers)).status == 403, path
    answer = person.page.request.get(f"{person.url}{FORBIDDEN[role][0].format(**papers)}")
    assert answer.status == 403
    assert "Your role does not allow this" in answer.text()


def test_finance_cannot_sign_below_its_tier(works: Staff, papers: dict[str, str], sign_in: SignIn) -> None:
    person = sign_in(works, "finance")
    page = person.page
    page.goto(person.sends(f"review/{papers['submitted']}/approve/").url)
    expect(page.locator("h1")).to_contain_text("Waiting for a signature")
    expect(person.goes_to("review/").get_by_text("Nothing waits for your signature")).to_be_visible()


@pytest.mark.parametrize("role", ["planner", "controller", "admin", "auditor"])
def test_pages_of_the_menu_fit_a_narrow_screen(
    works: Staff, papers: dict[str, str], sign_in: SignIn, role: str
) -> None:
    """And the auditor finds nothing there that writes."""
    person = sign_in(works, role, viewport=NARROW)
    paths = [*person.menu(), *(f"review/{number}/" for number in papers.values())]
    assert len(paths) > 12
    wide, writing = [], []
    for path in paths:
        page = person.goes_to(path)
        wide += [path] if person.scrolls_sideways() else []
        writing += [path] if page.locator("main form[method=post]").count() else []
    assert wide == []
    if role == "auditor":
        assert writing == []
