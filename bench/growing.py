"""What must not grow: drafting one order beside an empty and a full ledger, and the queries of pages."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

from bench.exporting import fill_ledger
from bench.measure import Result, median
from bench.world import World, completion_rows, make_world


def bench_ledger(entries: int) -> list[Result]:
    """Drafting one order with so many ledger entries, beside the same with none."""
    world = make_world("ledger", products=40)
    small = _draft_time(world, start=0)
    fill_ledger(world, entries)
    large = _draft_time(world, start=1000)
    return [
        Result(
            f"draft one order of 20 lines with {entries:,} ledger entries",
            large,
            "the same with none",
            small,
            1.2,
        )
    ]


def _draft_time(world: World, *, start: int) -> float:
    from accounts.tenancy.binding import bind
    from backflush.actions.drafting import draft_backflushes
    from production.actions.load_completions import load_completions

    times = 9
    with bind(world.organization):
        loaded = load_completions(
            rows=completion_rows(world, times + 1, start=start), actor=world.planner, reason="bench"
        )
    waiting = iter(loaded.made_ids)

    def draft() -> None:
        result = draft_backflushes(
            organization=world.organization, actor=world.planner, completion_ids=[next(waiting)]
        )
        assert len(result.drafted) == 1, result.refused

    draft()
    return median(draft, times)


def bench_long_order() -> list[Result]:
    """One order of 1,000 lines beside 50 orders of 20, each line out of two to five lots."""
    long = _draft_and_discard(make_lots("long", products=1, lines=1000), orders=1)
    short = _draft_and_discard(make_lots("short", products=50, lines=20), orders=50)
    return [
        Result("draft one order of 1,000 lines × 5 lots", long, "50 orders of 20 lines × 5 lots", short, 1.5)
    ]


def make_lots(slug: str, *, products: int, lines: int) -> World:
    """1,000 components in five lots of 8 each, of which orders of ten take 10 to 40; no two orders share one."""
    return make_world(slug, components=1000, products=products, lines=lines, lots=5, on_hand=8, stride=lines)


def _draft_and_discard(world: World, *, orders: int) -> float:
    from accounts.tenancy.binding import bind
    from backflush.actions.drafting import draft_backflushes
    from backflush.actions.submitting import discard_backflush
    from backflush.models import BackflushLine, LotPick
    from production.actions.load_completions import load_completions

    rows = [
        row._replace(scrap_quantity=Decimal(0), scrap_reason_id=None, order_quantity=Decimal(10))
        for row in completion_rows(world, orders)
    ]
    with bind(world.organization):
        load_completions(rows=rows, actor=world.planner, reason="bench")
    seconds = []
    for _ in range(7):
        start = time.perf_counter()
        result = draft_backflushes(organization=world.organization, actor=world.planner)
        seconds.append(time.perf_counter() - start)
        assert len(result.drafted) == orders, result.refused
        with bind(world.organization):
            lines = BackflushLine.objects.filter(backflush_id__in=result.drafted)
            assert lines.count() == 1000
            assert LotPick.objects.filter(line__in=lines).count() == 3500
        for pk in result.drafted:
            discard_backflush(
                organization=world.organization, backflush_id=pk, actor=world.planner, reason="bench"
            )
    return sorted(seconds[1:])[len(seconds[1:]) // 2]


def bench_pages(lines: int) -> list[Result]:
    """Pages beside an empty page of the same server, with their queries: the draft page of a long order."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from accounts.tenancy.binding import bind
    from backflush.actions.drafting import draft_backflushes
    from backflush.models import Backflush
    from production.actions.load_completions import load_completions
    from tests.factories import client_of

    results = []
    counts: dict[str, dict[int, int]] = {}
    for size in (20, lines):
        world = make_world(f"pages{size}", components=max(size, 40), products=3, lines=size, lots=1)
        with bind(world.organization):
            load_completions(rows=completion_rows(world, 3), actor=world.planner, reason="bench")
        draft_backflushes(organization=world.organization, actor=world.planner)
        with bind(world.organization):
            number = Backflush.objects.earliest("pk").number
        client = client_of(world.planner)
        slug = world.organization.slug
        pages = {
            "empty page (settings)": f"/o/{slug}/settings/",
            "work-order list": f"/o/{slug}/orders/",
            "review queue": f"/o/{slug}/review/",
            f"draft page, {size} lines": f"/o/{slug}/review/{number}/",
        }
        empty = 0.0
        for name, url in pages.items():

            def get(url: str = url, client: Any = client) -> None:
                answer = client.get(url)
                assert answer.status_code == 200, (url, answer.status_code)

            get()
            with CaptureQueriesContext(connection) as captured:
                get()
            queries = len(captured)  # before the next request empties the log
            seconds = median(get, 5)
            counts.setdefault(name.split(",")[0], {})[size] = queries
            if name.startswith("empty"):
                empty = seconds
            elif size == lines:
                results.append(Result(name, seconds, "an empty page", empty, None, f"{queries} queries"))
    for result in results:
        by_size = counts[result.name.split(",")[0]]
        result.note += f" (with 20 lines {by_size[20]})"
    return results


def bench_engine() -> list[Result]:
    """The engine alone: lines a second on one core, as the time of 50,000 lines beside one second."""
    from tests.engine.speed import CASES, measure

    return [
        Result(f"engine, 50,000 lines: {name}", 50_000 / measure(**settings), "one second", 1.0, 1.0)
        for name, settings in CASES.items()
        if name in ("whole orders, shared recipes", "partial completions")
    ]
