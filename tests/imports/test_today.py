"""Today tells a new organization what to load first, until it has what drafts need."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from imports.actions.load import import_file
from tests.factories import client_of, make_member

pytestmark = pytest.mark.django_db
FILES = {
    "items": "sku,kind\nP,sku\nM,material\n",
    "boms": "parent_sku,component_sku,usage\nP,M,2\n",
    "completions": "wo_number,sku,completed_qty\nWO-1,P,3\n",
}


def today(client: Client) -> str:
    return str(client.get("/o/acme/").content.decode())


def test_new_organization_begins_with_its_files(
    organization: Organization, alice: User, alice_client: Client
) -> None:
    assert '/o/acme/imports/new/?kind=items">Items</a>' in today(alice_client)
    for kind, content in FILES.items():
        assert "Begin here" in today(alice_client)
        with bind(organization):
            import_file(kind=kind, file_name=f"{kind}.csv", content=content.encode(), actor=alice)
        assert f"?kind={kind}" not in today(alice_client)
    after = today(alice_client)
    assert "Begin here" not in after
    assert "Draft 1 completion<" in after


def test_who_loads_nothing_is_told_who_does(organization: Organization) -> None:
    page = today(client_of(make_member(organization, "admin")))
    assert "A planner loads these files" in page
    assert "imports/new" not in page
