"""The third wall: every address × role × other organization. New addresses are found by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Organization
from accounts.roles import RIGHTS, ROLE_RIGHTS, Role
from tests import factories
from tests.tenancy.addresses import OF_NOBODY, Address, addresses, arguments_of

ALL = addresses()
WITH_OBJECT = [one for one in ALL if one.parameters and one.name not in OF_NOBODY]

each_address = pytest.mark.parametrize("address", ALL, ids=lambda one: one.name)
each_object = pytest.mark.parametrize("address", WITH_OBJECT, ids=lambda one: one.name)


def made_arguments(address: Address, organization: Organization) -> dict[str, Any]:
    if address.name in OF_NOBODY or not address.parameters:
        return OF_NOBODY.get(address.name, {})
    make = arguments_of(address)
    assert make is not None, f"add {address.name} to ARGUMENTS in tests/tenancy/addresses.py"
    return make(organization)


def test_there_are_addresses() -> None:
    assert len(ALL) > 40


@each_address
def test_address_names_the_right_it_needs(address: Address) -> None:
    assert address.right in RIGHTS, f"{address.name}: let @requires be the view's first line"


@dataclass(frozen=True)
class Answer:
    """What one person got, asking in both ways. Exceptions of a view are raised by the client and fail the test."""

    get: int
    post: int


def ask(client: Client, path: str) -> Answer:
    """Ask, and undo what came of it, so that the next person finds the same."""
    with transaction.atomic():
        answer = Answer(client.get(path).status_code, client.post(path).status_code)
        transaction.set_rollback(True)
    return answer


@each_address
@pytest.mark.django_db
def test_address_opens_to_those_with_the_right_and_to_nobody_else(address: Address) -> None:
    ours, theirs = factories.make_organization("acme"), factories.make_organization("other")
    path = address.path("acme", made_arguments(address, ours))

    stranger = Client().get(path)
    assert (stranger.status_code, stranger["Location"].split("?")[0]) == (302, "/account/login/")
    assert Client().post(path).status_code == 302

    charlie = factories.client_of(factories.admin_of(theirs))
    assert ask(charlie, path) == Answer(404, 404)

    for role in Role:
        answer = ask(factories.client_of(factories.make_member(ours, role)), path)
        if address.right not in ROLE_RIGHTS[role]:
            assert answer == Answer(403, 403), role
        elif address.name in OF_NOBODY:
            assert answer.get == 404, role
        else:
            assert answer.get in {200, 302, 405, 409, 422}, role
            assert answer.post in {200, 202, 302, 405, 409, 422}, role


@each_object
@pytest.mark.django_db
def test_address_knows_no_row_of_another_organization(address: Address) -> None:
    """Our own address with the other organization's object, which has another key or number than any of ours."""
    ours, theirs = factories.make_organization("acme"), factories.make_organization("other")
    made_arguments(address, theirs)
    path = address.path("acme", made_arguments(address, theirs))
    role = next(role for role in Role if address.right in ROLE_RIGHTS[role])
    answer = ask(factories.client_of(factories.make_member(ours, role)), path)
    assert {answer.get, answer.post} <= {404, 405}
    assert 404 in {answer.get, answer.post}
