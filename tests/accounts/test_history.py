"""Who did what, when and why, in words, at a constant number of queries."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.history import history_of, history_of_model
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import delete_row, insert_rows, save_row, update_rows
from inventory.models import Item, ItemCost, Lot, ReasonCode
from tests import factories

pytestmark = pytest.mark.django_db


def test_change_is_told_with_old_and_new(bound: Organization, alice: User, bob: User) -> None:
    store = factories.make_location(bound, "STORE")
    item = save_row(Item(organization=bound, sku="B-117"), actor=alice, reason="Imported")
    item.rounding_step, item.is_unit_stated, item.supply_location = Decimal("0.5"), True, store
    item.tolerance_minor, item.negative_policy = 1250, "warn"
    save_row(item, actor=bob, reason="Cleaned up")
    changed, made = history_of([item])
    assert (made.title, made.who, made.action) == ("Imported", "alice@example.com", "+")
    assert (changed.title, changed.who) == ("Cleaned up", "bob@example.com")
    assert [str(change) for _, change in changed.changes] == [
        "Unit stated no → yes",
        "Negative policy – → Allow and list it",
        "Rounding step – → 0.5",
        "Supply location – → STORE",
        "Tolerance – → $12.50",
    ]
    assert made.note.endswith("item B-117 made")


def test_several_models_make_one_time_line(bound: Organization, alice: User) -> None:
    item = save_row(Item(organization=bound, sku="A"), actor=alice, reason="one")
    lot = save_row(Lot(organization=bound, item=item, code="L1"), actor=alice, reason="two")
    cost = save_row(ItemCost(organization=bound, item=item, standard_cost=1), actor=None, reason="three")
    assert [(event.title, event.who) for event in history_of([item, lot, cost])] == [
        ("three", "The system"),
        ("two", "alice@example.com"),
        ("one", "alice@example.com"),
    ]


def test_rows_of_a_kind_are_told_apart(bound: Organization, alice: User) -> None:
    first, second = factories.make_reason(bound, "FIRST"), factories.make_reason(bound, "SECOND")
    second.name = "Other"
    save_row(second, actor=alice, reason="renamed")
    assert history_of([first, second])[0].note.endswith(" · reason code SECOND · Name Second → Other")
    assert "reason code SECOND" not in history_of([second])[0].note


def test_rows_written_at_once_are_one_event(bound: Organization, alice: User) -> None:
    insert_rows(
        ReasonCode, ["code", "name"], [("A", "a"), ("B", "b"), ("C", "c")], actor=alice, reason="Loaded"
    )
    rows = list(ReasonCode.objects.filter(code__in="ABC").order_by("code"))
    update_rows(ReasonCode, ["name"], [(row.pk, f"{row.name}2") for row in rows], actor=alice, reason="Again")
    again, loaded = history_of(rows)
    assert loaded.subject == "3 reason codes"
    assert again.changed() == ["A: Name a → a2", "B: Name b → b2", "C: Name c → c2"]


def test_deleted_rows_are_told_by_the_model(bound: Organization, alice: User) -> None:
    row = factories.make_reason(bound, "MINE")
    delete_row(row, actor=alice, reason="not used")
    assert history_of_model(ReasonCode, code="MINE")[0].title == "not used"
    assert history_of_model(ReasonCode, code="MINE")[0].action == "-"


def test_hidden_columns_and_limit(bound: Organization, alice: User) -> None:
    row = factories.make_reason(bound, "MINE")
    row.name = "other"
    save_row(row, actor=alice, reason="renamed")
    assert history_of([row], hidden=["name"])[0].changes == []
    assert len(history_of([row], limit=1)) == 1


def test_history_of_another_organization_is_not_told(
    organization: Organization, other_organization: Organization
) -> None:
    theirs = factories.make_item(other_organization, "THEIRS")
    with bind(organization):
        assert history_of([theirs]) == []
        assert history_of_model(Item) == []


def test_number_of_queries_does_not_grow(bound: Organization, alice: User) -> None:
    def count(rows: list[Item]) -> int:
        with CaptureQueriesContext(connection) as queries:
            history_of(rows)
        return len(queries)

    store, shelf = factories.make_location(bound, "STORE"), factories.make_location(bound, "SHELF")
    items = [
        save_row(Item(organization=bound, sku=f"I{n}", supply_location=store), actor=alice, reason="x")
        for n in range(5)
    ]
    for item in items:
        item.supply_location = shelf
        save_row(item, actor=alice, reason="moved")
    assert count(items[:1]) == count(items) == 3
