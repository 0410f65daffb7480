"""`python -m bench`: every promise of speed beside its limit, measured in the same run on the same server."""

from __future__ import annotations

import argparse
import sys
import traceback

from bench.database import fresh_database, start_django
from bench.measure import print_json, print_table, say


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--orders", type=int, default=5000, help="orders of the whole flow (5000)")
    parser.add_argument(
        "--lines", type=int, default=1_000_000, help="BOM lines of the large file to load (1000000)"
    )
    parser.add_argument("--export-lines", type=int, default=100_000, help="lines of an export (100000)")
    parser.add_argument(
        "--entries", type=int, default=2_000_000, help="ledger entries to draft beside (2000000)"
    )
    parser.add_argument("--calls", type=int, default=200, help="backflushes by API (200)")
    parser.add_argument("--only", nargs="*", help="names of the benchmarks to run")
    options = parser.parse_args()
    start_django()
    from bench.cases import CASES

    results = []
    failed = []
    for name, case in CASES.items():
        if options.only and name not in options.only:
            continue
        say(f"{name} …")
        try:
            with fresh_database():
                results += case(options)
        except Exception:  # the other measurements are not lost with this one
            traceback.print_exc()
            failed.append(name)
    (print_json if options.json else print_table)(results)
    if failed:
        sys.exit(f"Not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
