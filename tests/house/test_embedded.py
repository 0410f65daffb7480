"""The embedded server lives as long as anybody uses it, and survives whatever kills its users."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from backflush.embedded import APP_ROLE, DATABASE, OWNER_ROLE, Server
from backflush.embedded.server import SOCKET_PATH_LIMIT

ROOT = Path(__file__).resolve().parents[2]
USER = """
import sys
from pathlib import Path
from backflush.embedded import attach
print(attach(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""
User = subprocess.Popen[str]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder of this test's own; whatever still runs there is stopped afterwards."""
    yield tmp_path / "data"
    server = Server(tmp_path / "data")
    server.acquire()
    server.release()


@pytest.fixture
def join(folder: Path) -> Iterator[Callable[[], User]]:
    """Start another process that uses the server until its input is closed."""
    users: list[User] = []

    def start() -> User:
        user = subprocess.Popen(
            [sys.executable, "-c", USER, str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        users.append(user)
        return user

    yield start
    for user in users:
        user.kill()
        user.communicate()


def host_of(user: User) -> str:
    assert user.stdout is not None
    return user.stdout.readline().strip()


def answers(host: str) -> bool:
    try:
        with psycopg.connect(host=host, user=APP_ROLE, dbname=DATABASE):
            return True
    except psycopg.OperationalError:
        return False


def postmaster(folder: Path) -> int:
    return int((folder / "pg" / "postmaster.pid").read_text().splitlines()[0])


def test_server_with_several_users_stops_with_the_last(join: Callable[[], User]) -> None:
    users = [
        join() for _ in range(4)
    ]  # all at once: one of them makes the cluster, the others wait at the gate
    hosts = {host_of(user) for user in users}

    assert len(hosts) == 1
    (host,) = hosts
    for user in users[:-1]:
        user.communicate()
        assert answers(host)
    users[-1].communicate()
    assert not answers(host)


def test_server_whose_first_user_was_killed_serves_the_others_and_stops(join: Callable[[], User]) -> None:
    first = join()
    host = host_of(first)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert answers(host)

    second = join()

    assert host_of(second) == host
    second.communicate()
    assert not answers(host)


def test_server_killed_starts_again_with_its_data(folder: Path, join: Callable[[], User]) -> None:
    first = join()
    host = host_of(first)
    with psycopg.connect(host=host, user=OWNER_ROLE, dbname=DATABASE) as connection:
        connection.execute("CREATE TABLE kept (value text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")
    os.kill(postmaster(folder), signal.SIGKILL)
    first.communicate()

    second = join()

    with psycopg.connect(host=host_of(second), user=OWNER_ROLE, dbname=DATABASE) as connection:
        assert connection.execute("SELECT value FROM kept").fetchall() == [("still here",)]


def test_pid_file_that_names_another_program_is_not_taken_for_a_server(
    folder: Path, join: Callable[[], User]
) -> None:
    first = join()
    host_of(first)
    pid_file = folder / "pg" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    first.communicate()
    owner = Server(folder).account
    # Of the server's own account: of a stranger's process PostgreSQL can tell by itself that it is no server.
    stranger = subprocess.Popen(["sleep", "60"], user=owner.pw_uid if owner else None)
    try:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert answers(host_of(join()))
    finally:
        stranger.kill()
        stranger.wait()


def test_killed_initdb_leaves_no_half_cluster(folder: Path, join: Callable[[], User]) -> None:
    (folder / "pg.new" / "base").mkdir(parents=True)
    (folder / "pg.new" / "PG_VERSION").write_text("18\n")

    assert answers(host_of(join()))
    assert not (folder / "pg.new").exists()


def test_folder_with_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    server = Server(deep)
    host = server.acquire()
    try:
        assert len(f"{host}/.s.PGSQL.5432") <= SOCKET_PATH_LIMIT
        assert Path(host).stat().st_mode & 0o777 == 0o700
        assert answers(host)
    finally:
        server.release()
    assert not answers(host)


def test_cluster_has_an_owner_and_a_plain_role_that_serves(join: Callable[[], User]) -> None:
    host = host_of(join())

    with psycopg.connect(host=host, user=APP_ROLE, dbname=DATABASE) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname IN (%s, %s) ORDER BY 1",
            [APP_ROLE, OWNER_ROLE],
        ).fetchall()
        assert roles == [(APP_ROLE, False, False, False), (OWNER_ROLE, False, False, True)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (value text)")
    with psycopg.connect(host=host, user=APP_ROLE, dbname=DATABASE, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SET ROLE {OWNER_ROLE}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE DATABASE mine")
        lower, encoding = (
            connection.execute("SELECT lower('ÄÖ'), current_setting('server_encoding')").fetchone() or ()
        )
        assert (lower, encoding) == ("äö", "UTF8")
