"""Take docs/img/*.png: `python scripts/screenshot.py [URL of a running chat] [picture…]`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).parents[1]
IMAGES = REPOSITORY / "docs" / "img"
QUESTION = "What did Ishiba propose, and why?"


class Picture(NamedTuple):
    """One picture to take, of the chat or of `page`; with `opens_source` the reader is open."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    scale: int = 1
    opens_source: bool = False
    page: Literal["chat", "library"] = "chat"


PICTURES = (
    Picture("chat-light", 1280, 800),
    Picture("chat-dark", 1280, 800, scheme="dark", opens_source=True),
    Picture("chat-phone", 390, 844, scale=2),
    Picture("library", 1280, 800, page="library"),
)


def main(url: str = "", *names: str) -> int:
    """Take the pictures named, or all, of a chat started for them unless one is named.

    Returns:
        Exit code.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("Chromium is not installed: `sudo apt-get install chromium`.", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    flags = ["--no-sandbox", "--disable-gpu"]
    with running_chat(url) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for picture in (each for each in PICTURES if not names or each.name in names):
            take(picture, browser, address)
        browser.close()
    return 0


@contextmanager
def running_chat(url: str) -> Iterator[str]:
    """Give the address of a web chat; start one, and stop it afterwards, where none is named."""
    if url:
        yield url
        return
    command = [sys.executable, str(REPOSITORY / "app.py")]
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) as server:
        try:
            lines = server.stderr or ()
            yield next(m[1] for line in lines if (m := re.search(r"is at (http://\S+)", line)))
        finally:
            server.terminate()


def take(picture: Picture, browser: Browser, url: str) -> None:
    """Ask the question and write the picture."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
        device_scale_factor=picture.scale,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{url}/#{picture.page}")
    if picture.page == "library":
        page.locator("#library tbody tr").first.wait_for()
        page.wait_for_timeout(500)  # the fonts
    else:
        _ask(page)
    if picture.opens_source:
        page.locator(".chip").first.click()
        page.locator("#quoted").wait_for()
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    print(IMAGES / f"{picture.name}.png")
    context.close()


def _ask(page: Page) -> None:
    page.locator(".example").first.wait_for()
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator('.turn[aria-busy="false"]').wait_for()
    page.wait_for_timeout(500)  # the panel follows the answer


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
