"""The pages of a rehearsed day, served to a real browser, and what every page must keep."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from api.app import create_app
from api.house import open_house
from api.settings import Settings
from tests.api.pages.day import Moment
from tests.services import ROOT, free_port

SCREENSHOTS = ROOT / "tests" / "screenshots"
KEEPS = "SCREENSHOTS" in os.environ
WITHIN_MS = 60_000  # a busy machine is not a broken page
HEIGHTS = {1280: 900, 390: 844, 320: 640}
LOCALES = {"zh_CN": "zh-CN", "en": "en-GB"}
# Chromium reports every refusal as an error of its own; the page shows it in words.
REFUSED = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Seen:
    """A page in the browser, and what went wrong while it was looked at."""

    page: Page
    base: str
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def visit(self, path: str, status: int = 200) -> Page:
        """Opens a path, which is answered with this status, and waits until nothing loads any more."""
        answer = self.page.goto(self.base + path, wait_until="load")
        assert answer is not None and answer.status == status, f"{path}: {answer and answer.status}"
        return self.page

    def become(self, token: str | None, language: str) -> None:
        """Somebody else sits down at the same browser, in a language."""
        self.page.context.clear_cookies()
        _give(self.page.context, self.base, "holdchain_language", language)
        if token is not None:
            _give(self.page.context, self.base, "holdchain_session", token)

    def widen(self, width: int) -> None:
        """Turns the screen to another width."""
        if self.page.viewport_size["width"] != width:
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            self.page.wait_for_timeout(100)

    def assert_clean(self) -> None:
        """Nothing on the console, nobody else asked, nothing wider than the screen."""
        assert not self.errors, f"{self.page.url}: {self.errors}"
        assert not self.strangers, f"{self.page.url}: {self.strangers}"
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url

    def assert_accessible(self, axe: Path) -> None:
        """axe finds nothing serious or critical."""
        self.page.evaluate(axe.read_text("utf-8"))
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        told = [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in serious]
        assert not told, f"{self.page.url}: {told}"

    def keep(self, name: str) -> None:
        """Keeps a screenshot of the whole page, for whoever asked to look at them."""
        if not KEEPS:
            return
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@contextmanager
def serving(moment: Moment, folder: Path) -> Iterator[str]:
    """Address of a house that stands at this moment, on a copy of its database."""
    data = folder / f"served-{time.monotonic_ns()}"
    shutil.copytree(moment.data, data)
    port = free_port()
    house = open_house(Settings(data=data, port=port), seed=2, upgrade=False)
    config = uvicorn.Config(create_app(house), host="127.0.0.1", port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        house.database.close()


@contextmanager
def looking(
    browser: Browser, base: str, token: str | None, language: str = "zh_CN", width: int = 1280
) -> Iterator[Seen]:
    """A fresh browser of one person, in a language, at a width."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]}, locale=LOCALES[language], reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(WITHIN_MS)
    seen = Seen(page, base)
    seen.become(token, language)
    host = urlsplit(base).netloc

    def on_console(message) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(REFUSED):
            seen.errors.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda one: urlsplit(one.url).netloc in (host, "") or seen.strangers.append(one.url))
    try:
        yield seen
    finally:
        context.close()


def _give(context: BrowserContext, base: str, name: str, value: str) -> None:
    context.add_cookies([{"name": name, "value": value, "url": base}])
