"""A second, small company in another currency, at which the first one's planner works too."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy.binding import bind
from imports.actions.load import import_file
from imports.choices import FileKind
from imports.kinds.shapes import Options

from .company import NORTHMERE
from .files import table
from .story import found_company, members_of

ITEMS = (
    ("OAR-SCULL", "Sculling oar, pair", "sku", "EA", "1", "FG", "148.00"),
    ("OAR-SWEEP", "Sweep oar", "sku", "EA", "1", "FG", "131.00"),
    ("LAM-ASH", "Ash lamella 6 mm", "material", "m", "0.01", "WOOD", "3.20"),
    ("LAM-SPR", "Spruce lamella 8 mm", "material", "m", "0.01", "WOOD", "2.75"),
    ("EPX-105", "Epoxy resin", "material", "kg", "0.001", "RESIN", "17.40"),
    ("CRB-TW", "Carbon twill", "material", "m2", "0.01", "RESIN", "26.00"),
    ("GRP-RUB", "Rubber grip", "material", "EA", "1", "SHOP", "4.10"),
    ("SLV-75", "Sleeve and button", "material", "EA", "1", "SHOP", "9.60"),
    ("VRN-MAR", "Marine varnish", "material", "L", "0.01", "RESIN", "21.50"),
)
BILLS = {
    "OAR-SCULL": (
        ("LAM-ASH", "11.6", "6"), ("LAM-SPR", "17.4", "6"), ("EPX-105", "0.42", "8"), ("CRB-TW", "0.5", "12"),
        ("GRP-RUB", "2", ""), ("SLV-75", "2", ""), ("VRN-MAR", "0.36", "10"),
    ),
    "OAR-SWEEP": (
        ("LAM-ASH", "7.6", "6"), ("LAM-SPR", "11.4", "6"), ("EPX-105", "0.29", "8"), ("CRB-TW", "0.4", "12"),
        ("GRP-RUB", "1", ""), ("SLV-75", "1", ""), ("VRN-MAR", "0.24", "10"),
    ),
}  # fmt: skip
STOCK = {
    "LAM-ASH": 640,
    "LAM-SPR": 910,
    "EPX-105": 24,
    "CRB-TW": 36,
    "GRP-RUB": 90,
    "SLV-75": 75,
    "VRN-MAR": 18,
}
BUILT = (
    ("NM-0311", "OAR-SCULL", 12, 11, 1),
    ("NM-0312", "OAR-SWEEP", 16, 16, 0),
    ("NM-0313", "OAR-SCULL", 8, 8, 0),
)


def tell_northmere() -> Organization:
    """The company with its files loaded now, and three completed orders that wait for their draft."""
    organization = found_company(NORTHMERE)
    planner = members_of(organization)["planner@larkfield.example"]
    for kind, columns, rows in (
        (
            FileKind.ITEMS,
            ("sku", "description", "kind", "unit", "rounding_step", "location", "standard_cost"),
            ITEMS,
        ),
        (
            FileKind.BOMS,
            ("parent_sku", "component_sku", "usage", "scrap_percent"),
            [(parent, *line) for parent, lines in BILLS.items() for line in lines],
        ),
        (
            FileKind.COMPLETIONS,
            ("wo_number", "sku", "order_qty", "completed_qty", "scrap_qty"),
            BUILT,
        ),
    ):
        content = table(columns, [dict(zip(columns, row, strict=True)) for row in rows])
        with bind(organization):
            import_file(kind=kind, file_name=f"{kind.value}.csv", content=content, actor=planner)
    place = {sku: location for sku, *_, location, _ in ITEMS}
    stock = [{"sku": sku, "location": place[sku], "on_hand": quantity} for sku, quantity in STOCK.items()]
    with bind(organization):
        import_file(
            kind=FileKind.STOCK,
            file_name="stock.csv",
            content=table(("sku", "location", "on_hand"), stock),
            options=Options(counted_at=timezone.now()),
            actor=planner,
        )
    return organization
