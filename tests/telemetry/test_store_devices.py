"""Sensors that may publish."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from orders.errors import Conflict, NotFound
from telemetry.readings import Reading
from telemetry.store.devices import (
    add_device,
    count_readings_by_device,
    devices,
    require_known,
    revoke_device,
)
from telemetry.store.readings import keep

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_a_device_is_let_in_once_and_shut_out_once(database):
    """
    Tests that a name is given once and that the first revocation's instant stays.
    """
    with database.begin() as session:
        add_device(session, "S01", family="holdchain", probes={"air": "air"}, now_at=T0)
        with pytest.raises(Conflict, match="device_exists"):
            add_device(session, "S01", family="holdchain", probes={}, now_at=T0)
        assert [row.device_id for row in devices(session)] == ["S01"]

        revoke_device(session, "S01", T0)
        revoke_device(session, "S01", T0 + timedelta(days=1))
        assert devices(session) == []
        assert [(row.probes, row.revoked_at) for row in devices(session, revoked=True)] == [
            ({"air": "air"}, T0)
        ]
        with pytest.raises(NotFound):
            revoke_device(session, "S02", T0)


def test_what_contradicts_is_counted_as_kept(database):
    """
    Tests that a second value under a key, which becomes a bad frame, counts among a sensor's readings.
    """
    first = Reading("S01", "air", None, "temperature", 70.0, T0, T0)
    with database.begin() as session:
        keep(session, [first, replace(first, measured_at=T0 + timedelta(minutes=1))])
        keep(session, [first, replace(first, value=71.0)])
        assert count_readings_by_device(session, ["S01", "S02"]) == {"S01": 3}
        require_known(session, "S01")
        with pytest.raises(NotFound):
            require_known(session, "S02")
