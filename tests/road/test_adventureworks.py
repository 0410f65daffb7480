"""The whole road on a real manufacturer's files, read in place: loaded, drafted, signed by another, posted, exported.

What it should have consumed is worked out here once more, from the files alone: plain rows, dates and fractions, after
the written rules and without the product's code.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy.binding import bind
from approvals.actions.signing import approve_backflushes
from approvals.actions.submitting import submit_backflushes
from backflush.actions.drafting import draft_backflushes
from backflush.models import Backflush, BackflushLine
from exports.queries.due import due_count
from inventory.models import JournalLine, StockEntry
from production.models import Completion, WorkOrder
from tests.factories import make_member, make_organization
from tests.imports.loading import run_command

DATA = Path(settings.BASE_DIR).parent / "shared" / "data" / "adventureworks"
MONTH = "2014-03"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data is not there: {DATA}"),
]


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@dataclass
class Expected:
    """What the files say was consumed, per component, and its money in cents."""

    orders: int = 0
    lines: int = 0
    good: Decimal = Decimal(0)
    received: Counter[str] = field(default_factory=Counter)
    consumed: Counter[str] = field(default_factory=Counter)
    actual_cost: Counter[str] = field(default_factory=Counter)
    standard_cost: Counter[str] = field(default_factory=Counter)
    without_bill: set[str] = field(default_factory=set)
    without_cost: set[str] = field(default_factory=set)


def cents(amount: Fraction) -> int:
    """Half away from zero; amounts are positive here."""
    return int(amount * 100 + Fraction(1, 2))


def six_places(quantity: Fraction) -> Decimal:
    exact = Decimal(quantity.numerator) / Decimal(quantity.denominator)
    return exact.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)


def costs_by_sku() -> dict[str, list[tuple[str, str, Fraction]]]:
    """(first day, last day, cost); an item's own cost, unless 0, holds until the first dated one begins."""
    found: dict[str, list[tuple[str, str, Fraction]]] = defaultdict(list)
    for row in rows_of("items.csv"):
        if Fraction(row["standard_cost"] or 0):
            found[row["sku"]].append(("0000", "9999", Fraction(row["standard_cost"])))
    for row in rows_of("costs.csv"):
        found[row["sku"]].append((row["from"], row["to"] or "9999", Fraction(row["unit_cost"])))
    return {sku: sorted(spans) for sku, spans in found.items()}


def recomputed(orders: Iterable[dict[str, str]], today: str) -> Expected:
    bom: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of("bom.csv"):
        bom[row["parent_sku"]].append(row)
    costs = costs_by_sku()
    expected = Expected()
    for order in orders:
        day = order["end"] or today
        lines = [
            row
            for row in bom[order["sku"]]
            if row["effective_from"] <= day and day <= (row["effective_to"] or "9999")
        ]
        if not lines:
            expected.without_bill.add(order["wo_number"])
            continue
        good, scrap = Fraction(order["completed_qty"]), Fraction(order["scrap_qty"])
        expected.orders += 1
        expected.lines += len(lines)
        expected.received[order["sku"]] += Decimal(order["completed_qty"])
        for row in lines:
            sku, usage = row["component_sku"], Fraction(row["usage_per_unit"])
            actual, standard = six_places(usage * (good + scrap)), six_places(usage * good)
            expected.consumed[sku] += actual
            started = [span for span in costs.get(sku, ()) if span[0] <= day]
            if not started or started[-1][1] < day:
                expected.without_cost.add(sku)
                continue
            cost = started[-1][2]
            expected.actual_cost[sku] += cents(Fraction(actual) * cost)
            expected.standard_cost[sku] += cents(Fraction(standard) * cost)
    return expected


def load(organization: Organization, email: str, completions: Path) -> None:
    """Through the command, as a person would; nothing is refused."""
    for kind, path in (
        ("items", DATA / "items.csv"),
        ("boms", DATA / "bom.csv"),
        ("stock", DATA / "stock.csv"),
        ("costs", DATA / "costs.csv"),
        ("completions", completions),
    ):
        status, out, err = run_command(organization, kind, path, "--as", email)
        assert status == 0, err[:2000]
        assert "· refused 0 ·" in out


def only_month(month: str, folder: Path) -> Path:
    """The header and this month's lines of the orders, byte for byte."""
    header, *lines = (DATA / "work_orders.csv").read_bytes().splitlines(keepends=True)
    path = folder / "work_orders.csv"
    path.write_bytes(
        header + b"".join(line for line in lines if line.split(b",")[7].startswith(month.encode()))
    )
    return path


