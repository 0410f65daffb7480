"""Where the real files stand. They are read in place; nothing of them is kept here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("BACKFLUSH_REAL_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")

needs_real_data = pytest.mark.skipif(
    not (ROOT / "expectations.csv").is_file(),
    reason=f"the real data is not at {ROOT}; set BACKFLUSH_REAL_DATA to its folder",
)
