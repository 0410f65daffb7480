"""Make an organization, and change its policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.policies import POLICIES
from accounts.rights import demand
from accounts.roles import Role
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from accounts.validation import refuse_invalid

from .groups import make_role_groups
from .members import NewMember, add_member

Provider = Callable[[Organization, User | None], None]


@cache
def providers(paths: tuple[str, ...]) -> tuple[Provider, ...]:
    """What the rooms give a new organization (`ORGANIZATION_DEFAULTS`)."""
    return tuple(cast(Provider, import_string(path)) for path in paths)


def create_organization(
    *,
    slug: str,
    name: str,
    currency_code: str,
    admin_email: str,
    actor: User | None,
    currency_decimals: int | None = None,
    time_zone: str = "UTC",
    password: str | None = None,
) -> tuple[Organization, NewMember]:
    """Make the organization with its roles, its first admin and what every room provides, in one transaction.

    Decimals follow the currency unless given. Raises INVALID when the slug is taken or a value cannot be.
    """
    code = currency_code.upper()
    organization = Organization(
        slug=slug,
        name=name,
        currency_code=code,
        currency_decimals=usual_decimals(code) if currency_decimals is None else currency_decimals,
        time_zone=known_zone(time_zone),
    )
    refuse_invalid(organization)
    with transaction.atomic():
        save_row(organization, actor=actor, reason="Made")
        make_role_groups(organization)
        with bind(organization):
            admin = add_member(
                organization=organization,
                email=admin_email,
                role=Role.ADMIN,
                actor=actor,
                reason="First admin",
                password=password,
            )
            for provide in providers(tuple(settings.ORGANIZATION_DEFAULTS)):
                provide(organization, actor)
    return organization, admin


def change_policies(
    *, organization: Organization, values: Mapping[str, Any], reason: str, actor: User
) -> Organization:
    """Change policies of the organization that is bound, all by one reason. Each policy names the right it needs.

    Drafts that were computed from a policy go stale by themselves.
    """
    for name in values:
        demand(actor, organization, POLICIES[name].right)
    if not reason.strip():
        raise AppError("REASON_REQUIRED", "Say why the policies change: the history shows it.")
    present = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    changed = [name for name, value in values.items() if getattr(present, name) != value]
    if not changed:
        return present
    for name in changed:
        setattr(present, name, values[name])
    known_zone(present.time_zone)
    refuse_invalid(present)
    return save_row(present, actor=actor, reason=reason.strip(), fields=changed)


def known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise AppError("INVALID", f"{name!r} is no time zone; write for example Europe/Berlin.") from error
    return name


def usual_decimals(code: str) -> int:
    """How many decimals amounts of this currency have: two, but for those below."""
    return DECIMALS.get(code, 2)


DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
