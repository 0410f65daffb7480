"""Many programs at the same moment, and a server that is killed: one effect each, and the right answers."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from http.client import HTTPException
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Event, Organization
from accounts.tenancy.binding import bind
from api.models import ApiAnswer
from backflush.models import Backflush
from inventory.models import JournalEntry, StockBalance, StockEntry
from production.models import Completion, Receipt, WorkOrder
from tests import factories
from tests.accounts.test_jobs import wait_for
from tests.api.calling import Program, make_key
from tests.api.server import serve
from tests.backflush.crowd import breaches

pytestmark = pytest.mark.django_db(transaction=True)

KEYS, DUPLICATES, AT_ONCE = 20, 10, 40
ORDERS = 5


def make_floor() -> tuple[Organization, Program]:
    """Five orders of four units of P, each of two parts without lots and one in lots; standard runs post."""
    organization = factories.make_organization(
        "acme", is_standard_run_posted=True, standard_run_limit_minor=10**9
    )
    product = factories.make_product(organization, "P")
    parts = [factories.make_item(organization, f"M{n}", cost=2) for n in range(2)]
    for part in parts:
        factories.set_stock(organization, part, 1000, unit_cost=2)
    lotted = factories.make_item(organization, "L", cost=1, tracking="lot")
    for code in ("L1", "L2"):
        lot = factories.make_lot(organization, lotted, code, unit_cost=Decimal(1))
        factories.set_stock(organization, lotted, 500, lot=lot, unit_cost=1)
    factories.make_bom(organization, product, [(part, 1) for part in [*parts, lotted]])
    for number in range(ORDERS):
        factories.make_order(organization, product, KEYS // ORDERS, f"WO-{number}")
    return organization, Program(make_key(organization, factories.make_member(organization, "planner")))


def test_two_hundred_requests_with_twenty_keys_have_twenty_effects() -> None:
    organization, planner = make_floor()
    barrier = Barrier(AT_ONCE)

    def report(number: int) -> tuple[int, int, bytes]:
        if number < AT_ONCE:
            barrier.wait(60)
        key = number % KEYS
        try:
            answer = planner.post(
                f"/work-orders/WO-{key % ORDERS}/backflush", {"completion_qty": 1}, key=f"key-{key}"
            )
            return key, answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(report, range(KEYS * DUPLICATES)))

    assert {(status, body[:60]) for _, status, body in told if status != 200} == set()
    by_key: dict[int, set[bytes]] = defaultdict(set)
    for key, _, body in told:
        by_key[key].add(body)
    assert [len(by_key[key]) for key in range(KEYS)] == [1] * KEYS
    with bind(organization):
        assert Completion.objects.count() == KEYS
        assert set(Backflush.objects.values_list("status", flat=True)) == {"POSTED"}
        assert Backflush.objects.count() == KEYS
        assert set(WorkOrder.objects.values_list("status", "is_closed")) == {("COMPLETED", True)}
        on_hand: dict[str, Decimal] = defaultdict(Decimal)
        for sku, quantity in StockBalance.objects.values_list("item__sku", "on_hand"):
            on_hand[sku] += quantity
    assert on_hand == {"M0": 980, "M1": 980, "L": 980, "P": 20}
    assert breaches(organization) == []


def is_in_the_middle() -> bool:
    """Whether the server stands still inside of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND state = 'idle in transaction' AND state_change < now() - interval '300 ms'"
        )
        return bool(cursor.fetchone()[0])


def left_behind(organization: Organization) -> list[int]:
    with bind(organization):
        models = (Completion, Backflush, JournalEntry, Receipt, Event, ApiAnswer)
        return [model.objects.count() for model in models] + [
            StockEntry.objects.filter(source_kind="backflush").count()
        ]


def test_server_killed_in_the_middle_of_a_posting_and_asked_again_posts_once() -> None:
    organization, planner = make_floor()
    database = str(connection.settings_dict["NAME"])
    path, body, again = "/work-orders/WO-1/backflush", '{"completion_qty": 4}', {"Idempotency_Key": "one"}
    with bind(organization):
        Event.objects.all().delete()

    with serve(database, DWELL_SECONDS="30") as server, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(server.ask, "POST", path, planner.key, body, **again)
        wait_for(is_in_the_middle)
        server.kill()
        with pytest.raises((OSError, HTTPException)):
            asked.result(30)
    assert left_behind(organization) == [0] * 7

    with serve(database) as server:
        first = server.ask("POST", path, planner.key, body, **again)
        retried = server.ask("POST", path, planner.key, body, **again)

    assert (first[0], json.loads(first[1])["status"]) == (200, "POSTED")
    assert (retried[0], retried[1], retried[2]["Idempotent-Replayed"]) == (200, first[1], "true")
    with bind(organization):
        names = Counter(Event.objects.values_list("name", flat=True))
    assert names["inventory.backflushed"] == names["inventory.fg_received"] == 1
    assert set(names.values()) == {1}
    entries = 4  # three components and the product
    assert left_behind(organization) == [1, 1, 1, 1, len(names), 1, entries]
    assert breaches(organization) == []


def test_limit_is_one_for_all_workers() -> None:
    organization = factories.make_organization("acme")
    key = make_key(organization, factories.make_member(organization, "auditor"))
    database = str(connection.settings_dict["NAME"])
    with serve(database, workers=2, API_REQUESTS_PER_MINUTE="5") as server, ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: server.ask("GET", "/reason-codes", key)[0], range(24)))

    # Five in a minute; the minute may turn once on the way.
    assert Counter(told)[200] in range(5, 11)
    assert Counter(told)[200] + Counter(told)[429] == 24


def test_same_number_at_the_same_moment_makes_one_order() -> None:
    organization = factories.make_organization("acme")
    factories.make_product(organization, "P")
    supervisor = Program(make_key(organization, factories.make_member(organization, "supervisor")))
    barrier = Barrier(8)

    def make(_: int) -> int:
        barrier.wait(60)
        try:
            return int(supervisor.post("/work-orders", {"number": "WO-1", "item": "P"}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(make, range(8))) == {201: 1, 422: 7}
