"""Every event of the documentation, as the product writes it on one road from a file to the ERP and back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.choices import EventName
from accounts.events import as_json, events_after
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from approvals.actions.recomputing import recompute
from approvals.actions.reversing import reverse
from approvals.actions.signing import approve_backflush, return_backflush
from approvals.actions.submitting import submit_backflush
from backflush.actions.drafting import draft_backflushes
from backflush.actions.submitting import discard_backflush
from backflush.models import BackflushLine
from exports.acknowledgements import LineAnswer
from exports.actions.acknowledging import record_acknowledgements
from exports.actions.batches import create_batch, put_back_rejected, withdraw_batch
from exports.choices import Answer
from exports.models import ExportTemplate
from imports.actions.load import import_file
from imports.actions.take_back import take_back_import
from inventory.actions.exceptions import resolve_exception
from inventory.actions.periods import add_period, open_period
from inventory.choices import Resolution
from inventory.models import StockException
from tests import factories

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).resolve().parents[2] / "docs" / "events.md"
KEYS = re.compile(r"(^|_)id$|^reversal_of$")


def documented() -> list[dict[str, Any]]:
    """The examples: each is a block of JSON that has a name."""
    blocks = re.findall(r"^```json\n(.*?)^```", DOCS.read_text(), re.MULTILINE | re.DOTALL)
    return [example for example in map(json.loads, blocks) if "name" in example]


def comparable(value: Any, key: str = "") -> Any:
    """Without what differs from one database and one moment to another."""
    if isinstance(value, dict):
        return {name: comparable(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner, key) for inner in value]
    if KEYS.search(key) and isinstance(value, int):
        return "a key"
    if key == "occurred_at":
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)
        return "a moment"
    if key == "sha256":
        assert re.fullmatch(r"[0-9a-f]{64}", value)
        return "a digest"
    return value


@pytest.fixture
def told(organization: Organization, alice: User, bob: User) -> list[dict[str, Any]]:
    """What the road below tells."""
    travel(organization, alice, bob, factories.make_member(organization, "controller", "dana@example.com"))
    with bind(organization):
        return [as_json(event, organization) for event in events_after(0, limit=1000)]


def travel(organization: Organization, alice: User, bob: User, dana: User) -> None:
    finance = factories.make_member(organization, "finance", "faye@example.com")
    _files(organization, alice)
    resin = factories.make_item(organization, "RESIN-20", cost="2.5", unit="KG", tracking="lot")
    screw = factories.make_item(organization, "SCREW-M4", cost="0.04")
    lot = factories.make_lot(organization, resin, "R-0412", unit_cost=Decimal("2.6"))
    factories.set_stock(organization, resin, 100, lot=lot, unit_cost="2.6")
    factories.set_stock(organization, screw, 30, unit_cost="0.04")
    product = factories.make_product(organization, "P-310", cost=12)
    factories.make_bom(organization, product, [(resin, "0.5"), (screw, 4)])
    order = factories.make_order(organization, product, 10, "WO-1001")
    completion = factories.make_completion(organization, order, 10, is_final=True, output_lot_code="P-25-47")

    def draft() -> int:
        (pk,) = draft_backflushes(
            organization=organization, actor=alice, completion_ids=[completion.pk]
        ).drafted
        return pk

    which: dict[str, Any] = {"organization": organization}
    discard_backflush(**which, backflush_id=draft(), actor=alice, reason="Recorded for the wrong order")
    pk = draft()
    with bind(organization):
        line = BackflushLine.objects.get(backflush_id=pk, item=resin)
    submit_backflush(**which, backflush_id=pk, actor=alice, note="Checked with the line")
    return_backflush(
        **which,
        backflush_id=pk,
        actor=bob,
        note="The scale ticket says 5.2",
        line_id=line.pk,
        proposed_quantity=Decimal("5.20"),
    )
    submit_backflush(**which, backflush_id=pk, actor=alice, note="The ticket is of another order")
    recompute(**which, backflush_id=pk, actor=alice, reason="A cost changed")
    submit_backflush(**which, backflush_id=pk, actor=alice)
    approve_backflush(**which, backflush_id=pk, actor=bob, note="Agreed")
    with bind(organization):
        short = StockException.objects.get()
        template = ExportTemplate.objects.get(name="Stock adjustments")
    resolve_exception(
        **which,
        exception_id=short.pk,
        resolution=Resolution.RECEIVED,
        note="A box was not booked in",
        actor=bob,
    )
    batch = create_batch(**which, template_id=template.pk, actor=alice)
    answers = [LineAnswer(1, Answer.ACCEPTED, None, ""), LineAnswer(2, Answer.REJECTED, None, "Unknown part")]
    record_acknowledgements(**which, batch_id=batch.pk, answers=answers, actor=alice)
    put_back_rejected(**which, batch_id=batch.pk, actor=alice, reason="The part is known now")
    batch = create_batch(**which, template_id=template.pk, actor=alice)
    withdraw_batch(**which, batch_id=batch.pk, actor=alice, reason="Written too early")
    reverse(**which, backflush_id=pk, actor=dana, reason="Completed on the wrong order")
    with bind(organization):
        march = factories.TODAY.replace(day=1, month=3), factories.TODAY.replace(day=31, month=3)
        period = add_period(**which, starts_on=march[0], ends_on=march[1], is_closed=True, actor=finance)
        open_period(period=period, actor=finance, why="A late invoice")


def _files(organization: Organization, alice: User) -> None:
    with bind(organization):
        imported = import_file(
            kind="items",
            file_name="items.csv",
            content=b"sku,description\nA-1,Anchor\nA-2,Bracket\n",
            actor=alice,
        )
        take_back_import(batch=imported.batch, actor=alice)


def test_every_event_is_documented_as_it_is_written(told: list[dict[str, Any]]) -> None:
    written = [comparable(event) for event in told]
    examples = documented()

    assert {event["name"] for event in written} == set(EventName.values)
    assert [example["name"] for example in examples] == list(EventName.values)
    for example in examples:
        assert comparable(example) in written, example["name"]


TYPES: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: type(value) is int,
    "decimal": lambda value: isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) is not None,
    "day": lambda value: isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None,
    "yes or no": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "list of texts": lambda value: all(isinstance(one, str) for one in value),
    "list of numbers": lambda value: all(type(one) is int for one in value),
    "list of objects": lambda value: all(isinstance(one, dict) for one in value),
}


def documented_fields() -> dict[str, list[str]]:
    """The types of each field, from the table of fields."""
    table = DOCS.read_text().split("## Fields")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|", table, re.MULTILINE)
    return {name: kind.split(", ") for names, kind in rows for name in re.findall(r"`(\w+)`", names)}


def test_every_field_is_documented_with_its_type(told: list[dict[str, Any]]) -> None:
    fields = documented_fields()
    used: set[str] = set()

    def check(value: dict[str, Any], event: str) -> None:
        for name, inner in value.items():
            used.add(name)
            assert name in fields, f"{event}: {name}"
            assert any(TYPES[kind](inner) for kind in fields[name]), f"{event}: {name} is {inner!r}"
            for each in inner if isinstance(inner, list) else ():
                if isinstance(each, dict):
                    check(each, event)

    for event in told:
        check(event["subjects"], event["name"])
        check(event["data"], event["name"])
    assert set(fields) == used


def test_all_events_of_a_kind_have_the_same_fields(told: list[dict[str, Any]]) -> None:
    shapes: dict[str, list[Any]] = {}
    for event in told:
        shape = (sorted(event), sorted(event["subjects"]), sorted(event["data"]))
        shapes.setdefault(event["name"], []).append(shape)

    assert [name for name, found in shapes.items() if any(shape != found[0] for shape in found)] == []
