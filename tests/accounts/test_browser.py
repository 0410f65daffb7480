"""In a real browser: an invitation from mail to membership, and a job that is watched to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accounts import jobs
from accounts.actions.webhooks import create_webhook
from accounts.jobs import start_job
from accounts.models import Organization, User
from accounts.progress import Progress
from accounts.tenancy.binding import bind
from tests import factories
from tests.accounts import work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme() -> Organization:
    return factories.make_organization("acme")


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    before = dict(jobs.KINDS)
    work.register()
    yield
    jobs.KINDS.clear()
    jobs.KINDS.update(before)


def sign_in(page: Page, address: str, user: User) -> None:
    page.goto(f"{address}/account/login/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/o/acme/")


def test_invited_person_joins_from_the_mail(live_server: Any, page: Page, acme: Organization) -> None:
    sign_in(page, live_server.url, factories.admin_of(acme))
    page.goto(f"{live_server.url}/o/acme/members/")
    page.get_by_role("link", name="Invite").click()
    page.get_by_label("Email address").fill("nora@example.com")
    page.get_by_label("Role").select_option("controller")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The invitation goes to nora@example.com.")).to_be_visible()

    factories.run_jobs()
    link = re.search(r"http://\S+/invitations/\S+", str(mail.outbox[0].body))
    assert link is not None
    page.context.clear_cookies()
    page.goto(link[0])
    page.get_by_label("Your name").fill("Nora Lind")
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_label("Password again").fill(factories.PASSWORD)
    page.get_by_role("button", name="Join Acme").click()
    page.wait_for_url("**/o/acme/")
    expect(page.get_by_text("Controller", exact=False).first).to_be_visible()
    expect(page.locator(".who-name")).to_have_text("Nora Lind")


def test_job_is_watched_left_and_come_back_to(live_server: Any, page: Page, acme: Organization) -> None:
    admin = factories.admin_of(acme)
    sign_in(page, live_server.url, admin)
    with bind(acme):
        job = start_job(organization=acme, kind="test_write", title="Write rows", arguments={}, actor=admin)
    page.goto(f"{live_server.url}/o/acme/jobs/{job.pk}/")
    expect(page.get_by_text("waiting to start")).to_be_visible()
    with Progress(acme.pk, job.pk) as progress:
        progress.start(60, done=20)
        expect(page.get_by_text("20 of 60")).to_be_visible()
    page.goto(f"{live_server.url}/o/acme/")
    page.get_by_role("link", name="Write rows").click()
    expect(page.get_by_text("20 of 60")).to_be_visible()
    factories.run_jobs()
    expect(page.get_by_role("link", name="See them")).to_be_visible()
    expect(page.get_by_text("60 written")).to_be_visible()


def test_menu_of_a_page_opens_inside_a_narrow_window(
    live_server: Any, page: Page, acme: Organization, settings: Any
) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    admin = factories.admin_of(acme)
    made = create_webhook(
        organization=acme, name="Bridge", url="http://127.0.0.1:9/", event_names=[], actor=admin
    )
    sign_in(page, live_server.url, admin)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/o/acme/settings/webhooks/{made.endpoint.pk}/")
    page.locator(".page-head").get_by_text("More").click()
    box = page.locator(".page-head .menu-list").bounding_box()
    assert box is not None
    assert (box["x"] >= 0, box["x"] + box["width"] <= 390) == (True, True)
