"""Many people at once on the same documents and the same stock: each effect once, no deadlock, exact balances."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db.models import Count, Sum

from accounts.models import User
from accounts.tenancy.binding import bind
from approvals.actions.recomputing import recompute
from approvals.actions.reversing import reverse
from approvals.actions.signing import approve_backflush, approve_backflushes
from approvals.actions.submitting import submit_backflush, submit_backflushes
from approvals.models import ApprovalDecision
from backflush.actions.drafting import draft_backflushes
from backflush.actions.editing import LineChange, edit_backflush
from backflush.actions.submitting import discard_backflush
from backflush.models import Backflush
from exports.actions.batches import create_batch
from exports.models import ExportLine, ExportTemplate
from inventory.models import Item, JournalEntry, Lot, StockBalance, StockEntry
from production.models import Receipt, WorkOrder
from tests import factories
from tests.backflush.crowd import all_at_once, breaches
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db(transaction=True)

FIFTY = 50
PARTS = 4


def _parts(shop: Shop) -> Item:
    """A product of one each of four parts without lots (2.00) and three of one with three lots (1.25)."""
    org = shop.organization
    product = factories.make_product(org, "P")
    parts = [factories.make_item(org, f"M{n}", cost=2) for n in range(PARTS)]
    for part in parts:
        factories.set_stock(org, part, 1000, unit_cost=2)
    lotted = factories.make_item(org, "L", cost="1.25", tracking="lot")
    for day in (1, 2, 3):
        lot = factories.make_lot(
            org, lotted, f"LOT-{day}", received_on=dt.date(2025, 1, day), unit_cost=Decimal("1.25")
        )
        factories.set_stock(org, lotted, 200, lot=lot, unit_cost="1.25")
    factories.make_bom(org, product, [*((part, 1) for part in parts), (lotted, 3)])
    return product


def _orders(shop: Shop, product: Item, count: int, good: int = 2) -> list[WorkOrder]:
    orders = [factories.make_order(shop.organization, product, good) for _ in range(count)]
    for order in orders:
        factories.make_completion(shop.organization, order, good)
    return orders


def _submitted(shop: Shop) -> list[int]:
    """Everything that waits, drafted and submitted."""
    drafted = draft_backflushes(organization=shop.organization, actor=shop.planner)
    assert drafted.refused == []
    result = submit_backflushes(
        organization=shop.organization, backflush_ids=drafted.drafted, actor=shop.planner
    )
    assert result.refused == []
    return result.submitted


def _controllers(shop: Shop, count: int) -> list[User]:
    return [factories.make_member(shop.organization, "controller") for _ in range(count)]


def _approve(shop: Shop, pk: int, actor: User) -> Callable[[], str]:
    def task() -> str:
        result = approve_backflush(organization=shop.organization, backflush_id=pk, actor=actor)
        return "posted" if result.posted == [pk] else "signed"

    return task


def test_fifty_approvals_of_one_backflush_post_once() -> None:
    shop = open_shop()
    _orders(shop, _parts(shop), 1)
    (pk,) = _submitted(shop)
    people = _controllers(shop, 5)

    answers = all_at_once([_approve(shop, pk, people[n % len(people)]) for n in range(FIFTY)])

    assert Counter(answers) == {"posted": 1, "ALREADY_BACKFLUSHED": FIFTY - 1}
    winner = people[answers.index("posted") % len(people)]
    assert shop.again(pk).posted_by_id == winner.pk
    assert [shop.balance(f"M{n}") for n in range(PARTS)] == [(Decimal(998), 199_600)] * PARTS
    assert shop.balance("L") == (Decimal(594), 74_250)
    assert shop.balance("P") == (Decimal(2), 2_350)
    with bind(shop.organization):
        assert StockEntry.objects.filter(source_id=pk, source_kind="backflush").count() == PARTS + 2
        assert JournalEntry.objects.filter(source_id=pk).count() == 1
        assert Receipt.objects.count() == 1
        assert ApprovalDecision.objects.count() == 1
    assert breaches(shop.organization) == []


def test_fifty_approvals_of_fifty_backflushes_that_share_components_each_post_once() -> None:
    """All take from the same balances and receive into one; the lots are crossed on the way."""
    shop = open_shop()
    _orders(shop, _parts(shop), FIFTY)
    pks = _submitted(shop)
    people = _controllers(shop, 5)

    answers = all_at_once([_approve(shop, pk, people[n % len(people)]) for n, pk in enumerate(pks)])

    assert answers == ["posted"] * FIFTY
    assert [shop.balance(f"M{n}") for n in range(PARTS)] == [(Decimal(900), 180_000)] * PARTS
    assert shop.balance("P") == (Decimal(100), 117_500)
    with bind(shop.organization):
        left = dict(StockBalance.objects.filter(item__sku="L").values_list("lot__code", "on_hand"))
        assert left == {"LOT-1": 0, "LOT-2": 100, "LOT-3": 200}
        consumed = StockEntry.objects.filter(event="CONSUME").aggregate(sum=Sum("quantity"))["sum"]
        assert consumed == -(FIFTY * 2 * (PARTS + 3))
        assert Receipt.objects.count() == FIFTY
        assert Receipt.objects.values("number").distinct().count() == FIFTY
    assert breaches(shop.organization) == []


def test_whole_queue_signed_by_ten_people_at_once_posts_each_document_once() -> None:
    """Every one of them signs everything, in bulk; what somebody else took is refused by itself."""
    shop = open_shop()
    _orders(shop, _parts(shop), 20)
    pks = _submitted(shop)

    def sign(person: User) -> Callable[[], str]:
        def task() -> str:
            result = approve_backflushes(organization=shop.organization, backflush_ids=pks, actor=person)
            assert {error.code for _, error in result.refused} <= {"ALREADY_BACKFLUSHED"}
            return f"{len(result.posted)} posted, {len(result.refused)} refused"

        return task

    answers = all_at_once([sign(person) for person in _controllers(shop, 10)])

    assert Counter(answers) == {"20 posted, 0 refused": 1, "0 posted, 20 refused": 9}
    assert shop.balance("M0") == (Decimal(960), 192_000)
    assert breaches(shop.organization) == []


def test_concurrent_drafts_of_the_same_completions_make_one_live_document_each() -> None:
    shop = open_shop()
    orders = _orders(shop, _parts(shop), 3)
    for order in orders:
        factories.make_completion(shop.organization, order, 1, reference="second")
    planners = [factories.make_member(shop.organization, "planner") for _ in range(8)]

    def draft(person: User) -> Callable[[], str]:
        def task() -> str:
            result = draft_backflushes(organization=shop.organization, actor=person)
            assert {error.code for _, error in result.refused} <= {"ALREADY_BACKFLUSHED"}
            return f"{len(result.drafted)} drafted"

        return task

    answers = all_at_once([draft(person) for person in planners])

    assert Counter(answers) == {"6 drafted": 1, "0 drafted": 7}
    with bind(shop.organization):
        each = Backflush.objects.values("completion").annotate(n=Count("pk")).values_list("n", flat=True)
        assert list(each) == [1] * 6
    assert breaches(shop.organization) == []


def test_named_completion_drafted_twice_at_once_is_refused_to_the_second() -> None:
    shop = open_shop()
    (order,) = _orders(shop, _parts(shop), 1)

    def draft() -> str:
        result = draft_backflushes(
            organization=shop.organization, actor=shop.planner, order_numbers=[order.number]
        )
        return "drafted" if result.drafted else result.refused[0][1].code if result.refused else "nothing"

    answers = all_at_once([draft, draft])

    # The second finds it taken before or after it waits for the order.
    assert sorted(answers) in (["ALREADY_BACKFLUSHED", "drafted"], ["drafted", "nothing"])
    assert breaches(shop.organization) == []


def test_approval_races_return_recompute_edit_and_discard_without_a_half() -> None:
    """Whoever comes first wins; the others are refused, and the document is one thing."""
    shop = open_shop()
    _orders(shop, _parts(shop), 6)
    pks = _submitted(shop)
    tasks: list[Callable[[], str]] = []
    for pk in pks:
        line = next(iter(shop.lines(shop.again(pk)).values()))
        tasks += [
            _approve(shop, pk, shop.controller),
            _approve(shop, pk, shop.other_controller),
            _recompute(shop, pk),
            _edit(shop, pk, line.pk),
            _discard(shop, pk),
        ]

    answers = all_at_once(tasks)

    allowed = {"posted", "recomputed", "edited", "discarded", "ALREADY_BACKFLUSHED", "INVALID_STATE"}
    assert set(answers) <= allowed
    with bind(shop.organization):
        posted = Backflush.objects.filter(status="POSTED").count()
        assert answers.count("posted") == posted
        assert Receipt.objects.count() == posted
    assert shop.balance("M0")[0] == 1000 - 2 * posted
    assert breaches(shop.organization) == []


def test_drafts_approvals_and_reversals_mixed_keep_the_books() -> None:
    """Each of four orders has three parts, of which one is posted, one waits for a signature, one for its draft."""
    shop = open_shop()
    product = _parts(shop)
    orders = _orders(shop, product, 4)
    for pk in _submitted(shop):
        _approve(shop, pk, shop.controller)()
    for order in orders:
        factories.make_completion(shop.organization, order, 1, reference="waits")
    waiting = _submitted(shop)
    for order in orders:
        factories.make_completion(shop.organization, order, 3, reference="new")
    with bind(shop.organization):
        posted = list(Backflush.objects.filter(status="POSTED").values_list("pk", flat=True))
    tasks: list[Callable[[], str]] = []
    for pk in posted:
        tasks += [_reverse(shop, pk, shop.other_controller), _reverse(shop, pk, shop.other_controller)]
    for pk in waiting:
        tasks += [_approve(shop, pk, shop.controller), _approve(shop, pk, shop.other_controller)]
    tasks += [_draft_and_submit(shop), _draft_and_submit(shop)]

    answers = all_at_once(tasks)

    allowed = {"posted", "reversed", "drafted", "ALREADY_BACKFLUSHED", "INVALID_STATE", "STALE_DRAFT"}
    assert set(answers) <= allowed
    assert answers.count("reversed") == len(posted)
    with bind(shop.organization):
        live = Backflush.objects.exclude(status__in=["REVERSED", "DISCARDED"])
        assert live.count() == live.values("completion").distinct().count()
        units = live.filter(status="POSTED").aggregate(sum=Sum("completion__good_quantity"))["sum"] or 0
        assert Lot.objects.count() == 3
    assert shop.balance("M0")[0] == 1000 - units
    assert shop.balance("P")[0] == units
    assert breaches(shop.organization) == []


def test_export_and_reversal_at_once_leave_nothing_forgotten_and_nothing_twice() -> None:
    """A reversal before the export settles with its original; one after it falls due."""
    shop = open_shop()
    _orders(shop, _parts(shop), 6)
    pks = _submitted(shop)
    for pk in pks:
        _approve(shop, pk, shop.controller)()
    with bind(shop.organization):
        template = ExportTemplate.objects.earliest("pk").pk

    def export() -> str:
        create_batch(organization=shop.organization, template_id=template, actor=shop.planner)
        return "exported"

    answers = all_at_once([export, *(_reverse(shop, pk, shop.other_controller) for pk in pks), export])
    assert set(answers) <= {"exported", "reversed", "INVALID"}
    assert answers.count("reversed") == len(pks)
    all_at_once([export])

    with bind(shop.organization):
        out = set(ExportLine.objects.filter(is_live=True).values_list("entry_id", flat=True))
        pairs = StockEntry.objects.exclude(reversal_of=None).values_list("pk", "reversal_of_id")
        assert pairs.count() == len(pks) * (PARTS + 2)
        assert [pair for pair in pairs if (pair[0] in out) != (pair[1] in out)] == []
    assert breaches(shop.organization) == []


def _reverse(shop: Shop, pk: int, actor: User) -> Callable[[], str]:
    def task() -> str:
        reverse(organization=shop.organization, backflush_id=pk, actor=actor, reason="Wrong order")
        return "reversed"

    return task


def _recompute(shop: Shop, pk: int) -> Callable[[], str]:
    def task() -> str:
        recompute(organization=shop.organization, backflush_id=pk, actor=shop.planner)
        return "recomputed"

    return task


def _edit(shop: Shop, pk: int, line_id: int) -> Callable[[], str]:
    def task() -> str:
        change = LineChange(line_id=line_id, actual_quantity=Decimal(5), note="counted")
        edit_backflush(organization=shop.organization, backflush_id=pk, changes=[change], actor=shop.planner)
        return "edited"

    return task


def _discard(shop: Shop, pk: int) -> Callable[[], str]:
    def task() -> str:
        discard_backflush(
            organization=shop.organization, backflush_id=pk, actor=shop.planner, reason="Wrong order"
        )
        return "discarded"

    return task


def _draft_and_submit(shop: Shop) -> Callable[[], str]:
    def task() -> str:
        drafted = draft_backflushes(organization=shop.organization, actor=shop.planner).drafted
        for pk in drafted:
            submit_backflush(organization=shop.organization, backflush_id=pk, actor=shop.planner)
        return "drafted"

    return task
