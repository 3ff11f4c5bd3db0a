"""Tests of how devices are divided among workers."""

import pytest

from telemetry.partitions import Partition, mapping, partition_asked, partitions, topic_of_subject
from telemetry.sensors import DEVICE


def test_one_worker_needs_no_partition_before_a_topic():
    """
    Tests that a house with one worker reads the topics as they are, and several read theirs alone.
    """
    topics = [f"holdchain/v1/{DEVICE}/readings", f"tele/{DEVICE}/SENSOR"]
    assert Partition().filters(topics) == ("holdchain/v1/+/readings", "tele/+/SENSOR")
    assert [one.filters(topics) for one in partitions(2)] == [("hc/p/2/0/#",), ("hc/p/2/1/#",)]
    assert [one.name for one in (Partition(), *partitions(2))] == ["ingest", "ingest 1/2", "ingest 2/2"]


@pytest.mark.parametrize(
    "text", ["", "1", "0/2", "3/2", "1/0", "1/65", "a/2", "1/2/3", "-1/2", "1 / 2", "１/2"]
)
def test_what_is_no_partition_is_refused(text):
    """
    Tests every way to miswrite one.
    """
    with pytest.raises(ValueError):
        partition_asked(text)


def test_partition_is_written_from_one():
    """
    Tests both ends.
    """
    assert partition_asked("1/2") == Partition(1, 2)
    assert partition_asked("64/64") == Partition(64, 64)


@pytest.mark.parametrize(
    ("topic", "source", "becomes"),
    [
        (
            f"holdchain/v1/{DEVICE}/readings",
            "holdchain.v1.*.readings",
            "hc.p.3.{{partition(3,1)}}.holdchain.v1.{{wildcard(1)}}.readings",
        ),
        (
            f"application/+/device/{DEVICE}/event/up",
            "application.*.device.*.event.up",
            "hc.p.3.{{partition(3,2)}}.application.{{wildcard(1)}}.device.{{wildcard(2)}}.event.up",
        ),
        ("a/+/b/#", "a.*.b.>", "hc.p.3.{{partition(3,1)}}.a.{{wildcard(1)}}.b.>"),
        ("plant/28.ff", "plant.28//ff", "hc.p.3.0.plant.28//ff"),
    ],
)
def test_a_device_s_own_level_divides(topic, source, becomes):
    """
    Tests that a device's topics all go by its id, wherever that stands, and a topic of none to the first.
    """
    assert mapping(topic, 3) == (source, becomes)


@pytest.mark.parametrize(
    ("subject", "topic"),
    [
        ("hc.p.2.1.holdchain.v1.BOX-1.readings", "holdchain/v1/BOX-1/readings"),
        ("tele.a//b.SENSOR", "tele/a.b/SENSOR"),
    ],
)
def test_a_refused_subject_is_shown_as_the_topic_it_was(subject, topic):
    """
    Tests that the operator reads what the device published to.
    """
    assert topic_of_subject(subject) == topic
