"""A worker to be killed while it delivers: `python -m tests.accounts.webhook_work DATABASE`.

It does the product's own tasks, and dwells where it hurts most: when the receiver has answered and that is not yet
written down.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

DWELL_SECONDS = 0.8


def slow_down() -> None:
    from accounts.webhooks.sending import Line

    post = Line.post

    def post_and_dwell(*words: Any) -> Any:
        outcome = post(*words)
        time.sleep(DWELL_SECONDS)
        return outcome

    Line.post = post_and_dwell  # type: ignore[method-assign]


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
