"""Tests of turning boxes into stops."""

from dataclasses import replace
from datetime import time

import pytest

from kitchen.boxes import Box
from orders.sites import Hours, Kitchen, Place
from routing.loads import build_problem
from routing.problem import Load
from routing.travel import TravelParams, straight_line
from tests.kitchen.builders import SERVICE, site
from tests.routing.by_hand import MINUTE, at, van

KITCHEN = Kitchen("K1", "K", "collective_meal_delivery", "JY", Place(24.3, 109.4), "Asia/Shanghai", "", "")
CANTEEN = site("C01", place=Place(24.32, 109.42))
HOME = site(
    "H-LZ2",
    kind="home",
    place=Place(24.31, 109.41),
    unload_s=120,
    hours=Hours(time(10), time(12), time(10), 20),
)
BULK = Box(
    "x1",
    "X01",
    "G1",
    "bulk",
    "C01",
    "C01",
    "hot",
    ("l1",),
    ("b1",),
    cooked_s=at("09:00"),
    packed_s=at("09:12"),
    release_s=at("09:20"),
    eat_by_s=at("13:00"),
    deliver_by_s=at("12:15"),
    gross_g=30_000,
    units=3,
)
BAG = replace(BULK, box_id="x2", code="X02", kind="bag", second_leg=True, gross_g=5_000, units=1)
DIRECT = replace(BULK, box_id="x3", code="X03", kind="bag", site_id="H-LZ2", stop_id="H-LZ2")


def build(*boxes: Box):
    sites = {"C01": CANTEEN, "H-LZ2": HOME}
    return build_problem(SERVICE, KITCHEN, boxes, sites, [van()], TravelParams())


def test_boxes_of_one_place_are_one_stop() -> None:
    """Tests that a canteen's bulk box and its volunteers' bag travel to one stop, the home to its own."""
    problem = build(DIRECT, BULK, BAG)
    assert [(stop.stop_id, [load.box_id for load in stop.boxes]) for stop in problem.stops] == [
        ("C01", ["x1", "x2"]),
        ("H-LZ2", ["x3"]),
    ]
    assert problem.service_key == SERVICE.key
    ways = straight_line([KITCHEN.place, CANTEEN.place, HOME.place], TravelParams())
    assert problem.travel.block(range(3)).duration_s.tolist() == ways.duration_s.tolist()


def test_a_stop_carries_its_sites_hours_on_the_clock_of_the_service() -> None:
    """Tests windows and serving as seconds from local midnight."""
    (stop,) = build(BULK).stops
    assert (stop.open_s, stop.close_s, stop.unload_s) == (at("10:20"), at("11:25"), 300)
    assert (stop.serving_starts_s, stop.serving_s) == (at("11:30"), 45 * MINUTE)


def test_only_boxes_that_go_on_have_a_second_leg() -> None:
    """Tests the food's clock of a bulk box and of a volunteers' bag of the same stop."""
    (stop,) = build(BULK, BAG).stops
    clock = (at("09:20"), at("12:15"), at("13:00"))
    assert stop.boxes == (Load("x1", 3, 30_000, *clock), Load("x2", 1, 5_000, *clock, 35 * MINUTE))


def test_nothing_boxed_is_nothing_to_drive() -> None:
    """Tests that a day without boxes is a problem without stops."""
    assert build().stops == ()


def test_a_box_to_nowhere_is_a_slip() -> None:
    """Tests that a box for an unknown site is not left out in silence."""
    with pytest.raises(KeyError):
        build(replace(BULK, site_id="C99", stop_id="C99"))
