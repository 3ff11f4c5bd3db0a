"""Ways survive the database, and a plan of yesterday finds the ways of yesterday."""

from datetime import UTC, datetime

import numpy as np

from routing.store.ways import known_roads, load_ways, note_roads, save_ways
from routing.ways import Found

NOW_AT, LATER_AT = datetime(2026, 11, 22, 9, tzinfo=UTC), datetime(2026, 11, 22, 10, tzinfo=UTC)


def found(*ways: tuple[int, int, int, int]) -> Found:
    """Ways of start, end, seconds and metres."""
    starts, ends, seconds, metres = np.array(ways).T
    return Found(starts, ends, seconds.astype(np.int32), metres.astype(np.int32))


def told(ways: Found) -> list[tuple[int, ...]]:
    """The same as rows again."""
    return [tuple(int(one) for one in row) for row in zip(*ways, strict=True)]


def test_ways_come_back_between_the_places_asked_for(database):
    """Tests two starts, a way that does not exist, other roads, another profile, and ways kept twice."""
    first = found((7, 8, 60, 500), (7, 9, -1, -1), (8, 7, 61, 501))
    with database.begin() as session:
        save_ways(session, "tiles-1", "van/500", first, NOW_AT)
        save_ways(session, "tiles-1", "van/500", first, LATER_AT)
        save_ways(session, "tiles-1", "van/500", found((7, 10, 62, 502)), LATER_AT)
        save_ways(session, "tiles-2", "van/500", found((7, 8, 1, 1)), NOW_AT)
    with database.read() as session:
        every = load_ways(session, "tiles-1", "van/500", [7, 8, 9, 10])
        assert sorted(told(every)) == [(7, 8, 60, 500), (7, 9, -1, -1), (7, 10, 62, 502), (8, 7, 61, 501)]
        assert sorted(told(load_ways(session, "tiles-1", "van/500", [7, 8]))) == [
            (7, 8, 60, 500),
            (8, 7, 61, 501),
        ]
        assert (7, 10, 62, 502) not in told(load_ways(session, "tiles-1", "van/500", [7, 10], NOW_AT))
        assert told(load_ways(session, "tiles-1", "truck/500", [7, 8])) == []


def test_the_last_state_of_the_roads_counts(database):
    """Tests an engine never seen, seen once, and seen again on other roads."""
    url = "http://127.0.0.1:8002"
    with database.begin() as session:
        assert known_roads(session, url) == ""
        note_roads(session, url, "tiles-1", NOW_AT)
        note_roads(session, url, "tiles-2", LATER_AT)
        assert known_roads(session, url) == "tiles-2"
