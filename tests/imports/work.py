"""A worker to be killed in the middle of a load: `python -m tests.imports.work DATABASE`.

It does the product's own jobs, and dwells when the rows are written and the transaction is still open.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

DWELLS = 300


def dwell() -> None:
    from imports import jobs

    load = jobs.load_import

    def load_and_wait(*args: Any, **kwargs: Any) -> Any:
        done = load(*args, **kwargs)
        for _ in range(DWELLS):
            kwargs["advance"](1)  # the test sees by it that all is written
            time.sleep(0.2)
        return done

    jobs.load_import = load_and_wait


def main(database: str) -> None:
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backflush.settings")
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    dwell()
    from django.core.management import call_command

    call_command("procrastinate", "worker")


if __name__ == "__main__":
    main(sys.argv[1])
