"""Whole documents for tests: drafted, submitted, posted, exported and imported by the product's own actions."""

from __future__ import annotations

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from approvals.actions.signing import approve_backflush
from approvals.actions.submitting import submit_backflush
from backflush.actions.drafting import draft_backflushes
from backflush.models import Backflush
from exports.actions.batches import create_batch
from exports.models import ExportBatch, ExportTemplate
from imports.actions.receive import receive_file
from imports.models import ImportBatch
from tests import factories


def make_draft(organization: Organization, planner: User | None = None) -> Backflush:
    """A product of two components, 10 made, drafted; both stand in MAIN with a cost."""
    planner = planner or factories.make_member(organization, "planner")
    product = factories.make_product(organization, cost=12)
    materials = [factories.make_item(organization, cost=cost) for cost in ("2.50", "1.25")]
    for material in materials:
        factories.set_stock(organization, material, 1000, unit_cost="2.50")
    factories.make_bom(organization, product, [(material, 2) for material in materials])
    order = factories.make_order(organization, product, 10)
    completion = factories.make_completion(organization, order, 10, is_final=True)
    result = draft_backflushes(organization=organization, actor=planner, completion_ids=[completion.pk])
    assert result.refused == []
    with bind(organization):
        return Backflush.objects.get(pk=result.drafted[0])


def make_submitted(organization: Organization, planner: User | None = None) -> Backflush:
    planner = planner or factories.make_member(organization, "planner")
    backflush = make_draft(organization, planner)
    submit_backflush(organization=organization, backflush_id=backflush.pk, actor=planner)
    return _again(organization, backflush)


def make_posted(
    organization: Organization, planner: User | None = None, controller: User | None = None
) -> Backflush:
    controller = controller or factories.make_member(organization, "controller")
    backflush = make_submitted(organization, planner)
    approve_backflush(organization=organization, backflush_id=backflush.pk, actor=controller)
    return _again(organization, backflush)


def make_export(organization: Organization, planner: User | None = None) -> ExportBatch:
    """One posted backflush in a file of the first template."""
    planner = planner or factories.make_member(organization, "planner")
    make_posted(organization, planner)
    return write_export(organization, planner)


def write_export(organization: Organization, planner: User) -> ExportBatch:
    """What is due, in a file of the first template."""
    with bind(organization):
        template = ExportTemplate.objects.earliest("pk")
    return create_batch(organization=organization, template_id=template.pk, actor=planner)


def make_import(organization: Organization, planner: User | None = None) -> ImportBatch:
    """An items file of one row, uploaded and not yet loaded."""
    planner = planner or factories.make_member(organization, "planner")
    number = factories.next_number()
    with bind(organization):
        return receive_file(
            kind="items",
            file_name="items.csv",
            content=f"sku,description\nA-{number},Anchor\n".encode(),
            actor=planner,
        )


def _again(organization: Organization, backflush: Backflush) -> Backflush:
    with bind(organization):
        return Backflush.objects.get(pk=backflush.pk)
