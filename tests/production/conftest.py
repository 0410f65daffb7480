"""A product and a supervisor of the organization, for the tests of pages."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Organization
from inventory.models import Item
from tests.factories import client_of, make_member, make_product


@pytest.fixture
def supervisor_client(organization: Organization) -> Client:
    return client_of(make_member(organization, "supervisor", "sue@example.com"))


@pytest.fixture
def table(organization: Organization) -> Item:
    return make_product(organization, "TABLE", description="A table")
