"""Every pair of colours that the styles put upon each other can be read, in both themes (WCAG 2.2, AA)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS)}

GROUNDS = ("ground", "paper", "raised", "hover")
TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "faint", "accent", "bad", "good") for ground in GROUNDS),
    *((tone, f"{tone}-tint") for tone in ("bad", "good", "warn", "info", "accent")),
    *(("ink", f"{tone}-tint") for tone in ("bad", "good", "warn", "info", "accent", "mute")),
    ("soft", "mute-tint"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-bad", "bad"),
]
EDGES = [
    *(("edge", ground) for ground in GROUNDS),
    *(("accent", ground) for ground in GROUNDS),
    *((f"part-{part}", "ground") for part in ("substitution", "scrap", "usage", "price")),
]


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == 21


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), [(*p, 4.5) for p in TEXT] + [(*p, 3.0) for p in EDGES])
def test_contrast_is_enough(ink: str, ground: str, least: float, theme: str) -> None:
    at = ("light", "dark").index(theme)
    assert contrast(COLOURS[ink][at], COLOURS[ground][at]) >= least
