"""`seed_demo` where there is something already."""

from __future__ import annotations

import io

from django.core.management import call_command

from accounts.models import Organization
from tests.factories import make_organization


def test_nothing_is_made_beside_an_organization_that_is_there(db: None) -> None:
    make_organization("acme")
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    assert "This database holds acme: no demo company is made beside it." in said.getvalue()
    assert list(Organization.objects.values_list("slug", flat=True)) == ["acme"]
