"""Requests as views inside an organization get them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from .models import Membership, Organization, User


class OrganizationRequest(HttpRequest):
    """What the organization's middleware has put on the request. For annotations only: nobody makes one."""

    organization: Organization
    membership: Membership
    rights: frozenset[str]
    user: User
    htmx: Any
