#!/usr/bin/env python3
"""Django's commands. Those that make tables run as their owner; everything else as the role that serves."""

import os
import sys

OWNER_COMMANDS = {"migrate", "createcachetable"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backflush.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DB_AS"] = "owner"
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed in this Python: run `make` targets, or .venv/bin/python manage.py …"
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
