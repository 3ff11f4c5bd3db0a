"""Tests that a worker knows the sensors that are let in while it runs."""

from datetime import UTC, datetime

from api.ingest import decoded
from api.known_devices import KnownDevices
from telemetry.mqtt import Frame
from telemetry.sensors import Reader, usual_sensors
from telemetry.store.devices import add_device, revoke_device

AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
FRAME = Frame("zigbee2mqtt/BOX-0001", b'{"temperature": 71.0}', 1, 0)


def test_a_box_let_in_later_is_no_bridge_s_any_more(database):
    """
    Tests that its raw frame is kept with the finding instead, also once the box is shut out.
    """
    reader = Reader(usual_sensors())
    known = KnownDevices(database, reader)
    known.look()
    assert len(decoded([FRAME], AT, reader)[0]) == 1
    with database.begin() as session:
        add_device(session, "BOX-0001", family="holdchain", probes={"air": "air"}, now_at=AT)
    for _ in range(2):
        known.look()
        readings, (bad,) = decoded([FRAME], AT, reader)
        assert (readings, bad.reason.code, bad.payload) == ([], "device_mismatch", FRAME.payload)
        with database.begin() as session:
            revoke_device(session, "BOX-0001", AT)
        known = KnownDevices(database, reader)
