"""What looks wrong in servings, and what does not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orders.diners import Diner, DinerFact
from orders.oversight.flags import (
    FLAG_KINDS,
    FlagParams,
    ServedMeal,
    Surroundings,
    fees_stand,
    find_flags,
)
from orders.oversight.sifting import that_apply, unseen
from orders.sites import Place

DAY = date(2026, 11, 23)
NOON_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PARAMS = FlagParams(
    most_of_one_meal=1,
    most_meals_a_day=3,
    sites_apart_minutes=30,
    far_from_home_m=5000,
    burst_servings=4,
    burst_s=60,
    over_capacity=0,
)
DINERS = {
    "d1": Diner("d1", "1", "甲", date(1940, 1, 1), "C1"),
    "d2": Diner("d2", "2", "乙", date(1940, 1, 1), "C1", facts=(DinerFact("died", "2026-11-22"),)),
    "d3": Diner(
        "d3",
        "3",
        "丙",
        date(1940, 1, 1),
        "C1",
        facts=(DinerFact("institution_resident", "true", date(2026, 11, 23), date(2026, 12, 1)),),
    ),
}
AROUND = Surroundings(
    diners=DINERS | {f"e{n}": Diner(f"e{n}", f"e{n}", "丁", date(1940, 1, 1), "C1") for n in range(20)},
    homes={"d1": Place(24.30, 109.40)},
    places={"C1": Place(24.31, 109.40), "C2": Place(24.30, 109.41), "C9": Place(24.40, 109.40)},
    capacities={("C1", "lunch"): 5},
    closed={},
)


def meal(number: int, minute: float = 0, **changes: Any) -> ServedMeal:
    """A lunch of the first diner at the first site, so many minutes after noon."""
    at = NOON_AT + timedelta(minutes=minute)
    plain = ServedMeal(f"s{number}", f"o{number}", "d1", "C1", DAY, "lunch", at, "u1")
    return replace(plain, **changes)


def kinds(*served: ServedMeal, around: Surroundings = AROUND) -> list[str]:
    """Kinds of what is found."""
    return [one.kind for one in find_flags(served, around, PARAMS)]


def test_one_meal_is_in_order() -> None:
    """Tests that a lunch and a dinner of one person are no findings."""
    assert kinds(meal(1), meal(2, 360, meal="dinner")) == []


def test_a_second_lunch_is_found_with_both_servings() -> None:
    """Tests that the later of two lunches is held, and both are the evidence."""
    (one,) = find_flags([meal(2, 90), meal(1)], AROUND, PARAMS)
    assert (one.kind, one.order_ids) == ("duplicate_same_day", ("o2",))
    assert [serving.serving_id for serving in one.servings] == ["s1", "s2"]
    assert one.reason.params["count"] == 2


def test_a_fourth_meal_of_the_day_is_found() -> None:
    """Tests that more meals a day than anybody eats are found, whichever meals they are."""
    params = replace(PARAMS, most_meals_a_day=2)
    day = [meal(1), meal(2, 300, meal="dinner"), meal(3, -300, meal="breakfast")]
    (one,) = find_flags(day, AROUND, params)
    assert one.order_ids == ("o2",)


def test_two_sites_within_half_an_hour_are_found() -> None:
    """Tests that 29 minutes between two sites are too few and 30 are enough."""
    dinner = {"site_id": "C2", "meal": "dinner"}
    assert kinds(meal(1), meal(2, 29.9, **dinner)) == ["two_sites_same_time"]
    assert kinds(meal(1), meal(2, 30, **dinner)) == []
    assert kinds(meal(1), meal(2, 5, meal="dinner")) == []


def test_a_refused_second_claim_is_evidence_of_two_sites_only() -> None:
    """Tests that a claim refused elsewhere holds the order, one at the same table does not."""
    second = {"serving_id": "t1", "order_id": "o1", "refused": True}
    (one,) = find_flags([meal(1), meal(9, 10, site_id="C2", **second)], AROUND, PARAMS)
    assert (one.kind, one.order_ids, len(one.servings)) == ("two_sites_same_time", ("o1",), 2)
    assert kinds(meal(1), meal(9, 1, **second)) == []


def test_a_second_meal_on_one_order_is_a_duplicate() -> None:
    """Tests that what a tablet without network gave twice is found, the order once."""
    (one,) = find_flags([meal(1), meal(9, 40, serving_id="t1", order_id="o1")], AROUND, PARAMS)
    assert (one.kind, one.order_ids) == ("duplicate_same_day", ("o1",))


def test_the_dead_and_residents_do_not_eat() -> None:
    """Tests that a meal after the day of death is found, one of the day itself is not; residents likewise."""
    assert kinds(meal(1, diner_id="d2")) == ["deceased"]
    assert kinds(meal(1, diner_id="d2", service_on=DAY - timedelta(days=1))) == []
    assert kinds(meal(1, diner_id="d3")) == ["institution_resident"]
    assert kinds(meal(1, diner_id="d3", service_on=date(2026, 12, 2))) == []


def test_a_closed_site_serves_nobody() -> None:
    """Tests that every serving of a closed site's day is held by one finding that says why."""
    around = replace(AROUND, closed={("C1", DAY, "lunch"): "paused"})
    (one,) = find_flags([meal(1), meal(2, diner_id="e1")], around, PARAMS)
    assert (one.kind, one.order_ids, one.reason.params["closure"]) == ("closed_site", ("o1", "o2"), "paused")


