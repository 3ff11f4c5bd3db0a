"""Tests of what is said of brokers and workers that are not as they should be."""

from datetime import UTC, datetime, timedelta

import pytest

from api.store.workers import forget_workers, load_links, report_links
from api.troubles import troubles
from api.words import say

AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


def test_a_broker_that_is_not_connected_is_named_with_its_beginning_and_a_remedy(database):
    """
    Tests that its first minute stays while it is away, and that nothing is said once it is back.
    """
    with database.begin() as session:
        report_links(session, "ingest", ["embedded", "kitchen"], ["kitchen"], AT)
        report_links(session, "ingest", ["embedded", "kitchen"], ["kitchen"], LATER)
        (found,) = troubles({}, load_links(session, ["ingest"]), 0)
        report_links(session, "ingest", ["embedded", "kitchen"], [], LATER)
        assert troubles({}, load_links(session), 0) == []
        report_links(session, "ingest", ["embedded"], [], LATER)
        assert [one.broker for one in load_links(session)] == ["embedded"]
    assert found.code == "trouble_broker_unheard"
    assert "Broker kitchen has not been connected since 23 Nov 10:10" in say(found, "en")
    assert "sensors.toml" in say(found, "en") and "sensors.toml" in say(found, "zh_CN")


def test_each_trouble_is_said_once(database):
    """
    Tests that a worker that does not run is told as that alone, and a broker that is down likewise.
    """
    names = ["ingest 1/2", "ingest 2/2"]
    with database.begin() as session:
        for name in names:
            report_links(session, name, ["embedded"], ["embedded"], AT)
        links = load_links(session, names)
        report_links(session, "ingest", ["embedded"], [], AT)
        forget_workers(session, names)
        assert {one.worker for one in load_links(session)} == set(names)
    own = "trouble_own_broker_unheard"
    assert [one.code for one in troubles({}, links, 0)] == [own, own]
    assert [one.code for one in troubles({"ingest 2/2": AT}, links, 1)] == [
        "trouble_worker_down",
        own,
        "trouble_division_emptied",
    ]
    assert [one.code for one in troubles({"broker": AT, "disk": AT}, links, 0)] == [
        "trouble_broker_down",
        "trouble_disk_full",
    ]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_worker_is_named_by_its_share(language):
    """
    Tests both languages.
    """
    (found,) = troubles({"ingest 2/4": AT}, [], 0)
    assert "ingest 2/4" in say(found, language) and "10:10" in say(found, language)
