"""A Google Sheets link as CSV bytes. No other host is ever asked, and no private address."""

from __future__ import annotations

import http.client
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, urlencode, urljoin, urlsplit

from accounts.outside import Forbidden, Pinned, Unreachable, addresses_of

from .issues import UnreadableFile
from .limits import LIMITS, Limits, in_words

HOST = "docs.google.com"
_REDIRECTS = 5
_SECONDS = 30.0
_BLOCK = 64 * 1024
_PRIVATE_SHEET = (
    "The sheet is not shared. In Google Sheets choose Share, then “Anyone with the link”, or download it as CSV, "
    "and try again."
)


class Connection(Protocol):
    """What is used of http.client.HTTPSConnection."""

    sock: socket.socket | None

    def request(self, method: str, url: str, *, headers: dict[str, str]) -> None: ...

    def getresponse(self) -> http.client.HTTPResponse: ...

    def close(self) -> None: ...


Connect = Callable[[str, float], Connection]


@dataclass(frozen=True, slots=True)
class SheetLink:
    """The CSV export that a link stands for."""

    url: str


def parse_sheet_link(link: str) -> SheetLink:
    """The export address of a link to a sheet, as copied from the browser. Raises UnreadableFile otherwise."""
    try:
        parts = urlsplit(link.strip())
        port = parts.port
    except ValueError:
        raise _no_link() from None
    if parts.scheme != "https" or parts.hostname != HOST or port not in (None, 443) or "@" in parts.netloc:
        raise _no_link()
    sheet = (parse_qs(parts.fragment).get("gid") or parse_qs(parts.query).get("gid") or ["0"])[0]
    if not re.fullmatch(r"[0-9]{1,20}", sheet):
        raise _no_link()
    if found := re.match(r"^/spreadsheets/(?:u/\d+/)?d/e/([\w-]{10,200})(?:/|$)", parts.path):
        query = urlencode({"output": "csv", "gid": sheet, "single": "true"})
        return SheetLink(f"https://{HOST}/spreadsheets/d/e/{found[1]}/pub?{query}")
    if found := re.match(r"^/spreadsheets/(?:u/\d+/)?d/([\w-]{10,200})(?:/|$)", parts.path):
        return SheetLink(
            f"https://{HOST}/spreadsheets/d/{found[1]}/export?{urlencode({'format': 'csv', 'gid': sheet})}"
        )
    raise _no_link()


def fetch_sheet(
    link: str, *, connect: Connect | None = None, limits: Limits = LIMITS, seconds: float = _SECONDS
) -> bytes:
    """The sheet's CSV. Raises UnreadableFile, in words, for everything that can go wrong.

    `connect` opens a connection to a host that was already found allowed; a test gives its own.
    """
    url, deadline = parse_sheet_link(link).url, time.monotonic() + seconds
    connect = connect or connect_public
    for _ in range(_REDIRECTS):
        parts = _allowed(url)
        left = deadline - time.monotonic()
        if left <= 0:
            raise _too_slow(seconds)
        connection = connect(parts.hostname or "", left)
        try:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", path, headers={"Accept": "text/csv", "User-Agent": "backflush"})
            answer = connection.getresponse()
            if answer.status in (301, 302, 303, 307, 308):
                url = _next(url, answer.getheader("Location") or "")
                continue
            return _body(answer, connection, deadline, seconds, limits)
        except TimeoutError:
            raise _too_slow(seconds) from None
        except (OSError, http.client.HTTPException):
            raise UnreadableFile(
                "sheet_unreachable", "Google Sheets did not answer. Try again, or download the sheet as CSV."
            ) from None
        finally:
            connection.close()
    raise UnreadableFile(
        "sheet_redirects", "Google Sheets sent us on too many times. Download the sheet as CSV."
    )


def connect_public(host: str, seconds: float) -> Connection:
    """A TLS connection to a public address of the host; the address that was checked is the one that is used."""
    try:
        addresses = addresses_of(host, 443)
    except Unreachable:
        raise UnreadableFile(
            "sheet_unreachable", "Google Sheets cannot be reached from here. Download the sheet as CSV."
        ) from None
    except Forbidden:
        raise UnreadableFile(
            "sheet_private_address", f"{host} leads to a private address here, so it is not asked."
        ) from None
    return Pinned(host, addresses[0], seconds)


def _next(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _allowed(url: str) -> SplitResult:
    """The parts of an address that may be asked. Raises UnreadableFile for any other."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip(".").lower(), parts.port
    except ValueError:
        raise _leads_away("an address") from None
    if parts.scheme == "https" and host == "accounts.google.com":
        raise UnreadableFile("sheet_not_shared", _PRIVATE_SHEET)
    allowed = host == HOST or host.endswith(".googleusercontent.com")
    if parts.scheme != "https" or not allowed or port not in (None, 443) or "@" in parts.netloc:
        raise _leads_away(host or "an address")
    return parts


def _leads_away(where: str) -> UnreadableFile:
    return UnreadableFile(
        "sheet_redirects_away",
        f"The link leads on to {where} that is not Google Sheets, so it is not followed. Download the sheet as CSV.",
    )


def _body(
    answer: http.client.HTTPResponse, connection: Connection, deadline: float, seconds: float, limits: Limits
) -> bytes:
    if answer.status in (401, 403):
        raise UnreadableFile("sheet_not_shared", _PRIVATE_SHEET)
    if answer.status in (404, 410):
        raise UnreadableFile(
            "sheet_not_found", "There is no such sheet. Copy the link from the browser again."
        )
    if answer.status != 200:
        raise UnreadableFile(
            "sheet_unreachable",
            f"Google Sheets answered with {answer.status}. Try again, or download the sheet as CSV.",
        )
    if "text/html" in (answer.getheader("Content-Type") or ""):
        raise UnreadableFile("sheet_not_shared", _PRIVATE_SHEET)
    blocks: list[bytes] = []
    size = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise _too_slow(seconds)
        if connection.sock is not None:
            connection.sock.settimeout(left)
        block = answer.read1(_BLOCK)
        if not block:
            return b"".join(blocks)
        size += len(block)
        if size > limits.bytes:
            raise UnreadableFile(
                "file_too_large", f"The sheet has more than {in_words(limits.bytes)}. Split it."
            )
        blocks.append(block)


def _no_link() -> UnreadableFile:
    return UnreadableFile(
        "not_a_sheet_link",
        f"This is not a link to a Google sheet. It starts with https://{HOST}/spreadsheets/d/; no other address is "
        "read.",
    )


def _too_slow(seconds: float) -> UnreadableFile:
    return UnreadableFile(
        "sheet_too_slow",
        f"Google Sheets took longer than {seconds:.0f} seconds. Try again, or download the sheet as CSV.",
    )
