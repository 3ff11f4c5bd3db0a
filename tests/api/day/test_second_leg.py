"""The second leg of a real day: a bag leaves its canteen, is given at its doors, and is judged as a leg."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.day.deliver import take_along
from api.day.judging import judge_boxes
from api.day.second_leg import BagTold, CoreTold, bag_given, bag_left, core_taken
from api.day.serve import Answer
from api.day.table import Desk
from api.permissions import Actor
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.store.drops import taken_at
from orders.store.orders import load_orders
from orders.store.receipts import load_servings
from telemetry.hold_facts import HoldFacts, HoldVerdict
from telemetry.store.site_cores import site_cores
from tests.api.day.acted_day import Acting, instant
from tests.api.day.example_day import SERVICE, ExampleDay

DayAt = Callable[[str], ExampleDay]
KEY = b"k" * 32


class Tour:
    """One bag of the second leg, from its canteen to its doors."""

    def __init__(self, day: ExampleDay) -> None:
        self.day, self.acting = day, Acting.of(day)
        bags = [box for box in self.acting.board["boxes"] if box["second_leg"]]
        self.bag = next(box for box in bags if box["hold_class"] == "hot")
        self.box_id, self.site_id = self.bag["box_id"], self.bag["site_id"]
        self.signed_at = instant(self.acting.stops[self.site_id]["leave_at"])
        self.left_at = self.signed_at + timedelta(minutes=5)
        self.door_at = self.signed_at + timedelta(minutes=20)
        self.canteen = Actor("c", "n", "canteen", "K1", site_id=self.site_id)

    def by(self, at: datetime, actor: Actor | None = None) -> dict[str, Any]:
        """Who acts, and when."""
        return {"actor": actor or self.canteen, "now_at": at, "ids": self.day.ids}

    def leave(self, at: datetime | None = None, **told: Any) -> list[Answer]:
        """The bag leaves."""
        with self.day.database.begin() as session:
            return bag_left(session, self.box_id, BagTold(**told), **self.by(at or self.left_at))

    def give(self, at: datetime | None = None, **told: Any) -> list[Answer]:
        """The bag is given at its doors."""
        told_of = BagTold(**told)
        with self.day.database.begin() as session:
            return bag_given(session, self.box_id, told_of, word_key=KEY, **self.by(at or self.door_at))

    def measure(self, core_c: float | None, at: datetime, box_id: str = "", **told: Any) -> None:
        """A core at the site."""
        with self.day.database.begin() as session:
            core_taken(session, box_id or self.box_id, CoreTold(core_c, **told), **self.by(at))

    def judged(self, at: datetime) -> tuple[HoldFacts, HoldVerdict]:
        """The bag's facts and verdict."""
        with self.day.database.begin() as session:
            found = judge_boxes(session, [self.box_id], at, self.day.ids)[self.box_id]
        return found.facts, found.verdict


def test_a_bag_that_goes_on_is_judged_to_its_last_door(day_at: DayAt) -> None:
    """Tests both words with their minutes and cores, the legs of the verdict, and the door as last plate."""
    tour = Tour(day_at("delivered"))
    taken = tour.leave(core_c=76.0)
    assert [one.refused for one in taken] == [None] * len(taken)
    on_the_way = tour.judged(tour.left_at + timedelta(minutes=1))[1]
    assert [leg.name for leg in on_the_way.legs] == ["kitchen", "transport", "hot_well", "second_leg"]
    assert (on_the_way.final, on_the_way.legs[-1].to_at) == (False, None)
    given = tour.give(tour.door_at + timedelta(hours=1), happened_at=tour.door_at, core_c=72.5)
    assert [one.order_code for one in given] == [one.order_code for one in taken]
    assert all(one.refused is None and one.portions for one in given)
    facts, verdict = tour.judged(tour.door_at + timedelta(hours=1))
    assert [(one.at, one.core_c) for one in facts.checks] == [(tour.left_at, 76.0), (tour.door_at, 72.5)]
    assert (verdict.final, verdict.judged_to_at, facts.last_served_at) == (True, tour.door_at, tour.door_at)
    ends = [(leg.name, leg.from_at, leg.to_at) for leg in verdict.legs[2:]]
    assert ends == [
        ("hot_well", tour.signed_at, tour.left_at),
        ("second_leg", tour.left_at, tour.door_at),
    ]
    with tour.day.database.read() as session:
        servings = load_servings(session, SERVICE).values()
    assert {(one.identified_by, one.happened_at) for one in servings} == {("door", tour.door_at)}


