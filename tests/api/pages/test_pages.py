"""Every page in a real browser: both languages, two widths, nothing serious found."""

from contextlib import ExitStack

import pytest
from sqlmodel import select

from api.db import Database
from kitchen.store.production_rows import BoxRow
from tests.api.pages.day import MOMENTS
from tests.api.pages.served import looking, serving

PAGES = {
    "design": ("evening", "admin", "/design"),
    "sign-in": ("evening", None, "/sign-in"),
    "kitchen-morning": ("morning", "kitchen", "/kitchen"),
    "kitchen-road": ("road", "kitchen", "/kitchen"),
    "alarms-road": ("road", "dispatcher", "/alarms"),
    "sensors-road": ("road", "dispatcher", "/sensors"),
    "driver-dock": ("morning", "driver", "/driver"),
    "driver-road": ("road", "driver", "/driver"),
    "canteen-road": ("road", "canteen", "/canteen"),
    "canteen-evening": ("evening", "canteen", "/canteen"),
    "drops-road": ("road", "volunteer", "/drops"),
    "servings-evening": ("evening", "bureau", "/servings"),
    "holds-road": ("road", "inspector", "/inspector"),
    "holds-evening": ("evening", "inspector", "/inspector"),
    "hold-breached": ("evening", "inspector", "/inspector/holds/{breached}"),
    "hold-unknown": ("evening", "inspector", "/inspector/holds/{cannot_be_judged}"),
    "hold-passed": ("evening", "inspector", "/inspector/holds/{passed}"),
    "bureau": ("evening", "bureau", "/bureau"),
    "meal": ("evening", "bureau", "/bureau/orders/20261123-0001"),
    "refused": ("evening", "driver", "/inspector"),
}


@pytest.fixture(scope="module")
def bases(day, tmp_path_factory):
    """Address of a house at each moment; tests that act start their own."""
    folder = tmp_path_factory.mktemp("bases")
    with ExitStack() as stack:
        yield {name: stack.enter_context(serving(day[name], folder)) for name in MOMENTS}


@pytest.fixture(scope="module")
def holds(day) -> dict[str, str]:
    """A box id of each verdict in the evening."""
    from telemetry.store.verdicts import latest_verdicts

    database = Database(f"sqlite:///{day['evening'].data / 'holdchain.sqlite3'}")
    with database.read() as session:
        verdicts = latest_verdicts(session, list(session.exec(select(BoxRow.box_id))))
    database.close()
    return {verdict.shown: box_id for box_id, verdict in verdicts.items()}


@pytest.mark.parametrize(("language", "widths"), [("zh_CN", (1280, 390)), ("en", (390, 1280))])
def test_every_page_is_whole(browser, axe_path, bases, day, holds, language, widths):
    """
    Tests that each page has no serious finding of axe, no console error, no request to another host.
    """
    for moment in MOMENTS:
        with looking(browser, bases[moment], None, language, widths[0]) as seen:
            for name, (when, role, path) in PAGES.items():
                if when != moment:
                    continue
                seen.become(day[moment].tokens[role] if role else None, language)
                seen.widen(widths[0])
                page = seen.visit(path.format(**holds), 403 if name == "refused" else 200)
                assert page.locator("h1").count() >= 1, name
                seen.assert_accessible(axe_path)
                for width in widths:
                    seen.widen(width)
                    seen.assert_clean()
                    seen.keep(f"{name}-{language}-{width}")


@pytest.mark.parametrize(
    ("path", "role"), [("/driver", "driver"), ("/canteen", "canteen"), ("/drops", "volunteer")]
)
def test_pages_of_hands_fit_320_px(browser, bases, day, path, role):
    """
    Tests that the driver's, the canteen's and the volunteer's page fit the narrowest phone.
    """
    with looking(browser, bases["road"], day["road"].tokens[role], width=320) as seen:
        seen.visit(path)
        seen.assert_clean()