def walk(organization: Organization, completions: Path, folder: Path) -> Expected:
    """From the files to the ERP's file, and every total against the files themselves."""
    planner = make_member(organization, "planner")
    controller = make_member(organization, "controller")
    finance = make_member(organization, "finance")
    load(organization, planner.email, completions)
    with completions.open(newline="", encoding="utf-8-sig") as file:
        orders = list(csv.DictReader(file))
    expected = recomputed(orders, timezone.now().date().isoformat())
    with bind(organization):
        assert WorkOrder.objects.count() == Completion.objects.count() == len(orders)

    drafted = draft_backflushes(organization=organization, actor=planner)
    assert {error.code for _, error in drafted.refused} <= {"NO_BILL_OF_MATERIALS"}
    assert {error.details["work_order"] for _, error in drafted.refused} == expected.without_bill
    assert len(drafted.drafted) == expected.orders
    submitted = submit_backflushes(organization=organization, backflush_ids=drafted.drafted, actor=planner)
    assert submitted.refused == []

    first = approve_backflushes(
        organization=organization, backflush_ids=submitted.submitted, actor=controller
    )
    assert (len(first.signed), first.refused) == (expected.orders, [])
    dear = sorted(set(first.signed) - set(first.posted))
    second = approve_backflushes(organization=organization, backflush_ids=dear, actor=finance)
    assert (second.posted, second.refused) == (dear, [])

    _agree_with_documents(organization, expected)
    _agree_with_journal(organization)
    _agree_with_export(organization, expected, folder)
    told = io.StringIO()
    call_command("verify_books", "--org", organization.slug, stdout=told)
    assert told.getvalue().endswith("All books hold.\n")
    return expected


def _agree_with_documents(organization: Organization, expected: Expected) -> None:
    with bind(organization):
        assert dict(Backflush.objects.values_list("status").annotate(n=Count("pk"))) == {
            "POSTED": expected.orders
        }
        assert BackflushLine.objects.count() == expected.lines
        sums = {
            sku: totals
            for sku, *totals in BackflushLine.objects.values_list("item__sku").annotate(
                a=Sum("actual_quantity"),
                b=Sum("actual_cost_minor"),
                c=Sum("standard_cost_minor"),
                d=Sum("variance_minor"),
                e=Sum("scrap_minor"),
            )
        }
        free = BackflushLine.objects.filter(standard_unit_cost=None)
        assert set(free.values_list("item__sku", flat=True)) == expected.without_cost
    assert sums.keys() == expected.consumed.keys()
    for sku, (quantity, actual, standard, variance, scrap) in sums.items():
        assert quantity == expected.consumed[sku], sku
        assert (actual, standard) == (expected.actual_cost[sku], expected.standard_cost[sku]), sku
        # Nothing was reported beyond what is due, so scrap is the whole of it.
        assert variance == scrap == actual - standard, sku


def _agree_with_journal(organization: Organization) -> None:
    with bind(organization):
        booked = dict(JournalLine.objects.values_list("role").annotate(sum=Sum("amount_minor")))
        moved = dict(
            StockEntry.objects.filter(source_kind="backflush")
            .values_list("event")
            .annotate(sum=Sum("amount_minor"))
        )
        documents = Backflush.objects.aggregate(actual=Sum("actual_cost_minor"))
    assert sum(booked.values()) == 0
    assert booked["component_inventory"] == moved["CONSUME"]
    assert booked["finished_goods"] == moved["RECEIVE"]
    assert booked.get("wip", 0) == 0
    # What an emptied place held beyond its share went to rounding, and nowhere else.
    assert booked.get("rounding", 0) == -moved["CONSUME"] - documents["actual"]
    assert moved["RECEIVE"] + booked.get("scrap_loss", 0) == documents["actual"]


def _is_due(organization: Organization) -> bool:
    with bind(organization):
        return due_count(at_most=1) > 0


def _agree_with_export(organization: Organization, expected: Expected, folder: Path) -> None:
    relieved: Counter[str] = Counter()
    received: Counter[str] = Counter()
    orders = set()
    ids = []
    # A batch holds so many lines at most: a year needs more than one.
    while _is_due(organization):
        out = folder / f"relief-{len(ids)}.csv"
        call_command(
            "export_batch",
            "--org",
            organization.slug,
            "--template",
            "Stock adjustments",
            "--out",
            str(out),
            stdout=io.StringIO(),
        )
        with out.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                quantity = Decimal(row["quantity"])
                (relieved if quantity < 0 else received)[row["item"]] += abs(quantity)
                orders.add(row["work_order"])
                ids.append(row["external_id"])
    assert relieved == expected.consumed
    assert +received == +expected.received
    assert len(orders) == expected.orders
    assert len(ids) == len(set(ids))


def test_a_month_walks_the_whole_road_and_agrees_with_its_files(tmp_path: Path) -> None:
    expected = walk(make_organization("bikes"), only_month(MONTH, tmp_path), tmp_path)

    # So that a mistake shared by both sides, or an emptied file, does not pass unseen.
    assert (expected.orders + len(expected.without_bill), expected.lines > 10_000) == (3209, True)
    assert sum(expected.received.values()) > 100_000


@pytest.mark.skipif(
    os.environ.get("BACKFLUSH_FULL") != "1",
    reason="all 72,591 orders take some minutes: set BACKFLUSH_FULL=1",
)
def test_all_orders_walk_the_whole_road(tmp_path: Path) -> None:
    expected = walk(make_organization("bikes"), DATA / "work_orders.csv", tmp_path)

    assert expected.orders + len(expected.without_bill) == 72_591
