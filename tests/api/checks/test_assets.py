"""Fixed assets of a kitchen: listed with their limits, with probes that sit in one place at a time."""

from dataclasses import replace

import pytest

from api.checks.asset_list import assets_of
from api.checks.assets import AssetTold, drop_asset, list_assets
from api.checks.forms import forms_of
from api.checks.gaps import find_gaps
from api.checks.records import Entry, act_on_check, write_check
from api.checks.views import checks_view
from api.day.alarm_places import alarm_places
from api.day.asset_judging import judge_assets
from api.day.asset_sensors import Mounting, dismount, mount
from api.day.views_sensors import sensors_view
from api.store.config import load_config, save_config
from kitchen.store.equipment import save_carriers
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.store.sites import save_kitchen
from telemetry.store.devices import add_device
from telemetry.store.probe_uses import uses_of_probe
from tests.api.checks.room import COOKED_AT, furnished, later
from tests.kitchen.builders import carrier

ROOM, FREEZER = AssetTold("CR-1", "cold_room", "一号冷库"), AssetTold("FZ-1", "freezer")
CABINET = AssetTold("HC-1", "hot_cabinet", delay_minutes=5.0)


@pytest.fixture
def floor(database):
    """The small floor with three assets and a sensor, and an open transaction."""
    with database.begin() as session:
        at = furnished(session)
        list_assets(session, at, [ROOM, FREEZER, CABINET])
        for name in ("TH-1", "TH-2"):
            add_device(session, name, family="holdchain", probes={"air": "air"}, now_at=COOKED_AT)
        yield session, at


def test_an_asset_keeps_what_the_profile_says_of_its_kind(floor):
    """
    Tests the limits of each kind, and that an asset's own figures go before its kind's.
    """
    session, at = floor
    found = {code: (one.rules.low_c, one.rules.high_c) for code, one in assets_of(session, "K1").items()}
    assert found == {"CR-1": (0.0, 8.0), "FZ-1": (None, -12.0), "HC-1": (60.0, None)}
    assert assets_of(session, "K1")["HC-1"].rules.delay_s == 300
    stricter = list_assets(session, at, [replace(ROOM, high_c=5.0)])
    assert stricter["CR-1"].rules.high_c == 5.0


def test_every_list_is_a_revision_and_an_asset_keeps_its_id(floor):
    """
    Tests that listing again changes the revision, keeps ids, and the same list twice changes nothing.
    """
    session, at = floor
    before = assets_of(session, "K1")
    after = list_assets(session, at, [replace(ROOM, name="冷库")])
    assert [one.asset_id for one in before.values()] == [one.asset_id for one in after.values()]
    list_assets(session, at, [replace(ROOM, name="冷库")])
    assert load_config(session, "assets", "K1")[0] == 2


def test_an_asset_that_cannot_be_is_refused(floor):
    """
    Tests that an asset without a code, of no kind, or with limits upside down is refused.
    """
    session, at = floor
    for wrong in (replace(ROOM, code=" "), replace(ROOM, kind="shed"), replace(ROOM, low_c=9.0)):
        with pytest.raises(BadInput):
            list_assets(session, at, [wrong])


def test_an_asset_whose_profile_changed_under_it_is_named_and_stops_no_judge(floor):
    """
    Tests that limits that cannot be any more are refused where assets are read, and passed over by the judge.
    """
    session, at = floor
    list_assets(session, at, [replace(ROOM, low_c=7.0)])
    asset_id = assets_of(session, "K1")["CR-1"].asset_id
    body = load_config(session, "safety_profile", "gb")[1]
    limit = body["limit"] | {"cold_hold": body["limit"]["cold_hold"] | {"max_c": 5.0}}
    save_config(session, "safety_profile", "gb", body | {"limit": limit}, author="u", made_at=at.now_at)
    with pytest.raises(BadInput, match="asset_unusable"):
        assets_of(session, "K1")
    assert judge_assets(session, [asset_id], at.now_at, at.ids) == 0
    assert alarm_places(session, [asset_id])[asset_id].code == "CR-1"


