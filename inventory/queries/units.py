"""Units that the organization works with."""

from __future__ import annotations

from inventory.models import Item, UnitConversion


def units_in_use() -> list[str]:
    """Every unit that an item is stocked in or that a conversion names, in no order."""
    return list(
        Item.objects.order_by()
        .values_list("unit", flat=True)
        .union(
            UnitConversion.objects.order_by().values_list("from_unit", flat=True),
            UnitConversion.objects.order_by().values_list("to_unit", flat=True),
        )
    )
