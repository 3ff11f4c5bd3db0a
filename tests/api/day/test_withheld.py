"""Food on hold stays where it is: at the dock, at the door and at the table, until somebody decides."""

from datetime import timedelta

import pytest

from api.checks.desk import CheckDesk
from api.checks.keeping import SampleTold, change_sample, sample_state, take_sample
from api.checks.withholding import WithheldTold, end_hold, withhold
from api.day.deliver import take_along
from api.day.drive import trip_departed
from api.day.hand_over import HandOver, sign
from api.day.outcomes import outcomes_of
from api.day.serve import Claim, close_table, serve_meals
from api.day.table import Desk
from api.people import OPERATOR
from api.permissions import ROLES, Actor
from kitchen.store.withheld import lines_stopped, load_withheld
from kitchen.withheld import by_food, stops_on_hold
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.store.orders import load_orders
from orders.store.receipts import load_discards
from orders.store.sites import load_kitchen
from tests.api.day.acted_day import Acting, instant

INSPECTOR = Actor("u-i", "检查员", "inspector", "K1")
COOK = Actor("u-k", "厨师长", "kitchen", "K1")
SECOND_COOK = Actor("u-k2", "主管", "kitchen", "K1")
SECOND_INSPECTOR = Actor("u-i2", "组长", "inspector", "K1")


class Floor:
    """One stage of the day with its desk."""

    def __init__(self, day):
        self.day, self.acting = day, Acting.of(day)
        self.trip = min(self.acting.board["trips"], key=lambda one: one["depart_at"])
        self.stop = next(one for one in self.trip["stops"] if one["kind"] == "canteen")
        boxes = [self.acting.boxes[box_id] for box_id in self.stop["box_ids"]]
        self.box = max(boxes, key=lambda one: one["portions"])
        self.at = instant(self.stop["serving_starts_at"]) + timedelta(minutes=2)

    def desk(self, session, actor=COOK, at=None):
        return CheckDesk(load_kitchen(session, "K1"), actor, at or self.at, self.day.ids)

    def hold(self, session, ref, actor=COOK, reason="有异味"):
        told = WithheldTold(ref, reason, "李")
        return withhold(session, self.desk(session, actor), self.day.service, told)

    def end(self, session, held, kind="lifted", actor=SECOND_COOK):
        return end_hold(session, self.desk(session, actor), held.withheld_id, kind, "化验合格", "王")

    def orders(self, session):
        return load_orders(session, self.day.service, ("locked",), self.stop["site_id"])

    def claim(self, session, order):
        site_id, claim = self.stop["site_id"], Claim(order.code, meal=order.code)
        return serve_meals(session, self.day.service, site_id, [claim], **self.acting.at(self.at))[0]


@pytest.mark.parametrize("role", ROLES)
def test_kitchen_and_inspector_hold_food_and_nobody_else(day_at, role):
    """Tests the two acts by each role, of this kitchen and of another."""
    floor, may = Floor(day_at("packed")), role in ("kitchen", "inspector", "admin")
    own = Actor("u", "n", role, "K1")
    with floor.day.database.begin() as session:
        held = floor.hold(session, "B01")
        for actor in (own, Actor("u", "n", role, "K2")):
            if may and actor is own:
                floor.hold(session, "B02", actor)
                floor.end(session, held, "lifted", actor)
                continue
            with pytest.raises(Forbidden):
                floor.hold(session, "B02", actor)
            with pytest.raises(Forbidden):
                floor.end(session, held, "lifted", actor)


def test_food_on_hold_does_not_leave(day_at):
    """Tests that a batch bars every van that has it aboard, with its reason, until it is lifted."""
    floor = Floor(day_at("packed"))
    leaves = floor.acting.at(instant(floor.trip["depart_at"]))
    with floor.day.database.begin() as session:
        held = floor.hold(session, floor.box["code"])
        with pytest.raises(Conflict) as refused:
            trip_departed(session, floor.trip["trip_id"], **leaves)
        assert [(one.code, one.params["reason"]) for one in refused.value.reasons] == [
            ("food_withheld", "有异味")
        ]
        floor.end(session, held)
        trip_departed(session, floor.trip["trip_id"], **leaves)


