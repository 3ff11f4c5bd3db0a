"""Sensors in a real browser: scanned into a box, put right from a minute on, looked after."""

from contextlib import ExitStack
from datetime import timedelta

import pytest

from api.clock import clock_in
from api.db import Database
from orders.codes import Coded
from telemetry.readings import BadFrame, Reading
from telemetry.store.devices import add_device
from telemetry.store.readings import keep
from tests.api.pages.served import looking, serving


@pytest.fixture
def at_kitchen(day, browser, tmp_path):
    """Opens the house of the first van on the road for the kitchen, at a width."""
    with ExitStack() as stack:
        moment = day["road"]
        base = stack.enter_context(serving(moment, tmp_path))
        (data,) = tmp_path.iterdir()
        with Database(f"sqlite:///{data}/holdchain.sqlite3").begin() as session:
            _strange(session, clock_in(data).now())

        def sit_down(language, width=390):
            return stack.enter_context(looking(browser, base, moment.tokens["kitchen"], language, width))

        yield sit_down


def _strange(session, now_at):
    """What somebody has to look at: a sensor never heard, a slow clock, a refused publish, a bad frame."""
    add_device(session, "LOOSE-7", family="holdchain", probes={"core": "core"}, now_at=now_at)
    arrivals = [now_at - timedelta(minutes=one) for one in range(12)]
    slow = [
        Reading("tasmota-9CF9D1", "0301A279", None, "temperature", 4.5, at - timedelta(minutes=7), at)
        for at in arrivals
    ]
    refused = Coded(
        "mqtt_publish_refused", {"client": "BOX-0001", "detail": "holdchain.v1.BOX-0002.readings"}
    )
    broken = Coded("frame_not_json", {"count": 1, "detail": "Expecting value: line 1 column 1 (char 0)"})
    frames = [BadFrame("tele/x/SENSOR", b"{", broken, at) for at in arrivals]
    keep(session, slow, [*frames, BadFrame("log", b"", refused, now_at)])


def test_a_sensor_in_the_wrong_box_is_put_right_in_four_taps(at_kitchen, axe_path):
    """Tests that the box's page corrects its sensor from its minute on and shows both records."""
    seen = at_kitchen("en")
    page = seen.visit("/kitchen")
    page.locator("a[href*='/kitchen/acts/packed/']").first.click()
    section = page.locator("section[aria-labelledby=h-sensor]")
    section.wait_for()
    section.locator("button[name=other_id]").first.click()
    page.locator("section[aria-labelledby=h-sensor] >> text=No sensor is noted").wait_for()
    assert "corrected at" in page.inner_text("section[aria-labelledby=h-sensor]")
    seen.assert_clean()
    seen.assert_accessible(axe_path)
    seen.keep("sensor-correct-en")
    box_id = page.url.partition("?")[0].rpartition("/")[2]
    hold = at_kitchen("en")
    hold.visit(f"/inspector/holds/{box_id}").locator("section[aria-labelledby=h-again]").wait_for()
    hold.assert_clean()
    hold.assert_accessible(axe_path)
    hold.keep("sensor-hold-en")
    zh = at_kitchen("zh_CN")
    zh.visit(page.url.removeprefix(seen.base))
    zh.assert_clean()
    zh.keep("sensor-correct-zh_CN")


def test_the_page_of_sensors_names_what_needs_somebody(at_kitchen, axe_path):
    """Tests both languages and widths: findings, readings without a box, refused and bad frames."""
    for language, width in (("en", 390), ("zh_CN", 390), ("zh_CN", 320)):
        seen = at_kitchen(language, width)
        page = seen.visit("/sensors")
        text = page.inner_text("main")
        assert "tasmota-9CF9D1" in text and "BOX-0002" in text
        page.locator("#resting summary").click()
        page.locator("#resting >> text=LOOSE-7").wait_for()
        seen.assert_clean()
        seen.assert_accessible(axe_path)
        page.locator("#resting summary").click()
        seen.keep(f"sensors-{language}-{width}")