def test_an_expired_paper_is_found_once_a_site_and_day() -> None:
    """Tests that one finding names paper and last day, and that other sites and days stay out."""
    around = replace(AROUND, expired={("C1", DAY): ("health", date(2026, 11, 22))})
    (one,) = find_flags(
        [meal(1), meal(2, diner_id="e1"), meal(3, diner_id="e2", site_id="C2")], around, PARAMS
    )
    assert (one.kind, one.order_ids) == ("expired_papers", ("o1", "o2"))
    assert one.reason.params == {"site": "C1", "licence": "health", "to_on": "2026-11-22", "count": 2}


def test_far_from_home_is_by_distance_and_not_for_what_was_brought() -> None:
    """Tests that 11 km are far, 1 km is not, and that a delivery or an unknown home says nothing."""
    assert kinds(meal(1, site_id="C9")) == ["far_from_home"]
    assert kinds(meal(1)) == []
    assert kinds(meal(1, site_id="C9", delivered=True)) == []
    assert kinds(meal(1, site_id="C9", diner_id="e1")) == []


def test_a_burst_is_many_scans_in_a_minute() -> None:
    """Tests that four scans in 60 seconds are a burst with just those servings, four in 61 are not."""
    quick = [meal(n, n / 3, diner_id=f"e{n}", site_id="C2") for n in range(4)]
    later = meal(9, 30, diner_id="e9", site_id="C2")
    (one,) = find_flags([*quick, later], AROUND, PARAMS)
    assert (one.kind, len(one.order_ids), one.reason.params["count"]) == ("burst_of_scans", 4, 4)
    slow = [replace(one, happened_at=NOON_AT + timedelta(seconds=n * 61 / 3)) for n, one in enumerate(quick)]
    assert kinds(*slow) == []
    assert kinds(*(replace(one, served_by=f"u{n}") for n, one in enumerate(quick))) == []


def test_above_capacity_holds_only_the_surplus() -> None:
    """Tests that of seven diners at five seats the last two are held; brought meals take no seat."""
    seven = [meal(n, n * 2, diner_id=f"e{n}") for n in range(7)]
    (one,) = find_flags(seven, AROUND, PARAMS)
    assert (one.kind, one.order_ids) == ("above_capacity", ("o5", "o6"))
    assert kinds(*(replace(one, delivered=True) for one in seven)) == []


