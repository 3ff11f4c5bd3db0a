"""The store room's page in a real browser: a delivery comes in with gloves on."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from api.clock import RehearsalClock
from api.db import Database
from api.permissions import Actor
from api.security import digest, new_token
from api.stock.picking import keep_picks
from api.stock.receive import Receipt, receive
from api.store.users import save_session, save_user
from kitchen.lots import Declaration
from tests.api.pages.day import Moment
from tests.api.pages.served import looking, serving
from tests.api.stock.room import JPEG, NOW_AT, POTATO, SERVICE, desk, furnish, pork, publish
from tests.api.stock.test_purchase import on_menu

ROLES = {"kitchen": Actor("u-cook", "Cook", "kitchen", "K1"), "inspector": Actor("u-eye", "Eye", "inspector")}
PATHS = {"stock": "/stock", "stock-lot": "/stock/lots/L0002"}
TARGETS = (
    "main .button:visible, main input:not([type=radio]):visible, main select:visible, main summary:visible"
)


@pytest.fixture(scope="module")
def moment(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Moment:
    """A store room with lots in every state, and a day that takes of them."""
    data = tmp_path_factory.mktemp("stock")
    shutil.copy(sqlite_template, data / "holdchain.sqlite3")
    RehearsalClock.start(data / "clock.json", NOW_AT, 0)
    database = Database(f"sqlite:///{data / 'holdchain.sqlite3'}")
    tokens = {role: new_token() for role in ROLES}
    at = desk(data)
    with database.begin() as session:
        for role, actor in ROLES.items():
            save_user(session, actor, role, NOW_AT)
            save_session(session, digest(tokens[role]), actor.user_id, NOW_AT, NOW_AT + timedelta(days=1))
        furnish(session, at)
        for days in (0, 1, 9):
            pork(session, at, kg=4, expires_on=NOW_AT.date() + timedelta(days=days), photos=(JPEG,))
        pork(session, at, papers={}, when_wanting="hold", declared=Declaration(frozenset({"soy"})))
        pork(session, at, papers={}, temperature_c=12.0, when_wanting="refuse")
        receive(session, at, Receipt(POTATO, "S02", 2_000_000, {}, when_wanting="hold"))
        on_menu(session, SERVICE)
        publish(session)
        keep_picks(session, SERVICE)
    database.close()
    return Moment(data, tokens, "")


@pytest.mark.parametrize(("language", "widths"), [("zh_CN", (1280, 390)), ("en", (390, 1280))])
def test_the_store_room_is_whole(browser, axe_path, moment, tmp_path, language, widths):
    """
    Tests both pages for axe, console, other hosts, 72 px targets, and down to 320 px; an inspector reads.
    """
    with serving(moment, tmp_path) as base:
        for name, path in PATHS.items():
            with looking(browser, base, moment.tokens["kitchen"], language, widths[0]) as seen:
                page = seen.visit(path)
                seen.assert_accessible(axe_path)
                heights = [one.bounding_box()["height"] for one in page.locator(TARGETS).all()]
                assert min(heights) >= 71.5
                for width in (*widths, 320):
                    seen.widen(width)
                    seen.assert_clean()
                    if width != 320:
                        seen.keep(f"{name}-{language}-{width}")
        with looking(browser, base, moment.tokens["inspector"], language) as seen:
            assert seen.visit("/stock").locator("main form").count() == 0
            seen.assert_clean()


def test_a_delivery_comes_in(browser, moment, tmp_path):
    """
    Tests that the food says which papers are asked for, that what is missing is named, that photos taken one
    after the other are all taken along, and that the next delivery begins with none.
    """
    photo, other = tmp_path / "photo.png", tmp_path / "other.png"
    with serving(moment, tmp_path) as base, looking(browser, base, moment.tokens["kitchen"], "en") as seen:
        page = seen.visit("/stock")
        page.locator("h1").screenshot(path=photo)
        page.locator("#h-in").screenshot(path=other)
        page.fill("#food", "Pork, lean leg")
        page.locator("#food").dispatch_event("change")
        page.wait_for_selector("#paper-meat_inspection")
        page.fill("#kg", "20,5")
        page.fill("#expires", "2026-11-26")
        page.fill("#surface", "3.5")
        page.click("text=Take in >> nth=0")
        page.wait_for_selector("#message:has-text('animal quarantine certificate')")
        for kind in ("lot_certificate", "animal_quarantine", "meat_inspection"):
            page.fill(f"#paper-{kind}", "N1")
        for number, taken in enumerate((photo, other), 1):
            page.set_input_files("#photo", taken)
            page.wait_for_selector(f"[data-count]:text-is('{number}')")
        seen.keep("stock-two-photos")
        page.click("button[value=ask]")
        page.wait_for_selector("#message:has-text('L0007')")
        assert page.input_value("#kg") == page.input_value("#food") == ""
        assert page.evaluate("document.querySelector('#photo').files.length") == 0
        page.click("#lots-calm > summary")
        page.click("#lot-L0007 a")
        page.wait_for_selector("h1:has-text('L0007')")
        assert page.locator("a:has-text('photo')").count() == 2
        page.fill("#why", "complaint")
        page.click("button[value=hold]")
        page.wait_for_selector("#message:has-text('held')")
        assert page.locator(".head .state:has-text('held')").count() == 1


def test_what_is_typed_outlives_the_papers_of_the_food(browser, moment, tmp_path):
    """
    Tests that the fields a food asks for come beside what was typed meanwhile, and are asked for once.
    """
    with serving(moment, tmp_path) as base, looking(browser, base, moment.tokens["kitchen"], "en") as seen:
        page = seen.visit("/stock")
        asked = []

        def slowly(route):
            asked.append(route)

        page.route("**/stock/asked*", slowly)
        page.fill("#food", "Pork, lean leg")
        page.locator("#food").dispatch_event("change")
        page.fill("#kg", "20,5")
        page.fill("#expires", "2026-11-26")
        page.fill("#surface", "3.5")
        while not asked:
            page.wait_for_timeout(50)
        page.wait_for_timeout(300)
        for route in asked:
            route.continue_()
        page.wait_for_selector("#paper-meat_inspection")
        page.wait_for_timeout(300)
        assert page.input_value("#expires") == "2026-11-26"
        assert page.input_value("#surface") == "3.5"
        assert len(asked) == 1


def test_everything_is_handed_out(browser, moment, tmp_path):
    """
    Tests the pick list: what is short is said, one press hands out the rest.
    """
    with serving(moment, tmp_path) as base, looking(browser, base, moment.tokens["kitchen"], "en") as seen:
        page = seen.visit("/stock")
        assert page.locator(".notice-hot:has-text('Potato')").count() == 1
        page.click("text=Everything is handed out")
        page.wait_for_selector("#message:has-text('handed out')")
        page.click("#picks summary")
        assert page.locator("#picks .state-good").count() >= 2
        seen.assert_clean()
