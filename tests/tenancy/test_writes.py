"""Bulk writes tell the same history as saving row by row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, transaction
from django.utils import timezone

from accounts.errors import refusal_of
from accounts.models import Job, Organization, User
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import (
    CHUNK,
    FEW,
    allocate_ids,
    delete_row,
    delete_rows,
    insert_rows,
    save_row,
    update_rows,
    update_where,
)
from inventory.models import Item, ReasonCode
from tests import factories

pytestmark = pytest.mark.django_db

HISTORY_ONLY = {"history_id", "history_date"}


def told(model: Any, row_id: int) -> list[dict[str, Any]]:
    """The history of a row without what differs between any two rows."""
    table = model.history.model
    names = [column.attname for column in table._meta.concrete_fields if column.name not in HISTORY_ONLY]
    return [{**row, "id": 0} for row in table.objects.filter(id=row_id).order_by("history_id").values(*names)]


def columns_of(row: Any) -> dict[str, Any]:
    return {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields[1:]}


def by_orm(bound: Organization, alice: User) -> Item:
    return save_row(
        Item(organization=bound, sku="X", description="d", rounding_step=Decimal("0.5"), is_stock_known=True),
        actor=alice,
        reason="made",
    )


def in_bulk(bound: Organization, alice: User) -> Item:
    count = insert_rows(
        Item,
        ["sku", "description", "rounding_step"],
        [("Y", "d", Decimal("0.5"))],
        constants={"is_stock_known": True},
        actor=alice,
        reason="made",
    )
    assert count == 1
    return Item.objects.get(sku="Y")


def test_insert_rows_equals_saving(bound: Organization, alice: User) -> None:
    one, two = by_orm(bound, alice), in_bulk(bound, alice)
    one.refresh_from_db()
    assert {**columns_of(one), "sku": ""} == {**columns_of(two), "sku": ""}
    expected, found = told(Item, one.pk), told(Item, two.pk)
    assert [{**row, "sku": ""} for row in found] == [{**row, "sku": ""} for row in expected]
    assert (found[0]["history_type"], found[0]["history_change_reason"]) == ("+", "made")
    assert found[0]["history_user_id"] == alice.pk


def test_update_rows_equals_saving(bound: Organization, alice: User, bob: User) -> None:
    one, two = by_orm(bound, alice), in_bulk(bound, alice)
    one.description, one.rounding_step = "changed", None
    save_row(one, actor=bob, reason="why", fields=["description", "rounding_step"])
    assert (
        update_rows(
            Item, ["description", "rounding_step"], [(two.pk, "changed", None)], actor=bob, reason="why"
        )
        == 1
    )
    two.refresh_from_db()
    assert (two.description, two.rounding_step) == ("changed", None)
    assert [{**row, "sku": ""} for row in told(Item, two.pk)] == [
        {**row, "sku": ""} for row in told(Item, one.pk)
    ]


def test_update_where_equals_saving(bound: Organization, alice: User) -> None:
    one, two = by_orm(bound, alice), in_bulk(bound, alice)
    one.is_stock_known = True
    save_row(one, actor=alice, reason="why", fields=["is_stock_known"])
    assert update_where(Item, [two.pk], {"is_stock_known": True}, actor=alice, reason="why") == 1
    assert told(Item, two.pk)[1]["is_stock_known"] is told(Item, one.pk)[1]["is_stock_known"] is True
    assert update_where(Item, [], {"is_stock_known": False}, actor=alice, reason="why") == 0


def test_delete_rows_equals_deleting(bound: Organization, alice: User, bob: User) -> None:
    one, two = by_orm(bound, alice), in_bulk(bound, alice)
    ids = one.pk, two.pk
    delete_row(one, actor=bob, reason="gone")
    assert delete_rows(Item, [two.pk], actor=bob, reason="gone") == 1
    expected, found = (told(Item, row_id) for row_id in ids)
    assert [{**row, "sku": ""} for row in found] == [{**row, "sku": ""} for row in expected]
    assert (found[1]["history_type"], found[1]["history_user_id"]) == ("-", bob.pk)
    assert not Item.objects.exists()


def test_bulk_without_actor_tells_of_the_system(bound: Organization) -> None:
    insert_rows(ReasonCode, ["code", "name"], [("A", "a")], actor=None, reason="by itself")
    assert ReasonCode.history.get(code="A").history_user is None


def test_insert_rows_in_more_than_one_chunk(bound: Organization, alice: User) -> None:
    rows = ((f"R{number}", "x") for number in range(CHUNK + 1))
    assert insert_rows(ReasonCode, ["code", "name"], rows, actor=alice, reason="many") == CHUNK + 1
    assert ReasonCode.history.filter(history_change_reason="many").count() == CHUNK + 1


def test_insert_rows_keeps_what_people_type(bound: Organization, alice: User) -> None:
    text = "a,b {c} \"d\" \\e 'f' NULL ; -- ü 你好"
    insert_rows(ReasonCode, ["code", "name"], [("A", text), ("NULL", "{}")], actor=alice, reason=text)
    assert dict(ReasonCode.objects.filter(code__in=["A", "NULL"]).values_list("code", "name")) == {
        "A": text,
        "NULL": "{}",
    }
    assert ReasonCode.history.get(code="A").history_change_reason == text


def test_insert_rows_keeps_json_and_moments(bound: Organization, alice: User) -> None:
    moment = timezone.now()
    insert_rows(
        Job,
        ["kind", "title", "arguments", "finished_at", "started_by_id"],
        [("k", "t", {"a": [1, None, "x"]}, moment, alice.pk)],
        actor=alice,
        reason="r",
    )
    job = Job.objects.get(kind="k")
    assert (job.arguments, job.result, job.finished_at) == ({"a": [1, None, "x"]}, {}, moment)
    assert Job.history.get(id=job.pk).arguments == {"a": [1, None, "x"]}


@pytest.mark.parametrize("count", [1, FEW])
def test_number_that_its_column_cannot_hold_is_an_error_of_django(bound: Organization, count: int) -> None:
    """Few rows travel as arrays, many are copied."""
    rows = [(f"I-{n}", Decimal(10) ** 12) for n in range(count)]
    with pytest.raises(DataError) as raised, transaction.atomic():
        insert_rows(Item, ["sku", "rounding_step"], rows, actor=None, reason="too large")
    refusal = refusal_of(raised.value)
    assert refusal is not None
    assert refusal.code == "INVALID"


def test_insert_rows_takes_the_bound_organization(
    other_organization: Organization, bound: Organization, alice: User
) -> None:
    insert_rows(ReasonCode, ["code", "name"], [("A", "a")], actor=alice, reason="r")
    assert ReasonCode.objects.get(code="A").organization_id == bound.pk


def test_allocated_ids_are_taken_by_inserted_rows(bound: Organization, alice: User) -> None:
    ids = allocate_ids(ReasonCode, 3)
    insert_rows(ReasonCode, ["id", "code", "name"], [(ids[1], "A", "a")], actor=alice, reason="r")
    assert ReasonCode.objects.get(code="A").pk == ids[1]
    assert len(set(ids)) == 3


def test_unknown_column_is_named(bound: Organization, alice: User) -> None:
    with pytest.raises(LookupError, match="no column nmae"):
        insert_rows(ReasonCode, ["code", "nmae"], [("A", "a")], actor=alice, reason="r")


def test_update_of_another_organizations_row_touches_nothing(
    organization: Organization, other_organization: Organization, alice: User
) -> None:
    theirs = factories.make_item(other_organization, "THEIRS")
    with bind(organization):
        assert update_rows(Item, ["description"], [(theirs.pk, "x")], actor=alice, reason="r") == 0
        assert delete_rows(Item, [theirs.pk], actor=alice, reason="r") == 0
    with bind(other_organization):
        assert Item.objects.get().description == ""
        assert Item.history.count() == 1