def test_the_words_of_a_bag_come_in_their_order_and_once(day_at: DayAt) -> None:
    """Tests what stays here, what is early, twice, not on its way, or another site's."""
    tour = Tour(day_at("delivered"))
    with pytest.raises(Conflict, match="bag_not_on_its_way"):
        tour.give()
    with pytest.raises(BadInput, match="act_before_it_came"):
        tour.leave(happened_at=tour.signed_at - timedelta(minutes=1))
    with pytest.raises(BadInput, match="core_not_possible"):
        tour.leave(core_c=700.0)
    pan = next(
        box for box in tour.acting.board["boxes"] if box["site_id"] == tour.site_id and not box["second_leg"]
    )
    with pytest.raises(Conflict, match="bag_stays_here"), tour.day.database.begin() as session:
        bag_left(session, pan["box_id"], BagTold(), **tour.by(tour.left_at))
    elsewhere = replace(tour.canteen, site_id="elsewhere")
    with pytest.raises(Forbidden), tour.day.database.begin() as session:
        bag_left(session, tour.box_id, BagTold(), **tour.by(tour.left_at, elsewhere))
    tour.leave()
    with pytest.raises(Conflict, match="bag_left_before"):
        tour.leave()


def test_a_bag_that_has_not_come_does_not_go_on(day_at: DayAt) -> None:
    """Tests that the site signs before anything leaves it or is measured in it."""
    tour = Tour(day_at("departed"))
    with pytest.raises(Conflict, match="box_not_signed"):
        tour.leave()
    with pytest.raises(Conflict, match="box_not_signed"):
        tour.measure(70.0, tour.left_at)


def test_a_volunteers_own_words_tell_the_leg_too(day_at: DayAt) -> None:
    """Tests that meals taken one by one make the same leg, from the first of them on."""
    tour = Tour(day_at("delivered"))
    with tour.day.database.begin() as session:
        orders = load_orders(session, SERVICE, ("locked",), tour.site_id)
        desk = Desk(SERVICE, tour.site_id, tour.canteen, tour.left_at, tour.day.ids)
        take_along(session, desk, [one.code for one in orders])
        assert set(taken_at(session, SERVICE).values()) == {tour.left_at}
    facts, verdict = tour.judged(tour.left_at)
    assert facts.second_leg is not None
    assert (facts.second_leg.in_box, facts.second_leg.left_at) == (True, tour.left_at)
    assert verdict.legs[-1].name == "second_leg"


def test_a_core_at_the_hot_well_is_kept_and_can_be_corrected(day_at: DayAt) -> None:
    """Tests that a core carries the chain, and that a slip is corrected or taken back, both rows staying."""
    tour = Tour(day_at("delivered"))
    at = tour.signed_at + timedelta(minutes=10)
    tour.measure(6.6, at)
    with tour.day.database.read() as session:
        [slip] = site_cores(session, [tour.box_id])[tour.box_id]
    with pytest.raises(BadInput, match="reason_missing"):
        tour.measure(66.0, at + timedelta(minutes=1), replaces=slip.core_id)
    tour.measure(66.0, at + timedelta(minutes=1), replaces=slip.core_id, reason="typed wrong")
    facts, _ = tour.judged(at + timedelta(minutes=1))
    assert [(one.at, one.core_c) for one in facts.checks] == [(at, 66.0)]
    with pytest.raises(NotFound):
        tour.measure(67.0, at, replaces=slip.core_id, reason="again")
    with tour.day.database.read() as session:
        [right] = site_cores(session, [tour.box_id])[tour.box_id]
    tour.measure(None, at + timedelta(minutes=2), replaces=right.core_id, reason="another box")
    assert tour.judged(at + timedelta(minutes=2))[0].checks == ()
    with pytest.raises(BadInput, match="site_core_missing"):
        tour.measure(None, at)
