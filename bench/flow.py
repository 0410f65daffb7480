"""The whole flow: load completions, draft, submit, approve and post, with history rows."""

from __future__ import annotations

from bench.limits import measured_with_limit
from bench.measure import Result, say
from bench.world import World, completion_rows, make_world

LINES = 20


def run(world: World, orders: int, *, start: int = 0) -> dict[str, float]:
    """Run the flow; seconds by step."""
    import time

    from accounts.tenancy.binding import bind
    from approvals.actions.signing import approve_backflushes
    from approvals.actions.submitting import submit_backflushes
    from backflush.actions.drafting import draft_backflushes
    from production.actions.load_completions import load_completions

    spent: dict[str, float] = {}
    clock = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal clock
        now = time.perf_counter()
        spent[name], clock = now - clock, now

    organization = world.organization
    with bind(organization):
        loaded = load_completions(
            rows=completion_rows(world, orders, start=start), actor=world.planner, reason="bench"
        )
    assert loaded.is_written, loaded.errors[:3]
    lap("load")
    drafted = draft_backflushes(organization=organization, actor=world.planner)
    assert not drafted.refused, drafted.refused[0]
    lap("draft")
    submitted = submit_backflushes(
        organization=organization, backflush_ids=drafted.drafted, actor=world.planner
    )
    assert not submitted.refused, submitted.refused[0]
    lap("submit")
    signed = approve_backflushes(
        organization=organization, backflush_ids=submitted.submitted, actor=world.controller
    )
    assert len(signed.posted) == orders, signed.refused[:3]
    lap("approve and post")
    return spent


def bench(orders: int) -> list[Result]:
    world = make_world("flow")
    run(world, 20, start=9_000_000)  # caches and plans
    spent: dict[str, float] = {}
    seconds, limit, rows = measured_with_limit(lambda: spent.update(run(world, orders)))
    say("  " + ", ".join(f"{name} {value:.1f} s" for name, value in spent.items()) + f", {rows:,} rows")
    return [
        Result(
            f"flow of {orders:,} orders × {LINES} lines",
            seconds,
            f"COPY of the same {rows:,} rows",
            limit,
            3.0,
        )
    ]
