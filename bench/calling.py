"""One backflush of 20 lines through HTTP, beside an empty authenticated call of the same server."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bench.measure import Result, say, timed
from bench.world import REASON, World, make_world

LINES = 20
WORKERS = 2
CLIENTS = 4
WARM = 10


def make_orders(world: World, count: int) -> list[str]:
    """Orders in production, each of another product in turn."""
    from accounts.tenancy.binding import bind
    from production.actions.load_orders import load_orders
    from production.actions.rows import ZERO, OrderRow

    numbers = [f"API-{n}" for n in range(count)]
    rows = [
        OrderRow(
            row=n,
            number=number,
            item_id=world.products[n % len(world.products)],
            quantity=ZERO + 10,
            status="PRODUCTION",
        )
        for n, number in enumerate(numbers, start=1)
    ]
    with bind(world.organization):
        loaded = load_orders(rows=rows, actor=world.planner, reason=REASON)
    assert loaded.is_written, loaded.errors[:3]
    return numbers


def bench(calls: int) -> list[Result]:
    from django.db import connection

    from accounts.tenancy.writes import save_row
    from tests.api.calling import make_key
    from tests.api.server import Server, serve

    world = make_world("api", lines=LINES)
    world.organization.is_standard_run_posted = True
    world.organization.standard_run_limit_minor = 10**12
    save_row(world.organization, actor=None, reason=REASON)
    key = make_key(world.organization, world.planner)
    numbers = make_orders(world, calls + WARM)
    body = json.dumps({"completion_qty": 10})

    def each(server: Server, work: Callable[[int], int], start: int, count: int) -> float:
        def run() -> None:
            with ThreadPoolExecutor(CLIENTS) as pool:
                statuses = list(pool.map(work, range(start, start + count)))
            assert set(statuses) == {200}, statuses[:5]

        return timed(run) / count

    database = str(connection.settings_dict["NAME"])
    with serve(database, workers=WORKERS, API_REQUESTS_PER_MINUTE="100000000") as server:

        def empty(number: int) -> int:
            return server.ask("GET", "/reason-codes", key)[0]

        def backflush(number: int) -> int:
            path = f"/work-orders/{numbers[number]}/backflush"
            return server.ask("POST", path, key, body, Idempotency_Key=f"bench-{number}")[0]

        each(server, empty, 0, WARM)
        each(server, backflush, 0, WARM)
        limit = each(server, empty, 0, calls * 3)
        seconds = each(server, backflush, WARM, calls)
        limit = (limit + each(server, empty, 0, calls * 3)) / 2
    say(f"  {1 / seconds:.0f} backflushes and {1 / limit:.0f} empty calls a second")
    return [
        Result(f"one backflush of {LINES} lines by API", seconds, "empty authenticated call", limit, 10.0)
    ]
