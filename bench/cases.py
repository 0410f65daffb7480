"""The benchmarks by name."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from bench import calling, exporting, flow, growing, loading
from bench.measure import Result

CASES: dict[str, Callable[[Namespace], list[Result]]] = {
    "engine": lambda options: growing.bench_engine(),
    "long": lambda options: growing.bench_long_order(),
    "boms": lambda options: loading.bench(10_000),
    "large-boms": lambda options: loading.bench(options.lines),
    "flow": lambda options: flow.bench(options.orders),
    "export": lambda options: exporting.bench(options.export_lines),
    "ledger": lambda options: growing.bench_ledger(options.entries),
    "api": lambda options: calling.bench(options.calls),
    "pages": lambda options: growing.bench_pages(1000),
}
