"""Reason codes, accounts and periods: kept by those with the right, told in the history."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from inventory.actions.periods import add_period, close_period, open_period
from inventory.actions.rules import remove_account_mapping, save_account_mapping, save_reason_code
from inventory.choices import AccountRole, PeriodStatus
from inventory.models import AccountMapping, Period, ReasonCode
from inventory.periods import closed_spans, first_open_day

pytestmark = pytest.mark.django_db
JANUARY = dt.date(2025, 1, 1), dt.date(2025, 1, 31)


def january(organization: Organization, actor: User, *, is_closed: bool = False) -> Period:
    return add_period(
        organization=organization, starts_on=JANUARY[0], ends_on=JANUARY[1], is_closed=is_closed, actor=actor
    )


def test_reason_is_added_changed_and_told(organization: Organization, bob: User, bob_client: Client) -> None:
    path = "/o/acme/settings/reasons/"
    assert (
        bob_client.post(f"{path}new/", {"code": "SPILL", "name": "Spilled", "is_abnormal": "on"}).status_code
        == 302
    )
    with bind(organization):
        reason = ReasonCode.objects.get(code="SPILL")
    assert (reason.name, reason.is_abnormal, reason.is_active) == ("Spilled", True, True)
    change = {"code": "SPILL", "name": "Spilled over", "why": "clearer"}
    assert bob_client.post(f"{path}{reason.pk}/", change).status_code == 302
    with bind(organization):
        reason.refresh_from_db()
    assert (reason.name, reason.is_abnormal, reason.is_active) == ("Spilled over", False, False)
    assert "Name Spilled → Spilled over" in bob_client.get(f"{path}history/").content.decode()


def test_reason_with_a_taken_code_is_refused_beside_the_form(
    organization: Organization, bob_client: Client
) -> None:
    answer = bob_client.post("/o/acme/settings/reasons/new/", {"code": "SETUP", "name": "x"})
    assert answer.status_code == 422
    assert "There is a reason with this code already." in answer.content.decode()


def test_rules_need_the_right(bound: Organization, alice: User) -> None:
    with pytest.raises(AppError, match="maintain tiers"):
        save_reason_code(organization=bound, code="X", name="x", is_abnormal=False, actor=alice)
    with pytest.raises(AppError):
        save_account_mapping(
            organization=bound, role="wip", item_class="c", account_code="1", account_name="", actor=alice
        )
    with pytest.raises(AppError):
        january(bound, alice)


def test_account_of_a_class_is_added_and_removed(
    organization: Organization, bob: User, bob_client: Client
) -> None:
    path = "/o/acme/settings/accounts/"
    data = {"role": "wip", "item_class": "pumps", "account_code": "1351", "account_name": "WIP pumps"}
    assert bob_client.post(f"{path}new/", data).status_code == 302
    with bind(organization):
        mapping = AccountMapping.objects.get(item_class="pumps")
    assert "1351" in bob_client.get(path).content.decode()
    assert bob_client.post(f"{path}new/", data).status_code == 422
    assert bob_client.post(f"{path}{mapping.pk}/remove/", {"why": "one account"}).status_code == 302
    with bind(organization):
        assert not AccountMapping.objects.filter(item_class="pumps").exists()
        assert AccountMapping.history.get(item_class="pumps", history_type="-").history_user == bob


def test_account_of_all_items_is_changed_and_never_removed(bound: Organization, bob: User) -> None:
    mapping = AccountMapping.objects.get(role=AccountRole.WIP)
    with pytest.raises(AppError, match="Work in progress needs an account"):
        remove_account_mapping(mapping=mapping, actor=bob, why="x")
    save_account_mapping(
        organization=bound,
        mapping=mapping,
        role="wip",
        item_class="",
        account_code="1999",
        account_name="",
        actor=bob,
    )
    assert AccountMapping.objects.get(role=AccountRole.WIP).account_code == "1999"


def test_days_of_a_closed_period_are_passed_over_until_it_is_opened(bound: Organization, bob: User) -> None:
    period = january(bound, bob)
    assert {first_open_day(day, closed_spans()) for day in JANUARY} == set(JANUARY)
    close_period(period=period, actor=bob, why="books done")
    assert {first_open_day(day, closed_spans()) for day in JANUARY} == {dt.date(2025, 2, 1)}
    open_period(period=period, actor=bob, why="late invoice")
    assert {first_open_day(day, closed_spans()) for day in JANUARY} == set(JANUARY)
    told = Period.history.filter(id=period.pk).order_by("history_id")
    assert list(told.values_list("history_change_reason", flat=True)) == [
        "Added",
        "books done",
        "late invoice",
    ]


def test_period_needs_a_reason_to_close(bound: Organization, bob: User) -> None:
    period = january(bound, bob)
    with pytest.raises(AppError) as refused:
        close_period(period=period, actor=bob, why=" ")
    assert refused.value.code == "REASON_REQUIRED"


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "message"),
    [
        ("2025-01-31", "2025-02-28", "Another period holds some of these days."),
        ("2025-03-31", "2025-03-01", "The first day is after the last."),
    ],
)
def test_periods_that_cannot_be_are_refused_beside_the_form(
    organization: Organization, bob: User, bob_client: Client, starts_on: str, ends_on: str, message: str
) -> None:
    with bind(organization):
        january(organization, bob)
    answer = bob_client.post("/o/acme/settings/periods/new/", {"starts_on": starts_on, "ends_on": ends_on})
    assert (answer.status_code, message in answer.content.decode()) == (422, True)


def test_period_pages_close_and_open(organization: Organization, bob: User, bob_client: Client) -> None:
    with bind(organization):
        pk = january(organization, bob).pk
    path = "/o/acme/settings/periods/"
    assert f"{path}{pk}/close/" in bob_client.get(path).content.decode()
    assert bob_client.post(f"{path}{pk}/close/", {"why": "done"}).status_code == 302
    with bind(organization):
        assert Period.objects.get().status == PeriodStatus.CLOSED
    assert f"{path}{pk}/open/" in bob_client.get(path).content.decode()
    assert bob_client.post(f"{path}{pk}/open/", {"why": "late"}).status_code == 302
    proposed = bob_client.get(f"{path}new/").context["form"].initial
    assert proposed == {"starts_on": dt.date(2025, 2, 1), "ends_on": dt.date(2025, 2, 28)}


def test_page_that_closes_a_period_names_its_days_and_says_what_it_is_then(
    organization: Organization, bob: User, bob_client: Client
) -> None:
    with bind(organization):
        period = january(organization, bob)
    address = f"/o/acme/settings/periods/{period.pk}/close/"
    assert "1 Jan 2025 to 31 Jan 2025" in bob_client.get(address).content.decode()
    answer = bob_client.post(address, {"why": "books done"}, follow=True).content.decode()
    assert "The period is closed." in answer
