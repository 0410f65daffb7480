"""Google Sheets links: that host alone, redirects checked, limits on size and time, no private address."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from accounts.outside import is_public
from imports.reading.issues import UnreadableFile
from imports.reading.limits import Limits
from imports.reading.sheets import connect_public, fetch_sheet, parse_sheet_link

LINK = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit#gid=77"
CSV = b"sku,on_hand\nA,1\n"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (LINK, "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOp/export?format=csv&gid=77"),
        (
            "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit?usp=sharing",
            "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOp/export?format=csv&gid=0",
        ),
        (
            "https://docs.google.com/spreadsheets/u/1/d/1AbCdEfGhIjKlMnOp/view?gid=5",
            "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOp/export?format=csv&gid=5",
        ),
        (
            "https://docs.google.com/spreadsheets/d/e/2PACX-1vAbCdEfGh/pubhtml",
            "https://docs.google.com/spreadsheets/d/e/2PACX-1vAbCdEfGh/pub?output=csv&gid=0&single=true",
        ),
    ],
)
def test_link_becomes_its_csv_export(link: str, url: str) -> None:
    assert parse_sheet_link(link).url == url


@pytest.mark.parametrize(
    "link",
    [
        "",
        "sheet",
        "http://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit",
        "https://docs.google.com.evil.example/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit",
        "https://evil.example/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit",
        "https://user@docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit",
        "https://docs.google.com@evil.example/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit",
        "https://docs.google.com:8443/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit",
        "https://docs.google.com:99999/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit",
        "https://docs.google.com/document/d/1AbCdEfGhIjKlMnOp/edit",
        "https://docs.google.com/spreadsheets/d/../../etc/passwd",
        "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit#gid=1%0d%0aX",
        "https://127.0.0.1/spreadsheets/d/1AbCdEfGhIjKlMnOp/edit",
        "https://[::1/spreadsheets",
        "file:///etc/passwd",
    ],
)
def test_other_addresses_are_never_asked(link: str) -> None:
    def connect(host: str, seconds: float) -> http.client.HTTPConnection:
        raise AssertionError(f"{host} was asked")

    with pytest.raises(UnreadableFile) as error:
        fetch_sheet(link, connect=connect)
    assert error.value.code == "not_a_sheet_link"


Answer = Callable[[BaseHTTPRequestHandler], None]


class Google:
    """A server on this machine that stands for every host; it keeps what was asked of whom."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str]] = []
        google = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host = self.headers["Host"].split(":")[0]
                google.asked.append((host, self.path))
                google.answers[host](self)

            def log_message(self, *words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def connect(self, host: str, seconds: float) -> http.client.HTTPConnection:
        port = self.server.server_address[1]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
        plain = connection.request

        def request(method: str, url: str, *, headers: dict[str, str]) -> None:
            plain(method, url, headers={**headers, "Host": host})

        connection.request = request  # type: ignore[method-assign, assignment]
        return connection


@pytest.fixture
def google() -> Iterator[Google]:
    server = Google()
    yield server
    server.server.shutdown()
    server.server.server_close()


def sends(body: bytes, status: int = 200, kind: str = "text/csv") -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def leads_to(url: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(307)
        request.send_header("Location", url)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def test_sheet_is_fetched_by_way_of_its_content_host(google: Google) -> None:
    google.answers["docs.google.com"] = leads_to(
        "https://doc-0-sheets.googleusercontent.com/export/x?format=csv"
    )
    google.answers["doc-0-sheets.googleusercontent.com"] = sends(CSV)
    assert fetch_sheet(LINK, connect=google.connect) == CSV
    assert google.asked == [
        ("docs.google.com", "/spreadsheets/d/1AbCdEfGhIjKlMnOp/export?format=csv&gid=77"),
        ("doc-0-sheets.googleusercontent.com", "/export/x?format=csv"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://evil.example/",
        "https://googleusercontent.com.evil.example/",
        "https://evilgoogleusercontent.com/",
        "http://docs.google.com/",
        "https://docs.google.com:8080/",
        "https://user@docs.google.com/",
        "ftp://docs.google.com/",
        "file:///etc/passwd",
        "https://[::1]/",
        "https://[broken/",
    ],
)
def test_redirect_elsewhere_is_not_followed(google: Google, url: str) -> None:
    google.answers["docs.google.com"] = leads_to(url)
    with pytest.raises(UnreadableFile) as error:
        fetch_sheet(LINK, connect=google.connect)
    assert error.value.code == "sheet_redirects_away"
    assert len(google.asked) == 1


def test_redirect_to_the_sign_in_says_that_the_sheet_is_not_shared(google: Google) -> None:
    google.answers["docs.google.com"] = leads_to("https://accounts.google.com/ServiceLogin")
    with pytest.raises(UnreadableFile) as error:
        fetch_sheet(LINK, connect=google.connect)
    assert error.value.code == "sheet_not_shared"


def test_endless_redirects_end(google: Google) -> None:
    google.answers["docs.google.com"] = leads_to("https://docs.google.com/again")
    with pytest.raises(UnreadableFile) as error:
        fetch_sheet(LINK, connect=google.connect)
    assert error.value.code == "sheet_redirects"
    assert len(google.asked) == 5


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, "text/html", "sheet_not_shared"),
        (403, "text/html", "sheet_not_shared"),
        (404, "text/html", "sheet_not_found"),
        (500, "text/html", "sheet_unreachable"),
        (200, "text/html; charset=utf-8", "sheet_not_shared"),
    ],
)
def test_answers_that_are_no_csv_are_named(google: Google, status: int, kind: str, code: str) -> None:
    google.answers["docs.google.com"] = sends(b"<html>", status, kind)
    with pytest.raises(UnreadableFile) as error:
        fetch_sheet(LINK, connect=google.connect)
    assert error.value.code == code


def test_sheet_that_is_too_large_is_left(google: Google) -> None:
    google.answers["docs.google.com"] = sends(CSV * 1000)
    with pytest.raises(UnreadableFile) as error:
        fetch_sheet(LINK, connect=google.connect, limits=Limits(bytes=1_000))
    assert error.value.code == "file_too_large"


def test_sheet_that_comes_drop_by_drop_is_left(google: Google) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/csv")
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"A,1\n")
                request.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    google.answers["docs.google.com"] = answer
    started = time.monotonic()
    with pytest.raises(UnreadableFile) as error:
        fetch_sheet(LINK, connect=google.connect, seconds=0.5)
    assert error.value.code == "sheet_too_slow"
    assert time.monotonic() - started < 5


def test_silent_server_is_left(google: Google) -> None:
    google.answers["docs.google.com"] = lambda request: time.sleep(3)
    with pytest.raises(UnreadableFile) as error:
        fetch_sheet(LINK, connect=google.connect, seconds=0.5)
    assert error.value.code == "sheet_too_slow"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("142.250.185.78", True),
        ("2a00:1450:4001:82f::200e", True),
        ("10.0.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:142.250.185.78", True),
        ("2002:7f00:1::", False),
        ("not an address", False),
    ],
)
def test_private_addresses_are_known(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_name_that_leads_to_this_machine_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", (address, 443)) for address in ("142.250.1.1", "10.0.0.9")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *words, **more: found)
    with pytest.raises(UnreadableFile) as error:
        connect_public("docs.google.com", 1)
    assert error.value.code == "sheet_private_address"
