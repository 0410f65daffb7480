"""An item and a template of the organization, for the tests of exports."""

from __future__ import annotations

import pytest

from accounts.models import Organization
from exports.choices import ColumnSource as S
from exports.models import ExportTemplate
from exports.writer import LayoutColumn
from inventory.models import Item
from tests.exports.making import make_template
from tests.factories import make_item


@pytest.fixture
def bolt(organization: Organization) -> Item:
    return make_item(organization, "BOLT", description="Bolt M8")


@pytest.fixture
def template(organization: Organization) -> ExportTemplate:
    return make_template(
        organization, [LayoutColumn("sku", S.SKU), LayoutColumn("qty", S.SIGNED_QUANTITY)], name="Ours"
    )
