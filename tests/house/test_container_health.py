"""The container's health check names a host that the web process lets in, and passes its verdict on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Web(BaseHTTPRequestHandler):
    """Serves under one name, as Django does with ALLOWED_HOSTS."""

    name = ""

    def do_GET(self) -> None:
        self.send_response(200 if self.headers["Host"] == self.name else 400)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Web)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def asked(port: int, allowed: str) -> int:
    script = [sys.executable, "docker/health.py", str(port)]
    environment = {"PATH": os.environ["PATH"], "ALLOWED_HOSTS": allowed}
    return subprocess.run(script, cwd=ROOT, env=environment, capture_output=True, check=False).returncode


@pytest.mark.parametrize(
    ("allowed", "name"),
    [("shop.example, b.example", "shop.example"), (".shop.example", "shop.example"), ("*", "localhost")],
)
def test_health_check_asks_under_a_name_that_is_let_in(web: int, allowed: str, name: str) -> None:
    Web.name = name
    assert asked(web, allowed) == 0


def test_health_check_fails_where_the_web_process_does(web: int) -> None:
    Web.name = "other.example"
    assert asked(web, "shop.example") == 1


def test_image_runs_the_health_check() -> None:
    assert 'CMD ["python", "docker/health.py"]' in (ROOT / "Dockerfile").read_text()
    assert "!docker/health.py" in (ROOT / ".dockerignore").read_text().splitlines()
