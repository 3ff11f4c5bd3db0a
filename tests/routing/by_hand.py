"""Instances small enough to work out by hand."""

from orders.sites import Place
from routing.plan import Plan, Route, Trip, Visit
from routing.problem import Depot, Load, Problem, Stop, Vehicle, Window
from routing.travel import TravelMatrix, matrix_of

MINUTE = 60
NOON = 12 * 3600


def at(clock: str) -> int:
    """Seconds from midnight of ``"10:05"``."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * MINUTE


def box(box_id: str, release: str = "09:50", deliver_by: str = "11:30", **changes: int) -> Load:
    """A box of 2 units and 20 kg that may be eaten until 13:00."""
    facts = {"units": 2, "weight_g": 20_000, "eat_by_s": at("13:00"), **changes}
    return Load(box_id, release_s=at(release), deliver_by_s=at(deliver_by), **facts)


def stop(stop_id: str, *boxes: Load, opens: str = "10:00", closes: str = "11:40") -> Stop:
    """A canteen that unloads in 5 minutes and serves from 11:30 for 45 minutes."""
    place = Place(24.3, 109.4)
    serving = {"serving_starts_s": at("11:30"), "serving_s": 45 * MINUTE}
    return Stop(stop_id, stop_id, place, (Window(at(opens), at(closes)),), 5 * MINUTE, boxes, **serving)


def van(vehicle_id: str = "V1", **changes: int) -> Vehicle:
    """A van for 4 units and 100 kg, 09:30 to 13:00, reloaded in 10 minutes."""
    shift = {"shift_start_s": at("09:30"), "shift_end_s": at("13:00"), "reload_s": 10 * MINUTE}
    return Vehicle(vehicle_id, **{"units": 4, "weight_g": 100_000, **shift, **changes})


def on_a_line(minutes: list[int]) -> TravelMatrix:
    """Places on one straight road, given by minutes east of the depot; 500 m a minute."""
    apart = tuple(tuple(abs(here - there) for there in (0, *minutes)) for here in (0, *minutes))
    return matrix_of(
        tuple(tuple(gap * MINUTE for gap in row) for row in apart),
        tuple(tuple(gap * 500 for gap in row) for row in apart),
    )


def problem_of(stops: list[Stop], minutes: list[int], *vans: Vehicle) -> Problem:
    """Stops at these minutes east of a depot."""
    return Problem(
        "K1/2026-11-23/lunch",
        (Depot("K1", Place(24.3, 109.4)),),
        tuple(stops),
        vans or (van(),),
        on_a_line(minutes),
    )


def four_stops() -> Problem:
    """
    A and B lie 10 and 20 minutes east, C and D 10 and 20 minutes west; one van takes two boxes.

    East must go first, since A's box is to be there by 10:10 and C's and D's are released at 10:20.
    """
    stops = [
        stop("A", box("a", deliver_by="10:10")),
        stop("B", box("b")),
        stop("C", box("c", release="10:20", deliver_by="11:10")),
        stop("D", box("d", release="10:20")),
    ]
    return problem_of(stops, [10, 20, -10, -20])


def four_stops_plan() -> Plan:
    """
    The best plan of `four_stops`.

    East: off 09:50, A 10:00-10:05, B 10:15-10:20, back 10:40, 20 km. Reloaded 10:50. West: C 11:00-11:05,
    D 11:15-11:20, back 11:40, 20 km. In all 40 km.
    """
    east = _trip("T1", "09:50", ("A", "a", "10:00"), ("B", "b", "10:15"), "10:40")
    west = _trip("T2", "10:50", ("C", "c", "11:00"), ("D", "d", "11:15"), "11:40")
    return Plan("K1/2026-11-23/lunch", (Route("V1", (east, west)),), (), 40_000)


def _trip(code: str, off: str, near: tuple[str, str, str], far: tuple[str, str, str], back: str) -> Trip:
    visits = tuple(
        Visit(stop_id, (box_id,), at(clock), at(clock), at(clock) + 5 * MINUTE, 5_000, 10 * MINUTE)
        for stop_id, box_id, clock in (near, far)
    )
    return Trip(code, at(off), at(back), visits, 20_000)
