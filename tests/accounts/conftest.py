"""Tests of accounts: an admin, a receiver of webhooks on this machine, and a webhook that leads there."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from accounts.models import Organization, User
from tests import factories
from tests.accounts.hooks import Hook
from tests.accounts.receiver import Receiver, receiving


@pytest.fixture
def local_networks(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def admin(organization: Organization) -> User:
    return factories.admin_of(organization)


@pytest.fixture
def hook(organization: Organization, admin: User, receiver: Receiver) -> Hook:
    return Hook(organization, admin, receiver.url)
