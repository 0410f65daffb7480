"""Connections to addresses that people name: the open internet alone, at the very address that was checked.

Standard library only, so that what must run without the product can use it.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.ip_network("64:ff9b::/96")
SITE_LOCAL = ipaddress.ip_network("fec0::/10")  # given up long ago, and still routed inside of old sites
# Public by their numbers, but inside Azure and Oracle's cloud they are the machine's own agents.
NEVER = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "192.0.0.192")))


class Unreachable(Exception):
    """The name leads nowhere."""


class Forbidden(Exception):
    """The name leads to an address that is not asked."""


def is_public(address: str) -> bool:
    """Is this an address of the open internet, also behind its IPv6 spellings?"""
    found = _plain(address)
    return (
        found is not None
        and found.is_global
        and not (found.is_multicast or found.is_reserved or found in SITE_LOCAL or found in NEVER)
    )


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Does the address, behind whatever spelling, lie in one of these networks?"""
    found = _plain(address)
    return found is not None and any(found in network for network in networks)


def _plain(address: str) -> Address | None:
    """The address that is meant: IPv6 can carry an IPv4 address in several ways."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        if found in NAT64:
            return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        for inner in (found.ipv4_mapped, found.sixtofour):
            if inner is not None:
                return inner
    return found


def addresses_of(host: str, port: int, *, allowed: Sequence[Network] = ()) -> list[str]:
    """Where the name leads now. Raises Unreachable, or Forbidden when any of it is neither public nor in `allowed`.

    Connect to one of these and not to the name: it can lead elsewhere a moment later.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(host) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise Unreachable(host)
    if not all(is_public(address) or is_within(address, allowed) for address in addresses):
        raise Forbidden(host)
    return addresses


class PinnedPlain(http.client.HTTPConnection):
    """Connects to one checked address and asks it for the host.

    `line` is the socket for whoever watches the clock: `sock` is let go as soon as an answer begins.
    """

    line: socket.socket | None = None

    def __init__(self, host: str, address: str, seconds: float, port: int = 80) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address

    def connect(self) -> None:
        self.sock = self.line = socket.create_connection((self._address, self.port), self.timeout)


class Pinned(http.client.HTTPSConnection):
    """Connects to one checked address, while the certificate must be the host's. `line` as above."""

    line: socket.socket | None = None

    def __init__(self, host: str, address: str, seconds: float, port: int = 443) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=seconds, context=self._tls)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        wrapped = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self.line = wrapped
        wrapped.do_handshake()
