"""The page of sensors: what each tells, what is wrong with it, what belongs to no box."""

from dataclasses import replace
from datetime import date, timedelta

from api.day.views_sensors import sensors_view
from api.people import OPERATOR
from kitchen.haccp import Probe
from kitchen.store.watched import save_probes
from orders.codes import Coded
from telemetry.readings import BadFrame, Reading
from telemetry.store.bad_counts import BadQuota
from telemetry.store.devices import add_device
from telemetry.store.readings import keep
from tests.api.day.example_day import PUBLISHED_AT as NOW


def told(device: str, minutes_ago: int, late_s: float = 1.0, **fields) -> Reading:
    """A temperature that arrived so many minutes ago, so many seconds after its own time."""
    came = NOW - timedelta(minutes=minutes_ago)
    fields = {"quantity": "temperature", "value": 21.5} | fields
    at = came - timedelta(seconds=late_s)
    return Reading(
        device, "device", None, fields["quantity"], fields["value"], at, came, doubt=fields.get("doubt", "")
    )


def test_the_page_names_what_is_wrong_with_each_sensor(house, as_user) -> None:
    """Tests silence, a wrong clock, doubtful times, battery, calibration, unboxed readings, bad frames."""
    minutes = range(10)
    with house.database.begin() as session:
        add_device(session, "SILENT", family="tasmota", probes={}, now_at=NOW)
        keep(session, [told("SLOW", one, 400.0) for one in minutes])
        keep(session, [told("FAST", one, -200.0) for one in minutes])
        keep(session, [told("SOUND", one) for one in minutes])
        keep(session, [told("SOUND", 3, -90_000.0, doubt="time"), told("OLD", 90)])
        keep(session, [told("SLOW", 0, 400.0, quantity="battery", value=12.0)])
        keep(session, [told("OLD", 90, quantity="battery_low", value=1.0)])
        bad = BadFrame("x", b"\xff", Coded("frame_not_utf8", {"detail": "byte 0"}), NOW)
        refusal = Coded("mqtt_publish_refused", {"client": "FAST", "detail": "holdchain.v1.SLOW.readings"})
        keep(session, [], [bad, BadFrame("log", b"", refusal, NOW)])
        keep(session, [], [replace(bad, topic="y")], BadQuota(frames=0))
        calibrated = Probe("SOUND", "", date(2025, 11, 1), date(2026, 11, 1))
        save_probes(session, "K1", [calibrated], author="x", changed_at=NOW)
        view = sensors_view(session, OPERATOR, NOW)
    found = {one.device_id: [finding.code for finding in one.findings] for one in view.sensors}
    assert found["SILENT"] == ["sensor_never_heard"]
    assert found["SLOW"] == ["sensor_clock_behind", "sensor_battery_low"]
    assert found["FAST"] == ["sensor_clock_ahead"]
    assert found["SOUND"] == ["sensor_times_doubtful", "probe_overdue"]
    assert found["OLD"] == ["sensor_silent", "sensor_battery_called_low"]
    assert {(one.device_id, one.readings) for one in view.unboxed} == {
        ("SLOW", 10),
        ("FAST", 10),
        ("SOUND", 10),
        ("OLD", 1),
    }
    assert [one.reason.code for one in view.refused] == ["mqtt_publish_refused"]
    assert [(one.reason.code, one.count, one.counted) for one in view.bad] == [("frame_not_utf8", 2, 1)]
    page = as_user("kitchen").get("/sensors").text
    assert "SLOW" in page and "400" not in page and "6.7" in page
    assert "1 条只记了数" in page or "of 1 only the number is kept" in page
    assert as_user("canteen").get("/sensors").status_code == 403
