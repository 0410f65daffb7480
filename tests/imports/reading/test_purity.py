"""Reading needs no Django, no database and no settings: it can run anywhere, with what it shares."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_reading_imports_nothing_of_django() -> None:
    modules = sorted(
        path.stem for path in (ROOT / "imports" / "reading").glob("*.py") if path.stem != "__init__"
    )
    code = (
        f"import importlib, sys\nfor name in {modules!r}:\n    importlib.import_module('imports.reading.' + name)\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('django', 'psycopg', 'accounts')\n"
        "             and name not in ('accounts', 'accounts.errors', 'accounts.outside')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
