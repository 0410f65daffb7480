"""A worker to be killed while it posts: `python -m tests.backflush.work DATABASE`.

It does the product's own jobs, in small chunks and slowly: it dwells in the middle of each transaction, when stock is
relieved and finished goods are not yet received, so that a kill finds it there.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

CHUNK = 4
DWELL_SECONDS = 0.4


def slow_down() -> None:
    from approvals.actions import signing
    from backflush.actions import posting

    signing.CHUNK = CHUNK
    receive = posting.post_receipts

    def receive_late(*args: Any, **kwargs: Any) -> Any:
        time.sleep(DWELL_SECONDS)
        return receive(*args, **kwargs)

    posting.post_receipts = receive_late


def main(database: str) -> None:
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backflush.settings")
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    slow_down()
    from django.core.management import call_command

    call_command("procrastinate", "worker")


if __name__ == "__main__":
    main(sys.argv[1])
