"""Bills of materials from a file to rows with history."""

from __future__ import annotations

from bench.limits import measured_with_limit
from bench.measure import Result
from bench.world import make_world


def bench(lines: int) -> list[Result]:
    """A CSV of bills, read, checked and loaded by the code of the page."""
    from accounts.tenancy.binding import bind
    from imports.actions.load import import_file

    world = make_world("bills", components=2000, products=max(lines // 20, 1), lines=0, lots=0)
    rows = ["parent_sku,component_sku,usage,unit,scrap_percent,position"]
    for n in range(lines):
        rows.append(f"P-{n // 20:05},C-{(n * 7) % 2000:05},{n % 9 + 1}.25,EA,{n % 4},{n % 20 * 10 + 10}")
    content = ("\r\n".join(rows) + "\r\n").encode()

    def load() -> None:
        with bind(world.organization):
            imported = import_file(kind="boms", file_name="boms.csv", content=content, actor=world.planner)
        assert imported.is_loaded, imported.issues[:3]

    seconds, limit, written = measured_with_limit(load)
    return [
        Result(
            f"load {lines:,} BOM lines from CSV", seconds, f"COPY of the same {written:,} rows", limit, 3.0
        )
    ]
