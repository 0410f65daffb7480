"""One request to an endpoint: no redirects, a few seconds at most, and little of the answer is read."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType

from accounts.errors import AppError
from accounts.outside import Pinned, PinnedPlain

from .targets import open_addresses, parse_target

SECONDS = 10.0  # for all of it
READ = 64 * 1024
KEPT = 2_000  # characters of the answer
KEPT_HEADERS = 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back. Without a status nobody answered, and `error` says why."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    error: str = ""
    milliseconds: int = 0

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    def in_words(self) -> str:
        """In short, for lists."""
        if self.status is None:
            return self.error
        if 300 <= self.status < 400:
            return f"Answered {self.status}: redirects are not followed"
        return f"Answered {self.status}"


Connection = Pinned | PinnedPlain
GONE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class Line:
    """Sends one request after the other to an endpoint, on one connection while the receiver keeps it open.

    For the seconds of one turn of a worker; the next one looks up and checks the address again.
    """

    def __init__(self) -> None:
        self._url = ""
        self._open: Connection | None = None

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Outcome:
        """Send, to an address that was found allowed. Never raises for what the other side does."""
        started = time.monotonic()
        if url != self._url:
            self.close()
            self._url = url
        is_kept = self._open is not None
        try:
            outcome = self._send(url, body, headers, started)
            if (
                outcome is None and is_kept
            ):  # hung up since the last one; in doubt it comes twice, with one id
                outcome = self._send(url, body, headers, started)
        except AppError as refusal:
            return Outcome(error=refusal.message[:200], milliseconds=_since(started))
        return outcome or Outcome(
            error="The connection was closed without an answer", milliseconds=_since(started)
        )

    def _send(self, url: str, body: bytes, headers: dict[str, str], started: float) -> Outcome | None:
        """The outcome; None where the line was closed before any answer."""
        target = parse_target(url)
        if self._open is None:
            kind = Pinned if target.scheme == "https" else PinnedPlain
            self._open = kind(target.host, open_addresses(target)[0], SECONDS, target.port)
        with _limited(self._open, SECONDS) as is_cut:
            try:
                self._open.request("POST", target.path, body=body, headers=headers)
                answer = self._open.getresponse()
                if is_cut.is_set():  # in the middle of the headers, which a cut line ends
                    raise TimeoutError
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.close()
                if isinstance(error, GONE) and not is_cut.is_set():
                    return None
                return Outcome(error=_why(error, is_cut.is_set()), milliseconds=_since(started))
            text = _beginning(answer)
        if not answer.isclosed() or answer.will_close:
            self.close()
        return Outcome(
            answer.status,
            {name: value[:500] for name, value in answer.getheaders()[:KEPT_HEADERS]},
            text[:KEPT].replace("\x00", "\ufffd"),
            milliseconds=_since(started),
        )


@contextmanager
def _limited(connection: Connection, seconds: float) -> Iterator[threading.Event]:
    """Cut the line when all of it takes too long: a timeout of the socket begins anew with every byte."""
    is_cut = threading.Event()

    def cut() -> None:
        is_cut.set()
        if connection.line is not None:
            with suppress(OSError):
                connection.line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield is_cut
    finally:
        timer.cancel()


def _beginning(answer: http.client.HTTPResponse) -> str:
    """As much of the answer's text as came in time: the status has said what matters."""
    read = b""
    with suppress(OSError, http.client.HTTPException, ValueError):
        while len(read) < READ and (more := answer.read1(READ - len(read))):
            read += more
        if answer.length == 0:  # all of it is here, which frees the connection for the next request
            answer.read()
    return read.decode("utf-8", "replace")


def _why(error: Exception, is_cut: bool) -> str:
    if is_cut or isinstance(error, TimeoutError):
        return f"No answer within {SECONDS:.0f} seconds"
    if isinstance(error, ConnectionRefusedError):
        return "The connection was refused"
    if "CERTIFICATE" in str(error).upper():
        return f"The certificate is not valid: {error}"[:200]
    return f"The connection broke: {error}"[:200]


def _since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)
