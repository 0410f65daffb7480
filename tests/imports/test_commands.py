"""The commands run what the pages run, and say in counts and issues what came of it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from imports.actions.mapping import save_mapping
from imports.models import ImportBatch, ImportMapping
from inventory.models import Item, ItemCost
from tests.factories import make_item
from tests.imports.loading import run_command

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_text("sku,standard_cost\nBOLT,1.25\nNUT,0\n")
    return path


def test_counts_are_printed(organization: Organization, items: Path) -> None:
    status, out, _ = run_command(organization, "items", items)

    assert status == 0
    assert out.splitlines() == [
        "items.csv: loaded as import 1",
        "rows 2 · accepted 2 · refused 0 · created 2 · updated 0 · unchanged 0 · issues 0",
        "standard_cost: file 1.25, created 1.25",
    ]


def test_refused_rows_exit_with_1_and_load_nothing(organization: Organization, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("sku,standard_cost\nBOLT,1.25\nNUT,x\n")

    status, out, err = run_command(organization, "items", path)

    assert status == 1
    assert "refused 1" in out
    assert err.startswith("row 3, standard_cost = x: ")
    with bind(organization):
        assert not Item.objects.exists()


def test_refused_file_is_checked_to_its_end(organization: Organization, items: Path, tmp_path: Path) -> None:
    """What cannot be read and what is not there come at once, and what would become of the rest."""
    assert run_command(organization, "items", items)[0] == 0
    path = tmp_path / "boms.csv"
    path.write_text("parent_sku,component_sku,usage\nBOLT,NUT,x\nBOLT,SCREW,1\nNUT,BOLT,2\n")

    status, out, err = run_command(organization, "boms", path)

    assert status == 1
    assert "accepted 1 · refused 2 · created 1" in out
    assert [line.split(":")[0] for line in err.splitlines()] == [
        "row 2, usage = x",
        "row 3, component_sku = SCREW",
    ]


def test_dry_run_checks_and_loads_nothing(organization: Organization, items: Path) -> None:
    status, out, _ = run_command(organization, "items", items, "--dry-run")

    assert status == 0
    assert "created 2" in out
    with bind(organization):
        assert not Item.objects.exists()


def test_good_rows_load_and_exit_with_1(organization: Organization, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("sku,standard_cost\nBOLT,1.25\nNUT,x\n")

    status, _, _ = run_command(organization, "items", path, "--good-rows")

    assert status == 1
    with bind(organization):
        assert [item.sku for item in Item.objects.all()] == ["BOLT"]


def test_same_file_again_is_answered(organization: Organization, items: Path) -> None:
    run_command(organization, "items", items)

    status, out, _ = run_command(organization, "items", items)

    assert (status, out) == (0, "items.csv: already loaded as import 1.\n")


def test_member_is_named(organization: Organization, alice: User, items: Path) -> None:
    run_command(organization, "items", items, "--as", "alice@example.com")

    with bind(organization):
        assert ImportBatch.objects.get().uploaded_by == alice


def test_member_without_the_right_is_refused(organization: Organization, bob: User, items: Path) -> None:
    with pytest.raises(CommandError, match="Your role does not allow this"):
        run_command(organization, "items", items, "--as", "bob@example.com")


def test_unknown_organization_is_told(organization: Organization, items: Path) -> None:
    with pytest.raises(CommandError, match="There is no organization 'nowhere'"):
        call_command("import_file", "items", str(items), "--org", "nowhere")


def test_mapping_is_kept_and_used(organization: Organization, tmp_path: Path) -> None:
    make_item(organization, "BOLT")
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"columns": {"sku": "Artikel", "unit_cost": 1}, "decimal_mark": ","}))
    out = io.StringIO()
    call_command("save_mapping", "costs", "german", str(mapping), "--org", "acme", stdout=out)
    costs = tmp_path / "costs.csv"
    costs.write_text("Artikel;Preis je Stück\nBOLT;1,250\n")

    status, _, _ = run_command(organization, "costs", costs, "--mapping", "german")

    assert status == 0
    with bind(organization):
        assert ImportMapping.objects.get().name == "german"
        assert str(ItemCost.objects.get().standard_cost) == "1.250000"


def test_mapping_with_problems_tells_all_of_them(organization: Organization, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"columns": {"nothing": "A"}, "decimal_mark": "!", "odd": 1}))

    with pytest.raises(CommandError) as error:
        call_command("save_mapping", "costs", "odd", str(mapping), "--org", "acme")

    for word in ("nothing", "decimal_mark", "odd"):
        assert word in str(error.value)


def test_file_that_is_no_table_is_told(organization: Organization, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(b"%PDF-1.7 ...")

    with pytest.raises(CommandError, match="This is a PDF"):
        run_command(organization, "items", path)


def test_using_a_named_mapping_leaves_it_as_it_was(organization: Organization, tmp_path: Path) -> None:
    """What one file's headers add must not be asked of the next file, which may have others."""
    make_item(organization, "BOLT")
    document = {"decimal_mark": "."}
    with bind(organization):
        save_mapping(kind="costs", name="terminal", document=document, actor=None)
    for name, text in (
        ("a", "sku,unit_cost\nBOLT,1.125\n"),
        ("b", "sku,unit cost,effective from\nBOLT,1.250,2026-03-02\n"),
    ):
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        assert run_command(organization, "costs", path, "--mapping", "terminal")[0] == 0

    with bind(organization):
        assert ImportMapping.objects.get(name="terminal").mapping == document
