"""Which addresses may be told: the open internet by https, and what the operator allows."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from accounts.errors import AppError
from accounts.outside import Forbidden, Unreachable, addresses_of, is_public

PORTS = {"https": 443, "http": 80}


class Target(NamedTuple):
    """An address in its parts; `path` with the query."""

    scheme: str
    host: str
    port: int
    path: str


def parse_target(url: str) -> Target:
    """Take an address apart. Raises INVALID, in words, for everything that is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("This is no address. It looks like https://erp.example.com/hooks/backflush.") from None
    if any(character <= " " or character == "\x7f" for character in url) or not url.isascii():
        raise _refused(
            "An address has no spaces and no letters outside of ASCII: write them as %20 and the like."
        )
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise _refused("This is no address. It looks like https://erp.example.com/hooks/backflush.")
    if "@" in parts.netloc:
        raise _refused("Leave user and password out of the address: the signature says who calls.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port or PORTS[parts.scheme], path)


def open_addresses(target: Target) -> list[str]:
    """Where the target leads now, all of it allowed. Raises INVALID otherwise; called at saving and at each sending.

    Plain http goes only where the operator allows private targets: everybody on the way could read it.
    """
    try:
        addresses = addresses_of(target.host, target.port, allowed=settings.WEBHOOK_PRIVATE_NETWORKS)
    except Unreachable:
        raise _refused(f"{target.host} cannot be found: check the name.") from None
    except Forbidden:
        raise _refused(
            f"{target.host} leads to a private address, which is not called. The operator of this server can allow "
            "networks (WEBHOOK_PRIVATE_NETWORKS)."
        ) from None
    if target.scheme == "http" and any(is_public(address) for address in addresses):
        raise _refused("Use https: over http everybody on the way could read what is sent.")
    return addresses


def demand_target(url: str) -> None:
    """Refuse an address that could not be delivered to."""
    open_addresses(parse_target(url))


def _refused(message: str) -> AppError:
    return AppError("INVALID", message, {"url": [message]})
