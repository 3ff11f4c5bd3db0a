"""What is shown of the sensors: who was heard, what has a time that cannot be, bad frames by kind."""

from datetime import UTC, datetime, timedelta

from orders.codes import Coded
from telemetry.readings import BadFrame, Reading
from telemetry.store.readings import keep
from telemetry.store.sensors import bad_kinds, devices_heard, doubtful_times, latest_readings, probes_told
from tests.telemetry.decoding import codes, decoded

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)


def minute(number: int) -> datetime:
    return T0 + timedelta(minutes=number)


def told(device: str, at: datetime, *, quantity: str = "temperature", doubt: str = "") -> Reading:
    return Reading(device, "air", "air", quantity, 20.0, at, minute(5), doubt=doubt)


def test_devices_are_counted_by_what_they_told(database):
    """
    Tests names in order, the newest readings whose time can be, and how many cannot, epoch zero among them.
    """
    with database.begin() as session:
        assert devices_heard(session) == []
        keep(session, [told(name, minute(at)) for name in ("S2", "S1") for at in range(4)])
        keep(session, [told("S1", EPOCH, doubt="time"), told("S1", minute(500), doubt="time")])
        keep(session, [told("S3", minute(1), quantity="battery")])
        assert devices_heard(session) == ["S1", "S2", "S3"]
        assert [one.measured_at for one in latest_readings(session, "S1", 2)] == [minute(3), minute(2)]
        assert doubtful_times(session, ["S1", "S2"], minute(0)) == {"S1": 2}
        assert [one.probe for one in probes_told(session, "s1", minute(0))] == ["air"]
        assert probes_told(session, "S3", minute(0)) == []


def test_a_broker_that_sends_what_it_had_kept_makes_no_device_heard_and_one_row_of_each_value(database):
    """
    Tests a hundred retained frames of two values: two rows that are nobody's news, a finding each time.
    """
    frames = [
        decoded(
            "shelly-gen1", "shellies/shellyht-67f4d2/sensor/temperature", value, at=minute(at), retained=True
        )
        for at in range(50)
        for value in (b"5.0", b"5.5")
    ]
    with database.begin() as session:
        kept = [keep(session, frame.readings) for frame in frames]
        assert [sum(one.stored for one in kept), sum(one.duplicates for one in kept)] == [2, 98]
        assert not any(one.conflicting for one in kept)
        assert latest_readings(session, "shellyht-67f4d2", 9) == []
        assert probes_told(session, "shellyht-67f4d2", minute(0)) == []
        assert doubtful_times(session, ["shellyht-67f4d2"], minute(0)) == {"shellyht-67f4d2": 2}
    assert {tuple(codes(one)) for one in frames} == {("frame_retained",)}


def test_bad_frames_are_counted_by_kind(database):
    """
    Tests count, first and latest instant, and what the latest was about.
    """
    reasons = [Coded("frame_not_utf8", {"count": 1, "detail": f"byte {at}"}) for at in range(3)]
    frames = [BadFrame(f"topic/{at}", b"\xff", reason, minute(at)) for at, reason in enumerate(reasons)]
    other = BadFrame("t", b"{", Coded("frame_not_json", {"count": 1, "detail": "x"}), minute(9))
    with database.begin() as session:
        keep(session, [], [*frames, other])
        first, second = bad_kinds(session)
    assert (first.reason.code, first.count) == ("frame_not_json", 1)
    assert (second.count, second.first_at, second.latest_at) == (3, minute(0), minute(2))
    assert (second.topic, second.reason) == ("topic/2", reasons[2])
