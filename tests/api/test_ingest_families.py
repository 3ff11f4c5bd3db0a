"""Tests that the worker reads sensors of every make."""

from datetime import UTC, datetime

from api.ingest import decoded
from telemetry.mqtt import Frame
from telemetry.sensors import Reader, usual_sensors

AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
OURS = b'{"seq": 1, "readings": [{"t": "2026-11-23T02:10:00Z", "probe": "air", "c": 60.5}]}'


def test_each_frame_is_read_by_the_family_of_its_topic():
    """
    Tests that sensors of other makes give readings beside ours, and a topic of nobody is kept as a bad frame.
    """
    tasmota = b'{"Time":"2026-11-23T10:10:00","DS18B20":{"Temperature":41.0},"TempUnit":"F"}'
    frames = [
        Frame("holdchain/v1/BOX-0001/readings", OURS, 1, 0),
        Frame("tele/cold/SENSOR", tasmota, 2, 0),
        Frame("nobody/knows", b"\xff", 3, 0),
        Frame("shellies/ht/sensor/temperature", b"5.0", 4, 0, is_retained=True),
    ]
    readings, bad = decoded(frames, AT, Reader(usual_sensors()))
    told = [(one.device_id, one.value, one.doubt) for one in readings]
    assert told == [("BOX-0001", 60.5, ""), ("cold", 5.0, ""), ("ht", 5.0, "time")]
    assert [(one.reason.code, one.payload) for one in bad] == [
        ("topic_unknown", b"\xff"),
        ("frame_retained", b"5.0"),
    ]
