"""The page of fixed assets in a real browser: every state, a power cut, and what becomes of a lot."""

from datetime import timedelta

import pytest

from api.checks.assets import AssetTold, list_assets
from api.checks.records import Entry, write_check
from api.clock import RehearsalClock
from api.day.asset_judging import judge_assets
from api.day.asset_sensors import Mounting, mount
from api.house import open_house
from api.people import OPERATOR, NewUser, add_user
from api.security import digest, new_token
from api.settings import Settings
from api.store.users import save_session
from telemetry.readings import Reading
from telemetry.store.devices import add_device
from telemetry.store.probe_uses import open_uses
from telemetry.store.readings import keep
from tests.api.checks.room import COOKED_AT, IDS, desk, furnished, later
from tests.api.pages.day import Moment
from tests.api.pages.served import looking, serving
from tests.api.stock.room import desk as stock_desk
from tests.api.stock.room import pork

HEARD = {
    "CR-1": [(0, 3.5), (10, 4.0), (70, 9.5), (80, 8.5), (90, 6.0), (100, 4.5)],
    "FZ-1": [(0, -18), (10, -18), (70, -10.5), (80, -11), (90, -11), (100, -11.5)],
    "F1": [(0, 4.0), (10, 4.0)],
    "HC-1": [(0, 66.0), (10, 66.0), (90, 66.0), (100, 65.0)],
}
KINDS = {"CR-1": "cold_room", "FZ-1": "freezer", "F1": "sample_fridge", "HC-1": "hot_cabinet"}


@pytest.fixture(scope="module")
def noon(tmp_path_factory) -> Moment:
    """An hour without power, a freezer too warm since, a silent fridge, an open door, a van unheard."""
    data = tmp_path_factory.mktemp("assets")
    RehearsalClock.start(data / "clock.json", later(minutes=100).now_at, 0)
    house = open_house(Settings(data=data), seed=1)
    with house.database.begin() as session:
        at = furnished(session)
        told = [AssetTold(code, kind) for code, kind in KINDS.items()]
        list_assets(session, at, [*told, AssetTold("VAN-2", "van_compartment", "二号车")])
        for number, (code, samples) in enumerate(HEARD.items()):
            device = f"TH-{number}"
            add_device(session, device, family="holdchain", probes={"air": "air"}, now_at=COOKED_AT)
            mount(session, at, Mounting(code, device))
            times = [(COOKED_AT + timedelta(minutes=minute), value) for minute, value in samples]
            keep(session, [Reading(device, "air", "air", "temperature", c, t, t) for t, c in times])
        add_device(session, "DOOR-1", family="zigbee2mqtt", probes={"device": "ambient"}, now_at=COOKED_AT)
        mount(session, at, Mounting("HC-1", "DOOR-1", "ambient"))
        opened_at = COOKED_AT + timedelta(minutes=88)
        keep(session, [Reading("DOOR-1", "device", None, "open", 1.0, opened_at, opened_at)])
        by_hand = {"temperature_c": "3.8", "probe": "HP-01"}
        write_check(session, desk(), Entry("asset_morning", "CR-1", by_hand, "S1"))
        pork(session, stock_desk())
        user = add_user(session, OPERATOR, COOKED_AT, IDS, NewUser("k", "k", "kitchen", kitchen_id="K1"))
        asset_ids = [use.box_id for use in open_uses(session)]
        judge_assets(session, asset_ids, later(minutes=100).now_at, IDS)
        token = new_token()
        save_session(session, digest(token), user.actor.user_id, COOKED_AT, COOKED_AT + timedelta(days=9))
    house.database.close()
    return Moment(data, {"kitchen": token}, "")


def test_a_power_cut_is_written_down_and_a_lot_gets_its_word(browser, axe_path, noon, tmp_path):
    """
    Tests the states, the offered cut, its minutes with bounds and a discard, at two widths and languages.
    """
    with serving(noon, tmp_path) as base:
        with looking(browser, base, noon.tokens["kitchen"], "zh_CN", 390) as seen:
            page = seen.visit("/assets")
            for width in (390, 1280):
                seen.widen(width)
                seen.assert_clean()
                seen.keep(f"assets-zh-{width}")
            text = page.inner_text("#live")
            for word in ("请转移食品", "在限值内", "门未关", "无传感器", "是停电吗", "3.8"):
                assert word in text
            page.locator(".notice", has_text="FZ-1").get_by_role("link", name="回应").first.click()
            ringing = page.locator("section.card", has_text="FZ-1").first
            seen.widen(390)
            seen.keep("assets-alarms-zh-390")
            seen.assert_clean()
            ringing.locator("input[name=comment]").fill("叫了维修")
            ringing.get_by_role("button").first.click()
            page.locator("section.card", has_text="叫了维修").wait_for()
            page = seen.visit("/assets")
            assert "叫了维修" in page.inner_text("#live")
            page.locator("#cut summary").click()
            page.locator("#cut select[name=person]").select_option("S1")
            page.locator("#cut button").click()
            page.locator("h2", has_text="停电").wait_for()
            seen.assert_clean()
        with looking(browser, base, noon.tokens["kitchen"], "en", 390) as seen:
            page = seen.visit("/assets")
            assert "before 4.0" in page.inner_text("#live")
            page.locator("summary", has_text="What becomes of it").click()
            form = page.locator("form[action$='/lots']")
            form.get_by_text("Discard").click()
            form.locator("select[name=asset]").select_option("CR-1")
            form.locator("input[name=reason]").fill("smell")
            form.locator("select[name=person]").select_option("S2")
            form.locator("button").click()
            page.locator(".state", has_text="Discard").wait_for()
            for width in (390, 1280):
                seen.widen(width)
                seen.assert_clean()
                seen.keep(f"assets-en-{width}")
            page.eval_on_selector_all("#live details", "all => all.forEach(one => one.open = true)")
            seen.assert_accessible(axe_path)
            seen.assert_clean()
            heights = "all => Math.min(...all.map(one => one.getBoundingClientRect().height))"
            assert page.eval_on_selector_all("#live button", heights) >= 72