def test_a_probe_sits_in_one_place_at_a_time(floor):
    """
    Tests that a mounted probe is refused elsewhere, named with the asset, until it is taken out.
    """
    session, at = floor
    mount(session, at, Mounting("CR-1", "TH-1"))
    shown = {one.device_id: one for one in sensors_view(session, at.actor, at.now_at).sensors}
    assert (shown["TH-1"].carrier_code, shown["TH-1"].box) == ("CR-1", "")
    with pytest.raises(Conflict) as refused:
        mount(session, later(minutes=5), Mounting("FZ-1", "TH-1/air"))
    assert refused.value.params["box"] == "CR-1 (K1)"
    with pytest.raises(Conflict, match="asset_has_probes"):
        drop_asset(session, at, "CR-1")
    dismount(session, later(minutes=10), "CR-1", "TH-1/air")
    mount(session, later(minutes=11), Mounting("FZ-1", "TH-1"))
    assert [use.to_at is None for use in uses_of_probe(session, "TH-1", "air")] == [False, True]
    drop_asset(session, at, "CR-1")
    assert list(assets_of(session, "K1")) == ["FZ-1", "HC-1"]


def test_another_kitchen_s_sensor_is_not_mounted(floor):
    """
    Tests the sensor of another kitchen's carrier, and one whose other probe is in an asset there.
    """
    session, at = floor
    other = replace(at, kitchen=replace(at.kitchen, kitchen_id="K2"))
    save_kitchen(session, other.kitchen, {}, at.now_at)
    save_carriers(session, "K2", [replace(carrier("K01"), sensor_id="TH-1", senses="air")])
    list_assets(session, other, [ROOM])
    add_device(session, "TH-3", family="holdchain", probes={"a": "air", "b": "air"}, now_at=COOKED_AT)
    mount(session, other, Mounting("CR-1", "TH-3/a"))
    for sensor in ("TH-1", "th-1", "TH-3/b"):
        with pytest.raises(Conflict, match="sensor_of_other_kitchen") as refused:
            mount(session, at, Mounting("CR-1", sensor))
        assert refused.value.params["kitchen"] == "K2"
    mount(session, other, Mounting("CR-1", "TH-1"))
    mount(session, other, Mounting("CR-1", "TH-3/b"))


def test_who_may_not_and_what_is_not_there_is_refused(floor):
    """
    Tests that a driver lists and mounts nothing, and unknown assets and sensors are named.
    """
    session, at = floor
    driver = later()
    driver = replace(driver, actor=replace(driver.actor, role="driver"))
    with pytest.raises(Forbidden):
        list_assets(session, driver, [ROOM])
    with pytest.raises(Forbidden):
        mount(session, driver, Mounting("CR-1", "TH-1"))
    with pytest.raises(NotFound):
        mount(session, at, Mounting("CR-9", "TH-1"))
    with pytest.raises(BadInput, match="sensor_unknown"):
        mount(session, at, Mounting("CR-1", "TH-9"))


def test_each_asset_is_looked_at_by_hand_twice_a_day(floor):
    """
    Tests that morning and evening are asked of each asset under its own limits, and of no fridge twice.
    """
    session, at = floor
    list_assets(session, at, [AssetTold("F1", "sample_fridge")])
    write_check(session, at, Entry("asset_morning", "FZ-1", {"temperature_c": "-18", "probe": "HP-01"}, "S1"))
    due = [(one.register.code, one.subject) for one in checks_view(session, at).due]
    assert ("asset_morning", "FZ-1") not in due and ("asset_evening", "FZ-1") in due
    assert ("asset_morning", "F1") in due and ("fridge_temperature", "F1") not in due
    limits = {
        one.subject: one.register.fields[0].limits
        for one in checks_view(session, at).due
        if one.register.code == "asset_evening"
    }
    assert limits == {"CR-1": "0–8°C", "FZ-1": "≤ -12°C", "HC-1": "≥ 60°C", "F1": "0–8°C"}
    form = next(one for one in forms_of(session, at, at.today_on).forms if one.name.en.endswith("evening"))
    assert "CR-1 一号冷库 0–8°C" in form.subjects


def test_a_hand_check_beyond_the_limit_asks_for_what_was_done(floor):
    """
    Tests that a warm freezer fails, stays a gap until somebody acts, and an unlisted probe is refused.
    """
    session, at = floor
    warm = Entry("asset_morning", "FZ-1", {"temperature_c": "-11.9", "probe": "HP-01"}, "S1")
    kept = write_check(session, at, warm)
    assert (kept.passed, kept.wrong[0].params["limits"]) == (False, "≤ -12°C")
    assert kept.check_id in [one.ref for one in find_gaps(session, at, at.today_on, at.today_on)]
    act_on_check(session, at, kept.check_id, "moved_kept", "S1")
    assert kept.check_id not in [one.ref for one in find_gaps(session, at, at.today_on, at.today_on)]
    with pytest.raises(BadInput, match="probe_unknown"):
        write_check(session, at, replace(warm, answers={"temperature_c": "-18", "probe": "X"}))
    with pytest.raises(NotFound):
        write_check(session, at, replace(warm, subject="FZ-9"))
