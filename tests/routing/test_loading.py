"""Tests of trips at the docks."""

from routing.loading import Loading, loadings
from routing.plan import Plan, Route, Trip, Visit


def trip(code: str, depart_s: int, *stops: str) -> Trip:
    """A trip that leaves at a second, with one box a stop."""
    visits = tuple(Visit(stop, (f"X-{stop}",), 0, 0, 0, 0, 0) for stop in stops)
    return Trip(code, depart_s, depart_s + 900, visits, 0)


PLAN = Plan(
    "K1/2026-11-23/lunch",
    (
        Route("V1", (trip("T1", 1000, "A", "B"), trip("T3", 2600, "C"))),
        Route("V2", (trip("T2", 1300, "D"),)),
        Route("V3", (trip("T4", 1900, "E"),)),
    ),
)
MINUTES = {"V1": 600, "V2": 600, "V3": 600}


def told(found: tuple[Loading, ...]) -> list[tuple[str, int, int, int | None]]:
    """Trip, minutes and dock of each."""
    return [(one.trip_code, one.from_s, one.to_s, one.dock) for one in found]


def test_each_trip_stands_at_the_first_dock_that_is_free() -> None:
    """Tests that two docks serve what overlaps, and that a dock is free at the second of a departure."""
    assert told(loadings(PLAN, MINUTES, 2)) == [
        ("T1", 400, 1000, 1),
        ("T2", 700, 1300, 2),
        ("T4", 1300, 1900, 1),
        ("T3", 2000, 2600, 1),
    ]


def test_without_docks_or_without_a_free_one_only_the_minutes_stand() -> None:
    """Tests a yard that nobody counts, and a plan that stands too many vans at one dock."""
    assert [one.dock for one in loadings(PLAN, MINUTES, None)] == [None] * 4
    assert [one.dock for one in loadings(PLAN, MINUTES, 1)] == [1, None, 1, 1]


def test_what_is_unloaded_last_goes_in_first() -> None:
    """Tests the order of the boxes of a trip of two stops."""
    assert loadings(PLAN, MINUTES, 2)[0].stops == (("B", ("X-B",)), ("A", ("X-A",)))