def test_a_card_that_is_not_bound_is_found_only_when_it_was_noted() -> None:
    """Tests that nobody is suspected for what nobody noted."""
    assert kinds(meal(1, bound=False)) == ["card_not_bound"]
    assert kinds(meal(1, bound=True)) == kinds(meal(1)) == []


def test_every_kind_can_be_found() -> None:
    """Tests that no kind is named without being looked for."""
    closed, expired = {("C9", DAY, "lunch"): "exited"}, {("C2", DAY): ("supplier", DAY)}
    around = replace(AROUND, closed=closed, expired=expired)
    served = [
        *(meal(n, n / 10, diner_id=f"e{n}") for n in range(7)),
        meal(10, 5, site_id="C9", bound=False),
        meal(11, 6),
        meal(12, diner_id="d2", site_id="C2"),
        meal(13, diner_id="d3", site_id="C2"),
    ]
    assert {one.kind for one in find_flags(served, around, PARAMS)} == set(FLAG_KINDS)


def test_an_order_is_found_once_and_a_late_one_later() -> None:
    """Tests that the same servings bring nothing new, and a tablet's late serving brings only itself."""
    first = find_flags([meal(1), meal(2, 90)], AROUND, PARAMS)
    seen = {one.key: one.order_ids for one in first}
    assert unseen(first, seen) == []
    again = find_flags([meal(1), meal(2, 90), meal(3, 45)], AROUND, PARAMS)
    assert [one.order_ids for one in unseen(again, seen)] == [("o3",)]


def test_only_what_the_programme_names_is_kept() -> None:
    """Tests that a finding stays for the orders whose programme looks for its kind."""
    found = find_flags([meal(1, diner_id="d2"), meal(2, diner_id="d3")], AROUND, PARAMS)
    kept = that_apply(found, {"o1": {"deceased"}, "o2": {"deceased"}})
    assert [one.kind for one in kept] == ["deceased"]


def test_what_flags_do_to_fees() -> None:
    """Tests that one confirmed voids, else one open holds, else the fees are free."""
    assert fees_stand([]) == fees_stand(["cleared"]) == "free"
    assert fees_stand(["cleared", "open"]) == "held"
    assert fees_stand(["open", "confirmed"]) == "void"


MEALS = st.builds(
    ServedMeal,
    serving_id=st.just(""),
    order_id=st.just(""),
    diner_id=st.sampled_from(["d1", "d2", "d3", "e1", "e2"]),
    site_id=st.sampled_from(["C1", "C2", "C9"]),
    service_on=st.sampled_from([DAY, DAY - timedelta(days=1)]),
    meal=st.sampled_from(["lunch", "dinner"]),
    happened_at=st.integers(0, 90).map(lambda minutes: NOON_AT + timedelta(minutes=minutes / 2)),
    served_by=st.sampled_from(["u1", "u2"]),
    delivered=st.booleans(),
    bound=st.sampled_from([None, True, False]),
    refused=st.booleans(),
)


@given(st.lists(MEALS, max_size=25), st.randoms(use_true_random=False), st.integers(0, 25))
def test_shuffling_and_halves_change_nothing(served: list[ServedMeal], random: Any, half: int) -> None:
    """
    Tests that the order of servings changes nothing, that looking twice finds nothing new, and that what
    was found in two steps is at least what one look finds.
    """
    meals = [replace(one, serving_id=f"s{n}", order_id=f"o{n}") for n, one in enumerate(served)]
    found = find_flags(meals, AROUND, PARAMS)
    shuffled = random.sample(meals, len(meals))
    assert find_flags(shuffled, AROUND, PARAMS) == found
    assert unseen(found, {one.key: one.order_ids for one in found}) == []
    early = {one.key: set(one.order_ids) for one in find_flags(meals[:half], AROUND, PARAMS)}
    late = unseen(found, early)
    both = {key: set(ids) for key, ids in early.items()}
    for one in late:
        both.setdefault(one.key, set()).update(one.order_ids)
    assert all(set(one.order_ids) <= both[one.key] for one in found)
