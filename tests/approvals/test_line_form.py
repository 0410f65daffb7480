"""The form of a line: a refused change comes back with what was typed, at the open line."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from backflush.models import Backflush
from tests import factories
from tests.backflush.shop import Shop, open_shop, simple_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


def address(name: str, *arguments: object) -> str:
    return reverse(f"approvals:{name}", args=["acme", *arguments])


def send(shop: Shop, draft: Backflush, **said: str) -> tuple[int, str]:
    line = shop.lines(draft)["M"]
    fields = {"version": str(draft.version), "actual": "20", "item": "M", **said}
    answer = factories.client_of(shop.planner).post(address("edit_line", draft.number, line.pk), fields)
    return answer.status_code, answer.content.decode()


def test_refused_figure_comes_back_as_it_was_typed_with_its_error(shop: Shop) -> None:
    simple_order(shop)
    draft = shop.draft()
    reason = shop.reason()
    status, shown = send(shop, draft, actual="2o", note="two were bent", reason=str(reason.pk), factor="1.5")
    assert status == 422
    assert 'name="actual" value="2o" autocomplete="off" aria-invalid="true"' in shown
    assert '<span class="wrong">Enter a number.</span>' in shown
    assert 'name="note" value="two were bent"' in shown
    assert 'name="factor" value="1.5"' in shown
    assert f'<option value="{reason.pk}" selected>' in shown
    line = shop.lines(draft)["M"]
    assert f'class="inside is-open" id="line-{line.pk}"' in shown
    assert (line.actual_quantity, line.note) == (Decimal(20), "")


def test_change_that_somebody_overtook_comes_back_as_it_was_typed(shop: Shop) -> None:
    simple_order(shop)
    stale = shop.draft()
    now = shop.change(stale, "M", actual_quantity=Decimal(22))
    status, shown = send(shop, stale, actual="25", note="counted twice")
    assert status == 422
    assert 'name="actual" value="25"' in shown
    assert 'name="note" value="counted twice"' in shown
    assert f'name="version" value="{now.version}"' in shown
    assert shop.lines(stale)["M"].actual_quantity == 22


def test_unknown_item_is_told_beside_its_field(shop: Shop) -> None:
    simple_order(shop)
    status, shown = send(shop, shop.draft(), item="NOPE")
    assert status == 422
    assert 'name="item" value="NOPE" maxlength="80" aria-invalid="true"' in shown
    assert '<span class="wrong">There is no item NOPE. Look its SKU up under Stock.</span>' in shown


def test_line_among_the_expected_ones_is_not_folded_away(shop: Shop) -> None:
    """One component needs a look, so what is as expected is folded; the refused line is there."""
    simple_order(shop)
    other = factories.make_item(shop.organization, "N", cost=1)
    factories.set_stock(shop.organization, other, 100)
    planner = factories.client_of(shop.planner)
    draft = shop.draft()
    added = {"version": str(draft.version), "item": "N", "actual": "3"}
    assert planner.post(address("add_line", draft.number), added).status_code == 302
    assert 'class="is-folded"' in planner.get(address("document", draft.number)).content.decode()
    _, shown = send(shop, shop.again(draft.pk), actual="?")
    assert 'class="is-folded"' not in shown


def test_address_of_a_line_leads_to_its_document(shop: Shop) -> None:
    simple_order(shop)
    draft = shop.draft()
    line = shop.lines(draft)["M"]
    answer = factories.client_of(shop.planner).get(address("edit_line", draft.number, line.pk) + "?page=2")
    assert answer.headers["Location"] == address("document", draft.number) + "?page=2"


def test_component_that_is_added_stands_in_for_nothing(shop: Shop) -> None:
    simple_order(shop)
    draft = shop.draft()
    form = factories.client_of(shop.planner).get(address("add_line", draft.number)).context["form"]
    assert list(form.fields) == ["item", "actual", "reason", "note"]
    assert [form.fields[name].label for name in ("item", "actual")] == ["Item", "Quantity used"]
