"""What a browser is called, from the text by which it introduces itself."""

from __future__ import annotations

import re

# In this order: most browsers also claim to be those below them.
BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Samsung Internet", r"SamsungBrowser/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Chrome|CriOS|Chromium|HeadlessChrome)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* (?:Mobile/\S+ )?Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)


def browser_name(user_agent: str) -> str:
    """``Firefox 128 on Windows``; what is no known browser is named by its first word, such as ``curl/8.5``."""
    system = next((name for name, pattern in SYSTEMS if re.search(pattern, user_agent)), "")
    for name, pattern in BROWSERS:
        if found := re.search(pattern, user_agent):
            return f"{name} {found[1]} on {system}" if system else f"{name} {found[1]}"
    first = user_agent.split()[0][:40] if user_agent.strip() else "Unknown browser"
    if first.startswith("Mozilla/"):
        first = "A browser"
    return f"{first} on {system}" if system else first
