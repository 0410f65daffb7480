"""Bills of materials from a file to rows with history."""

from __future__ import annotations

import resource

from bench.limits import measured_with_limit
from bench.measure import Result
from bench.watching import Watcher
from bench.world import make_world

MOST_MEMORY = 2.0  # GiB of the process that loads


def bench(lines: int) -> list[Result]:
    """A CSV of bills, read, checked and loaded by the code of the page, while somebody looks at the imports."""
    from accounts.tenancy.binding import bind
    from imports.actions.load import import_file

    world = make_world("bills", components=2000, products=max(lines // 20, 1), lines=0, lots=0)
    rows = ["parent_sku,component_sku,usage,unit,scrap_percent,position"]
    for n in range(lines):
        rows.append(f"P-{n // 20:05},C-{(n * 7) % 2000:05},{n % 9 + 1}.25,EA,{n % 4},{n % 20 * 10 + 10}")
    content = ("\r\n".join(rows) + "\r\n").encode()
    del rows
    memory = 0.0
    watcher = Watcher(f"/o/{world.organization.slug}/imports/", world.planner.email)
    alone = watcher.pause()

    def load() -> None:
        nonlocal memory
        with bind(world.organization):
            imported = import_file(kind="boms", file_name="boms.csv", content=content, actor=world.planner)
        assert imported.is_loaded, imported.issues[:3]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2

    watcher.go_on()
    seconds, limit, written = measured_with_limit(load, done=watcher.end)
    meanwhile = watcher.times
    kept = "" if memory <= MOST_MEMORY else "MISSED: "
    return [
        Result(
            f"load {lines:,} BOM lines from CSV",
            seconds,
            f"COPY of the same {written:,} rows",
            limit,
            3.0,
            f"{kept}{memory:.2f} GiB, at most {MOST_MEMORY:g}",
        ),
        Result(
            f"the imports page while {lines:,} lines are loaded",
            meanwhile.median,
            "the same page alone",
            alone.median,
            None,
            f"slowest {meanwhile.slowest:.2f} s of {meanwhile.count}",
        ),
    ]
