"""What a person may do in an organization, asked once per request."""

from __future__ import annotations

from typing import Any

from guardian.core import ObjectPermissionChecker

from .errors import AppError
from .models import Organization
from .roles import RIGHTS, as_words


def rights_of(user: Any, organization: Organization) -> frozenset[str]:
    """The rights that the person's role gives on this organization (two queries, kept on the person)."""
    kept: dict[int, frozenset[str]] = user.__dict__.setdefault("_rights", {})
    if organization.pk not in kept:
        kept[organization.pk] = (
            frozenset(ObjectPermissionChecker(user).get_perms(organization)) & RIGHTS.keys()
        )
    return kept[organization.pk]


def demand(user: Any, organization: Organization, right: str) -> None:
    """Refuse an action whose right the person does not have. Nobody (None) is the operator at the console."""
    if user is not None and right not in rights_of(user, organization):
        raise AppError("FORBIDDEN", f"Your role does not allow this: {as_words(right)}. Ask an admin.")


def demand_any(user: Any, organization: Organization, *rights: str) -> None:
    """Refuse an action for which the person needs one of several rights and has none; the first is named."""
    if user is not None and rights_of(user, organization).isdisjoint(rights):
        demand(user, organization, rights[0])
