"""Reasons, accounts and periods of the organization that is bound, as the settings pages list them."""

from __future__ import annotations

from django.db.models import QuerySet

from inventory.choices import AccountRole
from inventory.models import AccountMapping, Period, ReasonCode


def reason_codes() -> QuerySet[ReasonCode]:
    """Those in use first, by code."""
    return ReasonCode.objects.order_by("-is_active", "code")


def periods() -> QuerySet[Period]:
    """Newest first."""
    return Period.objects.order_by("-starts_on")


def accounts_by_part() -> list[tuple[AccountRole, list[AccountMapping]]]:
    """Every part of the journal with its accounts, the one for all items first; none where one is missing."""
    found: dict[str, list[AccountMapping]] = {role: [] for role in AccountRole.values}
    for mapping in AccountMapping.objects.order_by("item_class"):
        found[mapping.role].append(mapping)
    return [(role, found[role]) for role in AccountRole]