def test_a_box_on_hold_is_refused_but_not_taken(day_at):
    """Tests the door after a departure: the site may send it back, it may not sign for it as good."""
    floor = Floor(day_at("departed"))
    signed = floor.acting.at(instant(floor.stop["leave_at"]))
    with floor.day.database.begin() as session:
        floor.hold(session, floor.box["code"], INSPECTOR)
        with pytest.raises(Conflict, match="box_not_let_go"):
            sign(session, floor.box["box_id"], HandOver("accepted", core_c=78.0), **signed)
        sign(session, floor.box["box_id"], HandOver("refused", core_c=78.0, reason="封存"), **signed)


def test_a_meal_on_hold_is_not_served_and_one_without_it_is(day_at):
    """Tests the table: on hold nothing is given, lifted all of it, discarded what is left of the meal."""
    floor = Floor(day_at("delivered"))
    with floor.day.database.begin() as session:
        held = floor.hold(session, floor.box["code"])
        inside = lines_stopped(session, by_food(stops_on_hold([held]))).keys()
        orders = [one for one in floor.orders(session) if any(line.line_id in inside for line in one.lines)]
        first = orders[0]
        assert floor.claim(session, first).refused.code == "meal_withheld"
        floor.end(session, held)
        assert floor.claim(session, first).portions == first.portions
        cooked = floor.hold(session, floor.box["batch_ids"][0])
        lost = lines_stopped(session, by_food(stops_on_hold([cooked]))).keys()
        second = next(one for one in orders[1:] if any(line.line_id in lost for line in one.lines))
        assert floor.claim(session, second).refused.params["ref"] == cooked.code
        floor.end(session, cooked, "discarded")
        given = floor.claim(session, second)
        assert given.portions == second.portions - sum(line.line_id in lost for line in second.lines)
        assert "meal_incomplete" in [one.code for one in given.notes]


def test_a_table_that_closes_throws_away_no_food_on_hold(day_at):
    """Tests that what is on hold stays where it is, and goes with the rest once it is discarded."""
    floor = Floor(day_at("delivered"))
    table = (floor.day.service, floor.stop["site_id"])
    with floor.day.database.begin() as session:
        held = floor.hold(session, floor.box["code"], INSPECTOR)
        assert close_table(session, *table, **floor.acting.at(floor.at)) > 0
        thrown = load_discards(session, floor.day.service)
        assert floor.box["box_id"] not in {one.box_id for one in thrown}
        floor.end(session, held, "discarded", SECOND_INSPECTOR)
        assert close_table(session, *table, **floor.acting.at(floor.at)) == floor.box["portions"]
        thrown = load_discards(session, floor.day.service, [floor.box["box_id"]])
        assert {one.reason for one in thrown} == {"discarded_on_hold"}


def test_whose_meal_was_withheld_is_no_no_show(day_at):
    """Tests who came, who did not, and a carrier, when all food of a stop was on hold and then discarded."""
    floor = Floor(day_at("delivered"))
    service, site_id = floor.day.service, floor.stop["site_id"]
    with floor.day.database.begin() as session:
        held = [floor.hold(session, floor.acting.boxes[box_id]["code"]) for box_id in floor.stop["box_ids"]]
        inside = lines_stopped(session, by_food(stops_on_hold(held))).keys()
        own = [one for one in floor.orders(session) if {line.line_id for line in one.lines} <= inside]
        came, stayed_away, *_ = own
        assert floor.claim(session, came).refused.code == "meal_withheld"
        for one in held:
            floor.end(session, one, "discarded")
        desk = Desk(service, site_id, OPERATOR, floor.at, floor.day.ids)
        assert take_along(session, desk, [stayed_away.code])[0].refused.code == "nothing_left"
        close_table(session, service, site_id, **floor.acting.at(floor.at + timedelta(hours=2)))
        after = outcomes_of(session, service, [came, stayed_away], floor.at + timedelta(hours=3))
        assert {one.event for one in after.values()} == {"not_supplied"}


