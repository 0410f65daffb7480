"""`manage.py export_batch`"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from exports.choices import ColumnSource as S
from exports.models import ExportBatch
from exports.writer import LayoutColumn
from inventory.models import Item
from tests.exports.making import make_template, post
from tests.factories import make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def bolt(organization: Organization) -> Item:
    return make_item(organization, "BOLT")


def run(out: Path, template: str = "Stock adjustments", **options: str) -> str:
    said = StringIO()
    call_command("export_batch", org="acme", template=template, out=out, stdout=said, **options)
    return said.getvalue()


def test_command_writes_the_bytes_of_the_batch(
    organization: Organization, bolt: Item, alice: User, tmp_path: Path
) -> None:
    post(organization, bolt, "-12.5")

    said = run(tmp_path / "relief.csv", email="alice@example.com")

    with bind(organization):
        batch = ExportBatch.objects.get()
        assert (tmp_path / "relief.csv").read_bytes() == bytes(batch.content)
        assert batch.exported_by == alice
    assert said == (
        f"EX-000001: 1 line, quantity −12.5, −$15.62, sha256 {batch.sha256}\nwritten to {tmp_path}/relief.csv\n"
    )


def test_command_says_when_nothing_is_due(organization: Organization, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Nothing is due for “Stock adjustments”"):
        run(tmp_path / "relief.csv")

    assert not (tmp_path / "relief.csv").exists()


def test_command_names_every_row_that_does_not_fit(
    organization: Organization, bolt: Item, tmp_path: Path
) -> None:
    post(organization, bolt, -1)
    make_template(organization, [LayoutColumn("sku", S.SKU, max_length=3)], name="Short")

    with pytest.raises(CommandError, match="line 1, sku: “BOLT” is longer than 3 characters"):
        run(tmp_path / "relief.csv", "Short")


def test_command_lists_the_templates_there_are(organization: Organization, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There are: Stock adjustments, NetSuite inventory adjustment"):
        run(tmp_path / "relief.csv", "Nonsense")


def test_command_books_nothing_when_it_cannot_write(
    organization: Organization, bolt: Item, tmp_path: Path
) -> None:
    post(organization, bolt, -1)

    for out in (tmp_path, tmp_path / "missing" / "relief.csv"):
        with pytest.raises(CommandError):
            run(out)

    with bind(organization):
        assert not ExportBatch.objects.exists()


def test_member_without_the_right_is_refused(
    organization: Organization, bolt: Item, bob: User, tmp_path: Path
) -> None:
    post(organization, bolt, -1)

    with pytest.raises(CommandError, match="Your role does not allow this"):
        run(tmp_path / "relief.csv", email="bob@example.com")
