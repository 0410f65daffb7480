"""One thing that somebody did is one entry of the time line, however many tables it touched."""

from __future__ import annotations

import pytest

from accounts.happenings import told_once
from accounts.history import history_of
from accounts.models import Organization, User
from accounts.tenancy.writes import save_row
from inventory.models import Item, ItemCost, Lot

pytestmark = pytest.mark.django_db


def test_rows_of_one_action_are_told_together(bound: Organization, alice: User, bob: User) -> None:
    item = save_row(Item(organization=bound, sku="A"), actor=alice, reason="Loaded")
    lot = save_row(Lot(organization=bound, item=item, code="L1"), actor=alice, reason="Loaded")
    item.description, lot.code = "Anchor", "L2"
    for row in (item, lot):
        save_row(row, actor=bob, reason="Cleaned up")
    cleaned, loaded = told_once(history_of([item, lot]))
    assert (loaded.title, loaded.note.split(" · ")[2:]) == ("Loaded", ["item A made", "lot L1 made"])
    assert cleaned.title == "Cleaned up"
    assert cleaned.note.split(" · ")[2:] == ["Description – → Anchor", "Code L1 → L2"]
    assert cleaned.note.startswith("bob@example.com · ")


def test_another_person_or_another_reason_is_another_entry(
    bound: Organization, alice: User, bob: User
) -> None:
    item = save_row(Item(organization=bound, sku="A"), actor=alice, reason="Loaded")
    cost = save_row(ItemCost(organization=bound, item=item, standard_cost=1), actor=bob, reason="Loaded")
    other = save_row(Lot(organization=bound, item=item, code="L1"), actor=bob, reason="Received")
    told = [(entry.title, entry.note.split(" · ")[0]) for entry in told_once(history_of([item, cost, other]))]
    assert told == [
        ("Received", "bob@example.com"),
        ("Loaded", "bob@example.com"),
        ("Loaded", "alice@example.com"),
    ]
