"""Take the pictures of README and docs/ from a fresh demo: `.venv/bin/python -m tests.browser.pictures [ADDRESS]`.

ADDRESS is http://127.0.0.1:8000 unless given. The files in docs/pictures are written anew.

With `--all FOLDER` every page of every role is taken instead, wide and narrow, light and dark, to be looked at.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from imports.demo.company import LARKFIELD, PASSWORD

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WIDE = {"width": 1360, "height": 900}
NARROW = {"width": 375, "height": 780}


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as somebody sees it. `path` is below the organization; `link` is followed from there first."""

    name: str
    path: str
    who: str = "controller"
    link: str = ""
    is_dark: bool = False
    is_narrow: bool = False
    is_whole: bool = False
    opens: str = ""


# Those that README and docs/ show.
SHOWN = (
    Picture("today", "", "planner"),
    Picture("queue", "review/"),
    Picture("draft", "review/", link="LK-DUO", opens="SA-PCB-D"),
    Picture("draft-dark", "review/", link="LK-DUO", is_dark=True),
    Picture("draft-narrow", "review/", link="LK-DUO", is_narrow=True),
    Picture("export", "exports/", "planner", link="EX-000006"),
)


def sign_in(browser: Browser, base: str, who: str, picture: Picture) -> Page:
    context = browser.new_context(
        viewport=NARROW if picture.is_narrow else WIDE,  # type: ignore[arg-type]
        color_scheme="dark" if picture.is_dark else "light",
        device_scale_factor=1,
        locale="en-US",
        timezone_id=LARKFIELD.time_zone,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{base}/account/login/")
    page.get_by_label("Email").fill(f"{who}@{LARKFIELD.slug}.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/account/" not in address)
    return page


def take(page: Page, base: str, picture: Picture, folder: Path) -> None:
    page.goto(f"{base}/o/{LARKFIELD.slug}/{picture.path}")
    if picture.link:
        row = page.locator("tr", has_text=picture.link).first
        (row if row.count() else page).locator("a").first.click()
        page.wait_for_load_state()
    if picture.opens:
        page.locator("tr", has_text=picture.opens).first.locator("button, summary").first.click()
    page.wait_for_timeout(150)
    page.screenshot(path=folder / f"{picture.name}.png", full_page=picture.is_whole)


def every_page(base: str, page: Page) -> Iterator[str]:
    """Addresses below the organization that can be reached in three steps by links, one of each kind."""
    root = f"{base}/o/{LARKFIELD.slug}/"
    seen: set[str] = set()
    queue = [(root, 0)]
    while queue:
        address, depth = queue.pop(0)
        kind = re.sub(r"\?.*", "", re.sub(r"(\d+|WO-\d+|BF-\d+|EX-\d+)(?=[/.])", "#", address))
        if kind in seen:
            continue
        seen.add(kind)
        answer = page.goto(address)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield address.removeprefix(root)
        if depth < 3:
            links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
            queue += [
                (link.split("#")[0], depth + 1)
                for link in links
                if link.startswith(root) and not _is_file(link)
            ]


def _is_file(link: str) -> bool:
    return bool(re.search(r"(/file/?|/evidence/|\.csv|/spreadsheet/|\.json|/samples/.*|format=csv.*)$", link))


def take_all(browser: Browser, base: str, folder: Path) -> None:
    for who in ("planner", "controller", "finance", "admin", "auditor", "supervisor"):
        plain = Picture(who, "")
        pages = list(every_page(base, sign_in(browser, base, who, plain)))
        for is_dark, is_narrow in ((False, False), (True, False), (False, True)):
            if is_dark and who != "controller":
                continue
            page = sign_in(browser, base, who, Picture(who, "", is_dark=is_dark, is_narrow=is_narrow))
            for path in pages:
                name = re.sub(r"\W+", "-", path).strip("-")[:60] or "today"
                look = "dark" if is_dark else "narrow" if is_narrow else "wide"
                shot = Picture(f"{who}-{name}-{look}", path, is_whole=True)
                take(page, base, shot, folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--all", type=Path, default=None, metavar="FOLDER")
    given = parser.parse_args()
    folder: Path = given.all or PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        if given.all:
            take_all(browser, given.base, folder)
        else:
            for picture in SHOWN:
                page = sign_in(browser, given.base, picture.who, picture)
                take(page, given.base, picture, folder)
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
