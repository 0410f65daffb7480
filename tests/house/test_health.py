"""The health page answers for the walls too: a role that row security does not bind must not serve."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from tests.roles import database_role

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_tests_connect_as_the_role_that_serves() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_user, current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )

        assert cursor.fetchone() == ("bf_app", "bf_app", False, False)


@pytest.mark.django_db
def test_serving_role_owns_no_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")

        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_health_with_the_plain_role_is_well(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db(transaction=True)
def test_health_with_a_role_above_row_security_is_ill(client: Client) -> None:
    with database_role("postgres"):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"status": "the database role bypasses row security"})


@pytest.mark.django_db(transaction=True)
def test_health_without_a_database_is_ill(client: Client) -> None:
    with database_role("nobody_of_this_name"):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"status": "the database does not answer"})


@pytest.mark.django_db
def test_every_answer_carries_the_policies(client: Client) -> None:
    headers = client.get("/account/login/").headers

    policy = set(headers["Content-Security-Policy"].split("; "))
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= policy
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_demo_on_a_taken_port_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "backflush.serve", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stderr) == (
        1,
        f"Port {port} is taken: stop what listens there, or choose another with PORT=…\n",
    )
