"""Rules, section 8: the journal table in full, several points, corrections, reversal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backflush.engine.enums import AccountRole, FinishedGoodsAt, LineType
from backflush.engine.errors import EngineError
from backflush.engine.journal import build_journal, upstream_scrap
from backflush.engine.postings import Journal, JournalAmounts, JournalInputs, PostedReceipt
from backflush.engine.stock import StockPool
from backflush.engine.types import Policies, RecipeInput, ReportedUse, UpstreamWip
from tests.engine.booking import flipped_lines, flipped_picks, journal_amounts
from tests.engine.shop import Part, Shop, d, facts, lot, recipe_of

A, B, C, D_ = 1, 2, 3, 4
ACTUAL, STANDARD = FinishedGoodsAt.ACTUAL, FinishedGoodsAt.STANDARD


def example(*, at_standard: bool, zero_good: bool = False) -> Part:
    """8 good, 2 scrap: 2 of A, 1 of C (B was used), 0.5 of by-product D a unit. Or 10 scrap of A alone."""
    component = RecipeInput(1, A, usage=d(2))
    inputs = [component]
    if not zero_good:
        inputs += [RecipeInput(2, C), RecipeInput(3, D_, usage=d("0.5"), line_type=LineType.BYPRODUCT)]
    order = Shop(
        recipe_of(*inputs),
        items={A: facts(A, "5.00"), B: facts(B, "3.50"), C: facts(C, "3.00"), D_: facts(D_, "1.00")},
        stock=StockPool([lot(A, 1, 100, "5.10"), lot(B, 2, 100, None)]),
        policies=Policies(is_stock_at_standard=at_standard),
    )
    if zero_good:
        return order.complete(0, 10)
    rows = [ReportedUse(A, d(21)), ReportedUse(B, d(10), stands_in_for=C), ReportedUse(D_, d(5))]
    return order.complete(8, 2, reported=rows)


def booked(part: Part, finished_goods_at: FinishedGoodsAt, **settings: object) -> Journal:
    given: dict[str, object] = {
        "amounts": journal_amounts(part.computed, {}),
        "good": part.good,
        "scrap": part.scrap,
        "finished_goods_at": finished_goods_at,
        "currency_decimals": 2,
        "conversion_cost": d("2.50"),
        "output_standard_cost": d("15.20"),
    }
    return build_journal(JournalInputs(**{**given, **settings}))  # type: ignore[arg-type]


def by_account(journal: Journal) -> dict[str, str]:
    table: dict[str, int] = {}
    for line in journal.lines:
        name = f"wip {line.memo}" if line.role is AccountRole.WIP else str(line.role)
        table[name] = table.get(name, 0) + line.amount_minor
    assert sum(table.values()) == 0
    return {name: f"{Decimal(amount) / 100:.2f}" for name, amount in table.items() if amount}


def test_the_example_has_the_quantities_and_variances_of_the_rules() -> None:
    part = example(at_standard=False)
    lines = {
        line.item: (line.origin_standard_quantity, line.scrap_quantity, line.actual_quantity)
        for line in part.computed.lines
    }
    assert lines == {A: (d(16), d(4), d(21)), B: (d(8), d(2), d(10)), D_: (d(-4), d(-1), d(-5))}
    totals = part.computed.totals
    assert (totals.actual_cost_minor, totals.standard_cost_minor) == (13_710, 10_000)
    variances = (totals.substitution_minor, totals.scrap_minor, totals.usage_minor, totals.price_minor)
    assert variances == (400, 2600, 500, 210)


TABLE = {
    "finished goods at standard, stock at actual": (
        STANDARD,
        False,
        False,
        {
            "component_inventory": "-142.10",
            "byproduct_inventory": "5.00",
            "wip in": "120.00",
            "substitution_variance": "4.00",
            "scrap_variance": "26.00",
            "usage_variance": "5.00",
            "price_variance": "2.10",
            "conversion_absorbed": "-20.00",
            "finished_goods": "121.60",
            "wip out": "-120.00",
            "output_variance": "-1.60",
        },
    ),
    "finished goods at standard, stock at standard": (
        STANDARD,
        True,
        False,
        {
            "component_inventory": "-140.00",
            "byproduct_inventory": "5.00",
            "wip in": "120.00",
            "substitution_variance": "4.00",
            "scrap_variance": "26.00",
            "usage_variance": "5.00",
            "conversion_absorbed": "-20.00",
            "finished_goods": "121.60",
            "wip out": "-120.00",
            "output_variance": "-1.60",
        },
    ),
    "finished goods at actual, scrap normal": (
        ACTUAL,
        False,
        False,
        {
            "component_inventory": "-142.10",
            "byproduct_inventory": "5.00",
            "wip in": "157.10",
            "conversion_absorbed": "-20.00",
            "finished_goods": "157.10",
            "wip out": "-157.10",
        },
    ),
    "finished goods at actual, scrap abnormal": (
        ACTUAL,
        False,
        True,
        {
            "component_inventory": "-142.10",
            "byproduct_inventory": "5.00",
            "wip in": "131.10",
            "scrap_loss": "26.00",
            "conversion_absorbed": "-20.00",
            "finished_goods": "131.10",
            "wip out": "-131.10",
        },
    ),
    "finished goods at actual, stock at standard": (
        ACTUAL,
        True,
        False,
        {
            "component_inventory": "-140.00",
            "byproduct_inventory": "5.00",
            "wip in": "155.00",
            "conversion_absorbed": "-20.00",
            "finished_goods": "155.00",
            "wip out": "-155.00",
        },
    ),
}


@pytest.mark.parametrize("column", TABLE)
def test_the_journal_table(column: str) -> None:
    finished_goods_at, at_standard, is_abnormal, expected = TABLE[column]
    journal = booked(example(at_standard=at_standard), finished_goods_at, is_scrap_abnormal=is_abnormal)
    assert by_account(journal) == expected
    assert journal.wip_minor == 0


@pytest.mark.parametrize(
    ("finished_goods_at", "expected"),
    [
        (STANDARD, {"component_inventory": "-102.00", "scrap_variance": "100.00", "price_variance": "2.00"}),
        (ACTUAL, {"component_inventory": "-102.00", "scrap_loss": "102.00"}),
    ],
)
def test_the_journal_table_with_zero_good(
    finished_goods_at: FinishedGoodsAt, expected: dict[str, str]
) -> None:
    journal = booked(example(at_standard=False, zero_good=True), finished_goods_at)
    assert by_account(journal) == expected
    assert (journal.receipt_quantity, journal.receipt_minor) == (0, 0)


def test_the_receipt_says_units_value_and_unit_cost() -> None:
    journal = booked(example(at_standard=False), ACTUAL)
    assert (journal.receipt_quantity, journal.receipt_minor) == (d(8), 15_710)
    assert journal.receipt_unit_cost == d("19.6375")


def test_an_output_without_a_standard_comes_in_at_standard_material_and_conversion() -> None:
    journal = booked(example(at_standard=False), STANDARD, output_standard_cost=None)
    assert journal.receipt_minor == 12_000
    assert "output_variance" not in by_account(journal)


def test_what_an_emptied_lot_took_beyond_its_share_is_rounding() -> None:
    amounts = JournalAmounts(1000, 1000, 0, 0, 0, 0, inventory_minor=1001)
    journal = build_journal(JournalInputs((amounts,), d(1), d(0), ACTUAL, 2))
    assert by_account(journal) == {
        "component_inventory": "-10.01",
        "rounding": "0.01",
        "wip in": "10.00",
        "finished_goods": "10.00",
        "wip out": "-10.00",
    }


def test_accounts_are_kept_apart_by_item_class() -> None:
    part = example(at_standard=False)
    amounts = journal_amounts(part.computed, {A: "steel", B: "paint", D_: "steel"})
    journal = booked(part, STANDARD, amounts=amounts, output_class="goods")
    inventory = {
        line.item_class: line.amount_minor
        for line in journal.lines
        if line.role is AccountRole.COMPONENT_INVENTORY
    }
    assert inventory == {"steel": -10_710, "paint": -3500}
    assert {line.item_class for line in journal.lines if line.role is AccountRole.WIP} == {"goods"}


def test_amounts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(EngineError, match="do not add up"):
        build_journal(JournalInputs((JournalAmounts(1000, 1100, 0, 0, 0, 99),), d(1), d(0), STANDARD, 2))


# --- several points -----------------------------------------------------------------------------------------

UPSTREAM = UpstreamWip(10, put_minor=50_000, put_units=d(100))  # 5.00 a unit


def downstream(good: int, scrap: int, finished_goods_at: FinishedGoodsAt, **settings: object) -> Journal:
    amounts = (JournalAmounts(good * 200, (good + scrap) * 200, 0, scrap * 200, 0, 0),)
    given: dict[str, object] = {"upstream": (UPSTREAM,), "scrap_operation": 20}
    return build_journal(
        JournalInputs(amounts, d(good), d(scrap), finished_goods_at, 2, **{**given, **settings})  # type: ignore[arg-type]
    )


def test_units_scrapped_later_carry_what_earlier_points_consumed() -> None:
    assert upstream_scrap((UPSTREAM,), d(5), 20) == 2500
    assert upstream_scrap((UPSTREAM,), d(5), 10) == 0


def test_upstream_scrap_is_a_line_of_its_own_at_standard() -> None:
    journal = downstream(90, 5, STANDARD)
    own = [(line.role, line.amount_minor) for line in journal.lines if line.memo == "upstream scrap"]
    assert own == [(AccountRole.SCRAP_VARIANCE, 2500), (AccountRole.WIP, -2500)]
    assert journal.receipt_minor == 90 * 200 + 90 * 500
    assert (journal.upstream[0].receipt_minor, journal.upstream[0].scrap_minor) == (45_000, 2500)


def test_abnormal_upstream_scrap_is_a_loss_at_actual() -> None:
    journal = downstream(90, 5, ACTUAL, is_scrap_abnormal=True)
    own = [(line.role, line.amount_minor) for line in journal.lines if line.memo == "upstream scrap"]
    assert own == [(AccountRole.SCRAP_LOSS, 2500), (AccountRole.WIP, -2500)]


def test_normal_upstream_scrap_goes_into_the_receipt_at_actual() -> None:
    journal = downstream(90, 5, ACTUAL)
    assert journal.receipt_minor == 95 * 200 + 95 * 500
    assert journal.upstream_scrap_minor == 2500


def test_upstream_scrap_with_nothing_good_is_a_loss_at_actual() -> None:
    table = by_account(downstream(0, 5, ACTUAL))
    assert table == {"component_inventory": "-10.00", "scrap_loss": "35.00", "wip upstream scrap": "-25.00"}


def test_the_final_receipt_empties_the_orders_wip() -> None:
    journal = downstream(90, 5, ACTUAL, is_emptying=True)
    assert journal.receipt_minor == 95 * 200 + 50_000
    journal = downstream(90, 5, STANDARD, is_emptying=True, output_standard_cost=d(7))
    assert journal.receipt_minor == 63_000
    assert by_account(journal)["output_variance"] == "25.00"  # five units that nobody reported


def test_parts_take_their_units_share_of_what_is_left() -> None:
    upstream = UpstreamWip(10, 10_000, d(3))
    received = []
    for _ in range(3):
        journal = build_journal(JournalInputs((), d(1), d(0), ACTUAL, 2, upstream=(upstream,)))
        received.append(journal.receipt_minor)
        (taken,) = journal.upstream
        upstream = UpstreamWip(
            10, 10_000, d(3), upstream.taken_minor + taken.receipt_minor, upstream.taken_units + taken.units
        )
    assert (received, upstream.left_minor) == ([3333, 3334, 3333], 0)


def test_an_intermediate_point_leaves_its_consumption_in_wip() -> None:
    amounts = (JournalAmounts(1000, 1100, 0, 100, 0, 0),)
    journal = build_journal(
        JournalInputs(amounts, d(10), d(1), ACTUAL, 2, receives=False, conversion_cost=d(9))
    )
    assert by_account(journal) == {"component_inventory": "-11.00", "wip in": "11.00"}
    assert journal.wip_minor == 1100


def test_a_late_posting_that_closes_the_order_leaves_nothing_in_wip() -> None:
    amounts = (JournalAmounts(1000, 1000, 0, 0, 0, 0),)
    journal = build_journal(JournalInputs(amounts, d(10), d(0), ACTUAL, 2, receives=False, is_emptying=True))
    assert by_account(journal)["output_variance"] == "10.00"
    assert journal.wip_minor == 0


def test_more_units_than_came_through_take_no_more_than_is_left() -> None:
    journal = downstream(120, 0, ACTUAL)
    assert journal.upstream[0].receipt_minor == 50_000


# --- corrections and reversal -------------------------------------------------------------------------------


def test_finished_goods_go_down_at_the_cost_they_came_in() -> None:
    amounts = (JournalAmounts(-400, -400, 0, 0, 0, 0),)
    receipts = (PostedReceipt(d(1), 250), PostedReceipt(d(4), 900))
    journal = build_journal(JournalInputs(amounts, d(-2), d(0), ACTUAL, 2, receipts=receipts))
    assert by_account(journal) == {
        "component_inventory": "4.00",
        "wip in": "-4.00",
        "finished_goods": "-4.75",
        "wip out": "4.00",
        "output_variance": "0.75",
    }
    assert (journal.receipt_quantity, journal.receipt_unit_cost) == (d(-2), d("2.375"))


def test_a_correction_brings_back_what_its_units_took_upstream() -> None:
    upstream = UpstreamWip(10, 50_000, d(100), taken_minor=40_000, taken_units=d(80))
    journal = build_journal(
        JournalInputs(
            (), d(-2), d(0), ACTUAL, 2, upstream=(upstream,), receipts=(PostedReceipt(d(80), 40_000),)
        )
    )
    assert (journal.upstream[0].receipt_minor, journal.upstream[0].units) == (-1000, d(-2))
    assert by_account(journal) == {"finished_goods": "-10.00", "wip out": "10.00"}


def test_a_posting_and_its_reversal_are_zero_in_stock_and_money() -> None:
    part = example(at_standard=False)
    journal = booked(part, STANDARD)
    for line, flipped in zip(journal.lines, flipped_lines(journal.lines), strict=True):
        assert (line.role, line.item_class, -line.amount_minor) == flipped[:3]
    for line in part.computed.lines:
        for pick, back in zip(line.picks, flipped_picks(line.picks), strict=True):
            assert (back.location, back.lot, back.unit_cost) == (pick.location, pick.lot, pick.unit_cost)
            assert (back.quantity, back.amount_minor) == (-pick.quantity, -pick.amount_minor)