def test_an_inspectors_hold_is_ended_by_an_inspector(day_at):
    """Tests that the kitchen's word does not lift it, that each ends once, and that reasons are asked."""
    floor = Floor(day_at("packed"))
    with floor.day.database.begin() as session:
        held = floor.hold(session, "B01", INSPECTOR)
        with pytest.raises(Forbidden, match="food_withheld_by_inspector"):
            floor.end(session, held)
        floor.end(session, held, "discarded", SECOND_INSPECTOR)
        with pytest.raises(Conflict, match="food_hold_ended"):
            floor.end(session, held, "lifted", SECOND_INSPECTOR)
        with pytest.raises(Conflict, match="food_withheld_already"):
            floor.hold(session, "B01", INSPECTOR)
        with pytest.raises(BadInput, match="check_reason_missing"):
            floor.hold(session, "B02", reason=" ")
        with pytest.raises(NotFound):
            floor.hold(session, "B99")
        assert [one.end.kind for one in load_withheld(session, floor.day.service.key)] == ["discarded"]
    early = Floor(day_at("cooked"))
    with early.day.database.begin() as session, pytest.raises(Conflict, match="box_not_packed"):
        early.hold(session, early.box["code"])


def test_the_samples_of_food_on_hold_freeze(day_at):
    """Tests samples taken before and after, and that none is set free while the hold stands."""
    floor = Floor(day_at("packed"))
    with floor.day.database.begin() as session:
        desk = floor.desk(session)
        sample = take_sample(session, desk, floor.day.service, SampleTold("B01", 130, "F1", "", "李"))
        held = floor.hold(session, "B01")
        assert sample_state(session, sample, desk.now_at) == "frozen"
        told = (sample.sample_id, "released", "化验合格", "王")
        with pytest.raises(Conflict, match="sample_food_withheld"):
            change_sample(session, desk, *told)
        again = SampleTold("B01", 140, "F1", "", "李", reason="重称")
        weighed = take_sample(session, desk, floor.day.service, again)
        assert sample_state(session, weighed, desk.now_at) == "frozen"
        floor.end(session, held)
        assert sample_state(session, weighed, desk.now_at) == "frozen"
        change_sample(session, desk, weighed.sample_id, *told[1:])
        assert sample_state(session, weighed, desk.now_at) == "kept"


def test_programs_hold_and_lift(house, as_user):
    """Tests both addresses and that a canteen may use neither."""
    day, kitchen = "/api/v1/services/K1/2026-11-23/lunch", as_user("kitchen")
    held = kitchen.post(f"{day}/withheld", json={"ref": "B01", "reason": "有异味"})
    assert (held.status_code, held.json()["state"], held.json()["code"]) == (201, "held", "B01")
    assert [one["code"] for one in kitchen.get("/api/v1/checks/K1").json()["withheld"]] == ["B01"]
    path = f"/api/v1/checks/K1/withheld/{held.json()['withheld_id']}"
    body = {"kind": "lifted", "reason": "化验合格"}
    assert as_user("canteen").post(path, json=body).status_code == 403
    refused = kitchen.post(path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "food_hold_second_person")
    second = as_user("admin")
    assert second.post(path, json=body).json()["state"] == "lifted"
    assert second.post(path, json=body).status_code == 409


def test_a_second_person_ends_a_hold(day_at):
    """Tests that neither the same account under another name nor another account under the same name does."""
    floor = Floor(day_at("packed"))
    with floor.day.database.begin() as session:
        held = floor.hold(session, "B01")
        for actor, name in ((COOK, "王"), (SECOND_COOK, "李"), (COOK, "李")):
            with pytest.raises(Forbidden, match="food_hold_second_person"):
                end_hold(session, floor.desk(session, actor), held.withheld_id, "lifted", "化验合格", name)
        floor.end(session, held)
        desk = floor.desk(session, OPERATOR)
        shell = withhold(session, desk, floor.day.service, WithheldTold("B01", "有异味", "李"))
        with pytest.raises(Forbidden, match="food_hold_second_person"):
            end_hold(session, desk, shell.withheld_id, "discarded", "变质", "李")
        assert end_hold(session, desk, shell.withheld_id, "discarded", "变质", "王").end
