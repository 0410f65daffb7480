"""What items cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Q

from inventory.models import ItemCost
from inventory.queries.lookup import MANY


def standard_costs(items: Collection[int], on: dt.date) -> dict[int, Decimal]:
    """The standard cost of each item on a day; items without one are left out."""
    held = ItemCost.objects.filter(
        Q(effective_from__isnull=True) | Q(effective_from__lte=on),
        Q(effective_to__isnull=True) | Q(effective_to__gte=on),
    )
    if len(items) <= MANY:
        held = held.filter(item_id__in=list(items))
    return dict(held.values_list("item_id", "standard_cost"))
