"""Siting, capacity and circles: every bound at its number, and what was not measured is unknown."""

import pytest

from orders.oversight.site_rules import in_area, site_rules
from orders.oversight.siting import (
    Located,
    Neighbourhood,
    SiteMeasures,
    check_area,
    check_quota,
    check_site,
    circle_of,
    within_circle,
)
from tests.orders.oversight_facts import CAPACITY, CIRCLES, QUOTA, TOWN

GOOD = {
    "neighbourhood": "urban", "radius_m": 1000, "elderly": 2000,
    "seats": 20, "dining_area_m2": 30.0, "floor": 1,
}  # fmt: skip


def verdicts(body: dict, **measures) -> dict[str, str]:
    """Item to verdict of a site."""
    return {one.item: one.verdict for one in check_site(site_rules(body), SiteMeasures(**measures))}


def test_a_site_exactly_at_every_bound_is_good() -> None:
    """Tests that 1000 m, 2000 people, 20 seats and 1.5 m2 a seat are enough."""
    assert set(verdicts(TOWN, **GOOD).values()) == {"met"}


@pytest.mark.parametrize(
    ("item", "wrong"),
    [
        ("max_radius_m", {"radius_m": 1001}),
        ("min_elderly", {"elderly": 1999}),
        ("min_seats", {"seats": 19, "dining_area_m2": 30.0}),
        ("min_area_per_seat_m2", {"dining_area_m2": 29.9}),
        ("step_free", {"floor": 2, "lift": False, "ramp": False}),
    ],
)
def test_one_beyond_a_bound_is_named(item: str, wrong: dict) -> None:
    """Tests that the one rule which is broken is the one that is named."""
    found = verdicts(TOWN, **(GOOD | wrong))
    assert [name for name, verdict in found.items() if verdict != "met"] == [item]


def test_what_nobody_measured_is_unknown() -> None:
    """Tests that a missing measure is never taken for good or bad."""
    assert set(verdicts(TOWN).values()) == {"unknown"}
    assert verdicts(TOWN, floor=3)["step_free"] == "unknown"
    assert verdicts(TOWN, floor=3, ramp=True)["step_free"] == "met"
    assert verdicts(TOWN, floor=-1, lift=False, ramp=False)["step_free"] == "not_met"


def test_a_village_site_is_not_held_to_the_towns_radius() -> None:
    """Tests that the siting rule of another kind of neighbourhood is left out."""
    assert "max_radius_m" not in verdicts(TOWN, **(GOOD | {"neighbourhood": "rural_village"}))


def test_capacity_and_floor_of_a_meal_centre() -> None:
    """Tests 100 meals a service, 30 seats, at most the second floor with a lift or ramp."""
    measured = {"meals_per_service": 100, "seats": 30, "floor": 2, "ramp": True}
    assert set(verdicts(CAPACITY, **measured).values()) == {"met"}
    assert verdicts(CAPACITY, **(measured | {"meals_per_service": 99}))["min_meals_per_service"] == "not_met"
    assert verdicts(CAPACITY, **(measured | {"floor": 3, "lift": True}))["max_floor"] == "not_met"


@pytest.mark.parametrize(
    ("zone", "minutes", "where"),
    [
        ("centre", 10, "target"), ("centre", 11, "inside"),
        ("centre", 15, "inside"), ("centre", 16, "outside"),
        ("outer", 20, "target"), ("outer", 25, "inside"), ("outer", 26, "outside"),
    ],
)  # fmt: skip
def test_circles_hold_at_their_minute(zone: str, minutes: int, where: str) -> None:
    """Tests 15 minutes inside and 16 outside in the centre, 25 and 26 farther out."""
    circle = circle_of(site_rules(CIRCLES).circles, zone)
    assert circle is not None and within_circle(circle, minutes) == where
    found = verdicts(CIRCLES, zone=zone, minutes=minutes)
    assert found["circle_minutes"] == ("not_met" if where == "outside" else "met")


def test_a_circle_of_all_zones_holds_everywhere() -> None:
    """Tests that one circle for the whole area needs no zone, and that an unknown zone is unknown."""
    everywhere = {"circle": [{"zone": "all", "minutes": {"target": 10, "limit": 10}}]}
    assert verdicts(everywhere, minutes=10)["circle_minutes"] == "met"
    assert verdicts(CIRCLES, minutes=10)["circle_minutes"] == "unknown"


def test_the_quota_counts_each_area() -> None:
    """Tests that the quota's own number is kept and one more is not."""
    chosen = [Located("C01", "450202"), Located("C02", "450299")]
    assert [one.verdict for one in check_quota(site_rules(QUOTA), chosen)] == ["met"]
    (full,) = check_quota(site_rules(QUOTA), [*chosen, Located("C03", "450202")])
    assert (full.verdict, full.wanted, full.found, full.ref) == ("not_met", 1, 2, "450202")


def test_streets_and_villages_have_what_the_plan_wants() -> None:
    """Tests a site in each street, a centre for each town, a site for each village of 500 households."""
    towns = [
        Neighbourhood("street", "北街", "a", centres=1),
        Neighbourhood("street", "南街", "a"),
        Neighbourhood("village", "大村", "a", 500),
        Neighbourhood("village", "小村", "a", 499),
        Neighbourhood("village", "某村", "a"),
    ]
    serving = [Located("C01", "a", "北街")]
    found = {(one.item, one.ref): one.verdict for one in check_area(site_rules(TOWN), ["a"], towns, serving)}
    assert found == {
        ("centres_per_street", "北街"): "met",
        ("centres_per_street", "南街"): "not_met",
        ("sites_per_village", "大村"): "not_met",
        ("sites_per_village", "某村"): "unknown",
    }
    streets = check_area(site_rules(CIRCLES), ["a"], towns[:2], serving)
    assert [(one.ref, one.verdict) for one in streets] == [("北街", "met"), ("南街", "not_met")]


def test_demonstration_sites_are_one_or_two_in_each_area() -> None:
    """Tests the lower and the upper bound of each area."""
    rules = site_rules({"area": {"demo_sites": {"per_area_min": 1, "per_area_max": 2}}})
    three = [Located(f"C{number}", "b") for number in range(3)]
    found = {(one.item, one.ref): one.verdict for one in check_area(rules, ["a", "b"], [], three)}
    assert [key for key, verdict in found.items() if verdict != "met"] == [
        ("per_area_min", "a"), ("per_area_max", "b"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("district", "street", "inside"),
    [("440104", "", True), ("440200", "", False), ("北街道", "", True), ("440104", "新区", False)],
)
def test_an_area_holds_what_lies_below_it(district: str, street: str, inside: bool) -> None:
    """Tests a district of a named city, one of another, the plan's own word, and a place left out."""
    rules = site_rules({"area": {"include": ["440100", "北街道"], "exclude": ["新区"]}})
    assert in_area(rules, district, street) is inside


def test_central_kitchens_are_one_or_two() -> None:
    """Tests that three are one too many, and that an area supplied by none is not asked."""
    rules = site_rules({"supply": {"central_kitchens": {"min": 1, "max": 2}}})
    assert check_area(rules, [], [], []) == ()
    for count, verdict in ((2, "met"), (3, "not_met")):
        found = {one.item: one.verdict for one in check_area(rules, [], [], [], count)}
        assert found == {"central_kitchens_min": "met", "central_kitchens_max": verdict}
