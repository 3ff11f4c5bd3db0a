"""A tap means what lay under the finger, however the live part changes meanwhile."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.services import ROOT

STATIC = ROOT / "api" / "pages" / "static"
HTMX = STATIC / "vendor" / "htmx.org" / "htmx.min.js"
LIVE = """<div id="live" hx-get="/live" hx-trigger="fresh" hx-swap="outerMorph">
<form method="post" action="/start/{batch}" hx-post="/start/{batch}" hx-target="#live" hx-swap="outerMorph">
<button>{batch}</button></form></div>"""
PAGE = """<!doctype html><script src="/htmx.js"></script><script src="/app.js" type="module"></script>
<script>document.addEventListener("htmx:finally:swap", () => { window.swapped = true; });</script>"""


@pytest.fixture
def kitchen(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page whose live part always comes back with the next batch, and whose clock stands still."""
    context = browser.new_context()
    shown = context.new_page()
    sent: list[str] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix("http://kitchen.test")
        if path.endswith(".js"):
            body = (HTMX if path == "/htmx.js" else STATIC / "app.js").read_text("utf-8")
            route.fulfill(body=body, content_type="text/javascript")
            return
        if route.request.method == "POST":
            sent.append(path.removeprefix("/start/"))
        live = LIVE.format(batch="B01" if path == "/" else f"B{len(sent) + 2:02}")
        route.fulfill(body=PAGE + live if path == "/" else live, content_type="text/html")

    context.route("**/*", answer)
    shown.clock.install()
    shown.goto("http://kitchen.test/")
    yield shown, sent
    context.close()


def redrawn(page: Page) -> None:
    """Lets the live part be fetched anew, and waits until the answer was dealt with."""
    page.evaluate("swapped = false; document.getElementById('live').dispatchEvent(new Event('fresh'))")
    page.wait_for_function("swapped", polling=20)


def test_a_tap_starts_the_batch_that_lay_under_the_finger(kitchen: tuple[Page, list[str]]) -> None:
    """Tests a redraw while the finger is down, one just before the tap, and the tap once that is over."""
    page, sent = kitchen
    page.hover("button")
    page.mouse.down()
    redrawn(page)
    assert page.inner_text("button") == "B01"
    page.evaluate("swapped = false")
    page.mouse.up()
    page.wait_for_function("swapped", polling=20)
    assert (sent, page.inner_text("button")) == (["B01"], "B03")
    page.click("button")
    page.clock.fast_forward(600)
    redrawn(page)
    page.clock.fast_forward(600)
    page.click("button")
    page.wait_for_function("document.querySelector('button').textContent === 'B04'", polling=20)
    assert sent == ["B01", "B03"]
