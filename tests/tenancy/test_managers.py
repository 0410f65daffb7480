"""The first wall: managers that refuse a query before an organization is chosen."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django_scopes import ScopeError

from accounts.models import Organization, User
from accounts.tenancy.binding import bind, bind_user
from inventory.models import Item
from tests import factories
from tests.rows import scoped_models

pytestmark = pytest.mark.django_db

each_model = pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model._meta.label)


@each_model
def test_unscoped_query_is_refused(model: Any) -> None:
    with pytest.raises(ScopeError):
        model.objects.all()
    with pytest.raises(ScopeError):
        model.objects.filter(pk=1)
    with pytest.raises(ScopeError):
        model.objects.count()


def test_scoped_query_asks_for_the_organization(
    organization: Organization, other_organization: Organization
) -> None:
    factories.make_item(organization, "OURS")
    factories.make_item(other_organization, "THEIRS")
    with bind(organization):
        assert list(Item.objects.values_list("sku", flat=True)) == ["OURS"]
        assert f'"organization_id" = {organization.pk}' in str(Item.objects.all().query)


def test_bind_inside_bind_of_the_same_organization_holds(organization: Organization) -> None:
    with bind(organization):
        with bind(organization):
            pass
        assert setting() == str(organization.pk)
    assert setting() == ""


def test_bind_inside_bind_of_another_organization_is_refused(
    organization: Organization, other_organization: Organization
) -> None:
    with bind(organization):
        with pytest.raises(RuntimeError, match="another organization"), bind(other_organization):
            pytest.fail("the inner block must not run")
        assert setting() == str(organization.pk)


def test_exception_restores_what_was_bound(organization: Organization) -> None:
    with pytest.raises(ZeroDivisionError), bind(organization):
        _ = 1 / 0
    assert setting() == ""


def test_bind_user_restores_what_was_bound(alice: User) -> None:
    with bind_user(alice.pk):
        assert setting("app.user") == str(alice.pk)
    assert setting("app.user") == ""


def setting(name: str = "app.organization") -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [name])
        return cursor.fetchone()[0]
