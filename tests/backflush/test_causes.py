"""Beside a variance stands its likely cause, with what speaks for it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy.binding import bind
from backflush.actions.drafting import draft_backflushes
from backflush.models import Backflush, BackflushLine
from backflush.queries.causes import Cause, causes_of
from tests import factories
from tests.backflush.files import bring, issue, report
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db
ITEMS = """sku,unit,kind,standard_cost,rounding_step
M,EA,material,5,
ALT,EA,material,6,
N,EA,material,2,
GLUE,KG,material,8,0.5
PLATE,EA,material,3,1
P,EA,sku,,
"""


@pytest.fixture
def shop(db: None) -> Shop:
    shop = open_shop()
    bring(shop, "items", ITEMS)
    bring(shop, "units", "from_unit,to_unit,factor\nKG,G,1000\n")
    return shop


def bill(shop: Shop, *rows: str) -> None:
    """Lines of P: component, usage, unit, substitutes."""
    bring(
        shop,
        "boms",
        "parent_sku,component_sku,usage,unit,substitute_skus\n" + "".join(f"P,{row}\n" for row in rows),
    )


def causes(shop: Shop, *, draft: Backflush | None = None) -> dict[str, Cause]:
    """By component, of the one document that waits to be drafted."""
    draft = draft or shop.draft()
    with bind(shop.organization):
        found = causes_of([draft.pk])
        return {line.item.sku: found[line.pk] for line in draft.lines.all() if line.pk in found}


def test_as_expected_has_no_cause(shop: Shop) -> None:
    bill(shop, "M,2,,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    assert causes(shop) == {}


def test_less_than_one_step_is_rounding(shop: Shop) -> None:
    bill(shop, "GLUE,1,KG,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,GLUE,10.3,,,,")
    cause = causes(shop)["GLUE"]
    assert (cause.label, cause.evidence) == (
        "Rounding only",
        "The difference is smaller than one step of 0.5.",
    )


@pytest.mark.parametrize(
    ("used", "evidence"),
    [
        (
            "10000",
            "The actual is 1,000 times the expected quantity, as G is to KG: the bill counts in G, stock in KG.",
        ),
        ("120", "The actual is 12 times the expected quantity."),
        ("254", "The actual is 25.4 times the expected quantity."),
    ],
)
def test_ratio_of_two_units_is_a_mix_up(shop: Shop, used: str, evidence: str) -> None:
    """10 kg are expected. Grams written as kilograms; dozens and inches are told by their ratio alone."""
    bill(shop, "GLUE,1000,G,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, f"W-1,GLUE,{used},,,,")
    cause = causes(shop)["GLUE"]
    assert (cause.label, cause.evidence) == ("Unit mix-up?", evidence)


def test_declared_substitute_is_no_cause(shop: Shop) -> None:
    """12 of M and 8 of ALT for 20: its share is expected of it."""
    bill(shop, "M,2,,ALT")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,M,12,,,,", "W-1,ALT,8,,M,,")
    assert causes(shop) == {}


def test_alternative_that_is_over_where_the_item_is_short_is_told_on_both(shop: Shop) -> None:
    """ALT has a line of its own and may stand in for M: 8 fewer of M and 8 more of ALT were used."""
    bill(shop, "M,2,,ALT", "ALT,1,,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,M,12,,,,", "W-1,ALT,18,,,,")
    found = causes(shop)
    assert found["M"].evidence == "It is short by 8 and ALT, which may stand in for it, is over by 8."
    assert found["ALT"].evidence == "It is over by 8 and M, for which it may stand in, is short by 8."
    assert {cause.label for cause in found.values()} == {"Substitute?"}


def test_two_components_off_by_one_quantity_are_mixed_up(shop: Shop) -> None:
    bill(shop, "M,2,,", "N,3,,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,M,27,,,,", "W-1,N,23,,,,")
    found = causes(shop)
    assert found["M"].evidence == "N is short by 7 and M over by as much."
    assert found["N"].label == "Mixed up with another?"


def test_two_reports_of_one_quantity_are_one_issued_twice(shop: Shop) -> None:
    """20 expected; 20 reported from each of two lots."""
    bill(shop, "M,2,,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,M,20,L1,,,", "W-1,M,20,L2,,,")
    cause = causes(shop)["M"]
    assert (cause.label, cause.evidence) == (
        "Issued twice?",
        "2 reports of 20; without one of them the use is as expected.",
    )


def test_exactly_twice_the_expected_is_issued_twice(shop: Shop) -> None:
    bill(shop, "M,2,,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,M,40,,,,")
    assert causes(shop)["M"].evidence == "The actual is exactly twice the expected quantity."


def test_same_ratio_on_the_last_orders_points_at_the_bill(shop: Shop) -> None:
    """Five orders use 2.2 a unit where the bill says 2; three are not enough to say so."""
    bill(shop, "M,2,,")
    stock = "sku,location,on_hand,unit_cost,counted_at\nM,MAIN,1000,5,2025-11-01T08:00\n"
    bring(shop, "stock", stock)
    for number in range(1, 6):
        report(shop, f"W-{number},P,10,10,,,,,2025-11-1{number},")
        issue(shop, f"W-{number},M,22,,,,")
        draft = shop.draft()
        if number == 4:
            assert causes(shop, draft=draft)["M"].label == "Scrap not reported?"
        if number == 5:
            cause = causes(shop, draft=draft)["M"]
            assert (cause.label, cause.evidence) == (
                "Likely the bill",
                "+10\u00a0% on the last 4 orders too: its usage is off. 2.2 EA would fit better than 2.",
            )
        shop.post(draft)


def test_excess_of_whole_units_points_at_scrap_that_nobody_reported(shop: Shop) -> None:
    """Three more units would have taken 6 of M and 9 of N; one scrapped was reported."""
    bill(shop, "M,2,,", "N,3,,", "PLATE,1,,")
    report(shop, "W-1,P,100,99,1,SETUP,,,2025-11-19,")
    issue(shop, "W-1,M,206,,,,", "W-1,N,309,,,,", "W-1,PLATE,104,,,,")
    found = causes(shop)
    assert {found[sku].label for sku in ("M", "N")} == {"Scrap not reported?"}
    assert found["M"].evidence == (
        "The excess is what 3 more units would take, on 2 lines alike; 1 scrapped were reported."
    )
    assert found["PLATE"].evidence.startswith("The excess is what 4 more units would take;")


def test_causes_of_many_documents_cost_what_those_of_one_do(shop: Shop) -> None:
    bill(shop, "M,2,,")
    for number in range(1, 4):
        report(shop, f"W-{number},P,10,10,,,,,2025-11-1{number},")
        issue(shop, f"W-{number},M,40,,,,")
    ids = draft_backflushes(organization=shop.organization, actor=shop.planner).drafted
    with bind(shop.organization):
        with CaptureQueriesContext(connection) as one:
            causes_of(ids[:1])
        with CaptureQueriesContext(connection) as three:
            assert len(causes_of(ids)) == 3
        assert len(one) == len(three) == 3


def test_page_shows_cause_evidence_and_the_file_and_row_of_each_number(shop: Shop) -> None:
    bill(shop, "M,2,,")
    report(shop, "W-1,P,10,10,,,,,2025-11-19,")
    issue(shop, "W-1,M,40,,,,")
    draft = shop.draft()
    page = factories.client_of(shop.planner).get(f"/o/{shop.organization.slug}/review/{draft.number}/")
    shown = page.content.decode()
    assert "Issued twice?" in shown
    for words in (
        "bill, line 10, row 2 of file.csv",
        "the completion, row 2 of file.csv",
        "reported 40, row 2 of file.csv",
        "$5.00, the standard of 19 Nov 2025",
    ):
        assert words in shown, words
    with bind(shop.organization):
        assert BackflushLine.objects.count() == 1
