"""Rules, sections 1 and 2, from the files to the draft: bases, losses, units, rounding, phantoms, by-products."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.tenancy.binding import bind
from backflush.actions.drafting import draft_backflushes
from backflush.engine.words import explain
from backflush.models import Backflush, BackflushLine
from tests.backflush.shop import Shop, open_shop
from tests.imports.loading import load

pytestmark = pytest.mark.django_db
Quantities = tuple[Decimal, Decimal, Decimal]

ITEMS = """sku,unit,kind,standard_cost,rounding_step,rounding
EACH,EA,material,1,,
GLUE,KG,material,1,0.001,up
CRATE,EA,material,1,1,up
PIPE,EA,material,1,1,up
OIL,L,material,1,,
DROSS,KG,material,1,1,
SHEET,M2,material,1,5,nearest
ROLL,M,material,1,,
BOX,EA,material,1,,
NUT,EA,material,1,,
"""
BILLS = """parent,component,usage,usage_per,unit,scrap_percent,scrap_method,fixed_quantity,line_type,supply,phantom
P-FIXED,EACH,1.25,,,,,10,,,
P-MULTIPLY,EACH,1,,,10,multiply,,,,
P-YIELD,EACH,1,,,10,yield,,,,
P-EXACT,CRATE,1,,,2,yield,,,,
P-BATCH,EACH,3.5,batch of 50,,10,,,,,
P-PIPE,PIPE,1,4 pieces,,5,,,,,
P-PIPE-CM,ROLL,500,4 pieces,CM,5,,,,,
P-HUNDRED,EACH,5,100,,,,,,,
P-ORDER,EACH,10,order,,,,,,,
P-ORDERED,EACH,0.1,ordered,,,,,,,
P-LITRE,OIL,0.2,,,,,,,,
P-GRAM,GLUE,2.5,,G,4,,,,,
P-DROSS,EACH,1,,,,,,,,
P-DROSS,DROSS,0.3,,,,,,byproduct,,
P-SHEET,SHEET,0.9,,,,,,,,
P-HAND,EACH,1,,,,,,,,
P-HAND,OIL,1,,,,,,,hand,
P-PHANTOM,SUB,2,,,10,,,,,yes
SUB,SUB2,3,,,,,,,,yes
SUB2,NUT,4,,,20,yield,,,,
P-THIRD,SUB3,1,3,,,,,,,yes
SUB3,CRATE,3,,,,,,,,
"""


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


def _load(shop: Shop, kind: str, text: str) -> None:
    with bind(shop.organization):
        loaded = load(kind, text)
    assert loaded.is_loaded, [str(issue) for issue in loaded.issues]


def _drafted(shop: Shop) -> dict[str, dict[str, Quantities]]:
    """Standard, scrap and expected of every line, by order and component."""
    result = draft_backflushes(organization=shop.organization, actor=shop.planner)
    assert result.refused == []
    found: dict[str, dict[str, Quantities]] = {}
    with bind(shop.organization):
        columns = (
            "backflush__completion__output__work_order__number",
            "item__sku",
            "standard_quantity",
            "scrap_quantity",
            "expected_quantity",
        )
        for order, sku, *quantities in BackflushLine.objects.values_list(*columns):
            standard, scrap, expected = (Decimal(q) for q in quantities)
            found.setdefault(order, {})[sku] = (standard, scrap, expected)
    return found


def _products(text: str, column: int = 0) -> list[str]:
    return list(dict.fromkeys(row.split(",")[column] for row in text.splitlines()[1:]))


def test_every_basis_of_a_bill_file_reaches_the_draft(shop: Shop) -> None:
    """One order each; the figures are those of the rules, from the file to the line."""
    products = [sku for sku in _products(BILLS) if sku.startswith("P-")]
    subs = ["SUB", "SUB2", "SUB3"]
    _load(shop, "items", ITEMS + "".join(f"{sku},EA,sku,,,\n" for sku in [*products, *subs]))
    _load(shop, "units", "from_unit,to_unit,factor\nM,CM,100\nKG,G,1000\n")
    _load(shop, "boms", BILLS)
    made = {
        "P-FIXED": 100, "P-MULTIPLY": 48_000, "P-YIELD": 48_000, "P-EXACT": 392, "P-BATCH": 51, "P-PIPE": 100,
        "P-PIPE-CM": 100, "P-HUNDRED": 180, "P-ORDER": 7, "P-ORDERED": 95, "P-LITRE": 1, "P-GRAM": 186,
        "P-DROSS": 9, "P-SHEET": 8, "P-HAND": 5, "P-PHANTOM": 10, "P-THIRD": 10,
    }  # fmt: skip
    rows = "".join(
        f"{sku},{sku},{100 if sku == 'P-ORDERED' else good},{good},2025-11-19\n" for sku, good in made.items()
    )
    _load(shop, "completions", "wo_number,sku,order_qty,completed_qty,completed_at\n" + rows)

    found = _drafted(shop)

    expected = {order: {sku: line[2] for sku, line in lines.items()} for order, lines in found.items()}
    assert expected == {
        "P-FIXED": {"EACH": Decimal(135)},
        "P-MULTIPLY": {"EACH": Decimal(52_800)},
        "P-YIELD": {"EACH": Decimal("53333.333333")},
        "P-EXACT": {"CRATE": Decimal(400)},
        "P-BATCH": {"EACH": Decimal("7.7")},
        "P-PIPE": {"PIPE": Decimal(27)},
        "P-PIPE-CM": {"ROLL": Decimal(135)},
        "P-HUNDRED": {"EACH": Decimal(9)},
        "P-ORDER": {"EACH": Decimal(10)},
        "P-ORDERED": {"EACH": Decimal(10)},
        "P-LITRE": {"OIL": Decimal("0.2")},
        "P-GRAM": {"GLUE": Decimal("0.484")},
        "P-DROSS": {"EACH": Decimal(9), "DROSS": Decimal(-2)},
        "P-SHEET": {"SHEET": Decimal(5)},
        "P-HAND": {"EACH": Decimal(5)},
        "P-PHANTOM": {"NUT": Decimal(330)},
        "P-THIRD": {"CRATE": Decimal(10)},
    }


def test_planned_loss_of_the_bill_and_reported_scrap_are_not_counted_twice(shop: Shop) -> None:
    """5 % planned: 100 good are 210 by standard. Five scrapped expect 210 too; with none 10 are saved."""
    _load(shop, "items", "sku,unit,kind,standard_cost\nM,EA,material,5\nP,EA,sku,\n")
    _load(shop, "boms", "parent_sku,component_sku,usage,planned_loss_percent\nP,M,2,5\n")
    _load(
        shop,
        "completions",
        "wo_number,sku,order_qty,completed_qty,scrap_qty,scrap_reason,completed_at\n"
        "W-1,P,100,100,5,SETUP,2025-11-19\nW-2,P,100,100,0,,2025-11-19\n",
    )

    assert _drafted(shop) == {
        "W-1": {"M": (Decimal(210), Decimal(0), Decimal(210))},
        "W-2": {"M": (Decimal(210), Decimal(-10), Decimal(200))},
    }


def test_whole_lot_is_taken_once_by_the_first_output(shop: Shop) -> None:
    """A roll of 300 m: the first part takes it whole, the second nothing."""
    _load(shop, "items", "sku,unit,kind,tracking,standard_cost\nROLL,M,material,lot,2\nP,EA,sku,none,\n")
    _load(shop, "boms", "parent_sku,component_sku,usage,usage_per\nP,ROLL,1,whole lot\n")
    _load(
        shop,
        "stock",
        "sku,location,lot,on_hand,unit_cost,received_on,counted_at\n"
        "ROLL,MAIN,R1,300,2,2025-11-01,2025-11-18T08:00\nROLL,MAIN,R2,280,2,2025-11-02,2025-11-18T08:00\n",
    )
    header = "wo_number,sku,order_qty,completed_qty,reference,completed_at\n"
    _load(shop, "completions", header + "W-1,P,40,10,a,2025-11-19\n")
    shop.post(shop.draft())
    _load(shop, "completions", header + "W-1,P,40,30,b,2025-11-20\n")
    second = shop.draft()

    assert shop.balance("ROLL")[0] == Decimal(280)
    assert [line.actual_quantity for line in shop.lines(second).values()] == [0]


def test_effective_dates_are_inclusive_and_the_latest_revision_counts(shop: Shop) -> None:
    """Two revisions that meet on 15 November: each end belongs to its own, and the later one goes first."""
    _load(shop, "items", "sku,unit,kind,standard_cost\nM,EA,material,5\nP,EA,sku,\n")
    _load(
        shop,
        "boms",
        "parent_sku,component_sku,usage,revision,effective_from,effective_to\n"
        "P,M,2,A,2025-11-01,2025-11-15\nP,M,3,B,2025-11-15,2025-11-20\n",
    )
    rows = "".join(f"W-{day},P,1,1,2025-11-{day}\n" for day in ("14", "15", "20"))
    _load(shop, "completions", "wo_number,sku,order_qty,completed_qty,completed_at\n" + rows)

    found = _drafted(shop)

    assert {order: lines["M"][2] for order, lines in found.items()} == {"W-14": 2, "W-15": 3, "W-20": 3}


@pytest.mark.parametrize(("policy", "blank", "screw"), [("found", 12, 9), ("all", 12, 9), ("none", 10, 9)])
def test_scrap_policy_of_the_organization_drives_the_draft(policy: str, blank: int, screw: int) -> None:
    """Ten good and two lost at operation 10, then nine good at 20: what each policy lets scrap consume."""
    shop = open_shop(scrap_policy=policy)
    _load(shop, "items", "sku,unit,kind,standard_cost\nBLANK,EA,material,5\nSCREW,EA,material,1\nP,EA,sku,\n")
    _load(shop, "operations", "sku,operation,backflush_point\nP,10,yes\nP,20,yes\n")
    _load(shop, "boms", "parent_sku,component_sku,usage,operation\nP,BLANK,1,10\nP,SCREW,1,20\n")
    _load(
        shop,
        "completions",
        "wo_number,sku,order_qty,completed_qty,scrap_qty,scrap_reason,operation,completed_at\n"
        "W-1,P,12,10,2,SETUP,10,2025-11-18\nW-1,P,12,9,0,,20,2025-11-19\n",
    )
    assert draft_backflushes(organization=shop.organization, actor=shop.planner).refused == []
    with bind(shop.organization):
        sums = dict(BackflushLine.objects.values_list("item__sku", "expected_quantity"))
    assert sums == {"BLANK": blank, "SCREW": screw}


def test_line_says_its_sum_in_words_with_every_term(shop: Shop) -> None:
    _load(
        shop,
        "items",
        "sku,unit,kind,standard_cost,rounding_step,rounding\nGLUE,KG,material,1,0.001,up\nP,EA,sku,,,\n",
    )
    _load(shop, "units", "from_unit,to_unit,factor\nKG,G,1000\n")
    _load(shop, "boms", "parent_sku,component_sku,usage,unit,scrap_percent\nP,GLUE,2.5,G,4\n")
    _load(
        shop,
        "completions",
        "wo_number,sku,order_qty,completed_qty,scrap_qty,scrap_reason,completed_at\nW-1,P,186,180,6,SETUP,2025-11-19\n",
    )
    result = draft_backflushes(organization=shop.organization, actor=shop.planner)
    with bind(shop.organization):
        line = Backflush.objects.get(pk=result.drafted[0]).lines.get()
    assert explain(line.terms) == (
        "(180 good + 6 scrap) × 2.5 G ÷ 1000 × 1.04 = 0.483600 KG → 0.484 KG (step 0.001 up)"
    )
