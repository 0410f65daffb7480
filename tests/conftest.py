"""Alice plans, Bob signs for the same organization, Charlie belongs to another and must see nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from tests import factories


@pytest.fixture
def organization(db: None) -> Organization:
    """The organization of Alice and Bob."""
    return factories.make_organization("acme")


@pytest.fixture
def other_organization(db: None) -> Organization:
    """Charlie's."""
    return factories.make_organization("other")


@pytest.fixture
def alice(organization: Organization) -> User:
    """Planner."""
    return factories.make_member(organization, "planner", "alice@example.com")


@pytest.fixture
def bob(organization: Organization) -> User:
    """Controller."""
    return factories.make_member(organization, "controller", "bob@example.com")


@pytest.fixture
def charlie(other_organization: Organization) -> User:
    """Planner of the other organization."""
    return factories.make_member(other_organization, "planner", "charlie@example.com")


@pytest.fixture
def bound(organization: Organization) -> Iterator[Organization]:
    """The test runs inside the organization of Alice and Bob."""
    with bind(organization):
        yield organization


@pytest.fixture
def alice_client(alice: User) -> Client:
    return factories.client_of(alice)


@pytest.fixture
def bob_client(bob: User) -> Client:
    return factories.client_of(bob)


@pytest.fixture
def charlie_client(charlie: User) -> Client:
    return factories.client_of(charlie)
