"""Ask the web process of this container whether it serves: `python docker/health.py [PORT]`, exit 0 when it does."""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException


def host(allowed: str) -> str:
    """A name that ALLOWED_HOSTS lets in: the first, without the dot for its subdomains; any where it is a star."""
    first = allowed.split(",")[0].strip(" .")
    return "localhost" if first == "*" else first


def complaint(port: int) -> str:
    """What is wrong; nothing where it serves."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": host(os.environ["ALLOWED_HOSTS"])})
        answer = connection.getresponse()
        words = answer.read(200).decode(errors="replace")
    except (OSError, HTTPException) as error:
        return str(error)
    return "" if answer.status == 200 else f"{answer.status}: {words}"


if __name__ == "__main__":
    sys.exit(complaint(int(sys.argv[1]) if len(sys.argv) > 1 else 8000) or 0)