def test_start_sends_everybody_to_their_own_page(browser, bases, day):
    """
    Tests that the start page leads each role to its first page.
    """
    firsts = {"kitchen": "/kitchen", "driver": "/driver", "inspector": "/inspector", "bureau": "/bureau"}
    for role, path in firsts.items():
        with looking(browser, bases["road"], day["road"].tokens[role]) as seen:
            assert seen.visit("/").url == bases["road"] + path


def test_language_is_kept_for_the_person(browser, bases, day):
    """
    Tests that a chosen language outlives the browser, since it is stored with the user.
    """
    token = day["road"].tokens["dispatcher"]
    with looking(browser, bases["road"], token, "zh_CN") as seen:
        page = seen.visit("/kitchen")
        assert "11月23日 周一" in page.inner_text("h1")
        page.click("text=English")
        assert "Mon 23 Nov" in page.inner_text("h1")
    with looking(browser, bases["road"], token, "zh_CN") as seen:
        assert seen.visit("/kitchen").get_attribute("html", "lang") == "en"


def test_targets_are_large_enough(browser, bases, day):
    """
    Tests that what is pressed is 48 px high, and 72 px in the kitchen.
    """
    for path, role, moment, least_px in (
        ("/kitchen", "kitchen", "morning", 72),
        ("/driver", "driver", "road", 48),
        ("/canteen", "canteen", "road", 48),
        ("/drops", "volunteer", "road", 48),
    ):
        with looking(browser, bases[moment], day[moment].tokens[role]) as seen:
            page = seen.visit(path)
            for element in page.locator(
                "main .button:visible, main input:visible, main summary:visible"
            ).all():
                box = element.bounding_box()
                assert box["height"] >= least_px - 0.5, element.evaluate("one => one.outerHTML")


def test_the_tab_that_is_on_is_in_view_and_the_bar_shows_that_it_goes_on(browser, bases, day):
    """
    Tests on a phone that the bar of tabs is scrolled to its page, fades where more tabs are, and no button of
    the kitchen's next step lies on another; on a wide screen nothing fades.
    """
    with looking(browser, bases["morning"], day["morning"].tokens["kitchen"], "zh_CN", 390) as seen:
        page = seen.visit("/checks")
        tabs, on = page.locator(".tabs"), page.locator(".tabs [aria-current]").bounding_box()
        assert on["x"] >= 0 and on["x"] + on["width"] <= 390
        page.locator(".tabs.more-before.more-after").wait_for()
        for to, fading in (("0", ":not(.more-before).more-after"), ("1e6", ".more-before:not(.more-after)")):
            tabs.evaluate(f"one => one.scrollTo({{left: {to}, behavior: 'instant'}})")
            page.locator(f".tabs{fading}").wait_for()
        page = seen.visit("/kitchen")
        more = page.locator(".card-next [data-step='0.5']").first.bounding_box()
        done = page.locator(".card-next .button-main").first.bounding_box()
        assert more["x"] + more["width"] <= done["x"] or more["y"] + more["height"] <= done["y"]
        seen.widen(1280)
        page.locator(".tabs:not(.more-before, .more-after)").wait_for()
        seen.assert_clean()


def test_chart_is_drawn_from_the_table(browser, bases, day, holds):
    """
    Tests that the hold's chart stands beside its table and draws something into its canvas.
    """
    with looking(browser, bases["evening"], day["evening"].tokens["inspector"]) as seen:
        page = seen.visit(f"/inspector/holds/{holds['breached']}")
        page.wait_for_selector(".chart canvas")
        drawn = page.evaluate(
            """() => {
                const canvas = document.querySelector(".chart canvas");
                const {width, height} = canvas;
                return canvas.getContext("2d").getImageData(0, 0, width, height).data.some((one) => one > 0);
            }"""
        )
        assert drawn
        assert page.locator("#hold-numbers tr[data-minute]").count() > 60
        seen.assert_clean()
