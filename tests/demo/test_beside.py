"""`seed_demo` in a database that holds work of its own."""

from __future__ import annotations

import io

from django.core.management import call_command

from accounts.models import Organization
from tests.factories import make_organization


def test_no_company_is_made_beside_real_work_and_the_command_says_so(db: None) -> None:
    make_organization("acme")
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    assert said.getvalue().startswith("This database holds acme: no demo company is made beside it.")
    assert "BACKFLUSH_DATA=" in said.getvalue()
    assert list(Organization.objects.values_list("slug", flat=True)) == ["acme"]
