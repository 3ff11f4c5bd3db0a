"""A stop reaches every place that has the food, and each answers or is rung."""

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import timedelta
from itertools import product

import pytest

from api.day.stop_boxes import stopped_boxes
from api.day.stop_people import reach_of
from api.day.stops import find_stop, seen_stop, stops_for
from api.permissions import ROLES, Actor
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from tests.api.day.test_withheld import COOK, INSPECTOR, Floor


def canteen(floor, site_id=None):
    return Actor("u-c", "陈", "canteen", "K1", site_id=site_id or floor.stop["site_id"])


def driver(vehicle_id):
    return Actor("u-d", "郑", "driver", "K1", vehicle_id=vehicle_id)


def answers(floor, session, minutes=0):
    """What each place has said some minutes after the stop, as the kitchen sees it."""
    at = floor.at + timedelta(minutes=minutes)
    [stop] = stops_for(session, COOK, at)
    found = {one.place_id: one.answer(stop.held.at, at, stop.seen_within_s) for one in stop.places}
    return {place: said for place, said in found.items() if said != "not_asked"}


def test_a_box_on_the_road_asks_its_van_and_its_site(day_on):
    """Tests who is asked, that both go red after two minutes, and that a word ends it for each."""
    floor = Floor(day_on("departed"))
    with floor.day.database.begin() as session:
        held = floor.hold(session, floor.box["code"])
        site_id, van_id = floor.stop["site_id"], floor.trip["vehicle_id"]
        assert answers(floor, session, 2) == {van_id: "waiting", site_id: "waiting"}
        assert answers(floor, session, 3) == {van_id: "late", site_id: "late"}
        told = {"now_at": floor.at + timedelta(minutes=3)}
        seen_stop(session, held.withheld_id, "van", van_id, actor=driver(van_id), **told)
        seen_stop(session, held.withheld_id, "site", site_id, actor=COOK, person="陈", **told)
        assert answers(floor, session, 9) == {van_id: "seen", site_id: "seen"}
        with pytest.raises(Conflict, match="stop_seen_already"):
            seen_stop(session, held.withheld_id, "site", site_id, actor=canteen(floor), **told)


def test_of_two_who_answer_or_end_at_once_the_second_is_told(day_on):
    """Tests that whoever waited for the other's transaction is refused with what the other said."""
    floor, told = Floor(day_on("departed")), {"person": "陈"}
    with floor.day.database.begin() as session:
        held = floor.hold(session, floor.box["code"])
    site_id = floor.stop["site_id"]

    def seen(session):
        seen_stop(session, held.withheld_id, "site", site_id, actor=COOK, now_at=floor.at, **told)

    for act, code in ((seen, "stop_seen_already"), (lambda one: floor.end(one, held), "food_hold_ended")):

        def second(act=act):
            with floor.day.database.begin() as session:
                act(session)

        with ThreadPoolExecutor(1) as other:
            with floor.day.database.begin() as session:
                act(session)
                waiting = other.submit(second)
                assert not wait([waiting], timeout=0.1).done
            with pytest.raises(Conflict, match=code):
                waiting.result()


def test_nobody_answers_for_another_place(day_at):
    """Tests that a canteen speaks for itself alone, and that the kitchen says whom it rang."""
    floor = Floor(day_at("departed"))
    with floor.day.database.begin() as session:
        held = floor.hold(session, floor.box["code"])
        site_id, van_id = floor.stop["site_id"], floor.trip["vehicle_id"]
        for actor, kind, place_id, refusal in (
            (canteen(floor), "van", van_id, NotFound),
            (canteen(floor, "C99"), "site", site_id, Forbidden),
            (driver(van_id), "site", site_id, Forbidden),
            (COOK, "site", site_id, BadInput),
            (COOK, "site", "C99", NotFound),
        ):
            with pytest.raises(refusal):
                seen_stop(session, held.withheld_id, kind, place_id, actor=actor, now_at=floor.at)


def test_who_may_see_a_stop_and_who_answers(day_at):
    """Tests both acts by each role, of this kitchen and of another."""
    floor = Floor(day_at("departed"))
    reads = {"kitchen", "dispatcher", "driver", "canteen", "volunteer", "inspector", "admin"}
    says = {"kitchen", "dispatcher", "driver", "canteen", "admin"}
    with floor.day.database.begin() as session:
        held = floor.hold(session, floor.box["code"])
        told = (held.withheld_id, "site", floor.stop["site_id"])
        may_read, may_say = set(), set()
        for role, kitchen_id in product(ROLES, ("K1", "K2")):
            actor = Actor("u", "n", role, kitchen_id)
            with suppress(Forbidden):
                may_read.add((role, find_stop(session, held.withheld_id, actor) and kitchen_id))
            with suppress(Forbidden), session.begin_nested() as tried:
                seen_stop(session, *told, actor=actor, now_at=floor.at, person="陈")
                may_say.add((role, kitchen_id))
                tried.rollback()
        assert may_read == {(role, "K1") for role in reads}
        assert may_say == {(role, "K1") for role in says}


def test_each_reader_sees_what_concerns_them(day_at):
    """Tests a stop of a batch: a canteen its own boxes, a driver the van's, others' canteens nothing."""
    floor = Floor(day_at("departed"))
    with floor.day.database.begin() as session:
        held = floor.hold(session, floor.box["code"])
        van_id = floor.trip["vehicle_id"]
        [own] = stops_for(session, canteen(floor), floor.at)
        assert [one.place_id for one in own.places] == [floor.stop["site_id"]]
        [aboard] = stops_for(session, driver(van_id), floor.at)
        assert [one.kind for one in aboard.places] == ["van", "site"]
        assert [one.place_id for one in aboard.to_answer(driver(van_id))] == [van_id]
        assert stops_for(session, canteen(floor, "C99"), floor.at) == ()
        with pytest.raises(Forbidden):
            find_stop(session, held.withheld_id, canteen(floor, "C99"))
        floor.end(session, held)
        assert [one.held.end.kind for one in stops_for(session, canteen(floor), floor.at)] == ["lifted"]
        assert stops_for(session, canteen(floor), floor.at + timedelta(hours=1)) == ()


def test_a_stop_tells_who_has_eaten_and_who_has_it_before_them(day_at):
    """Tests one meal served of a batch: its diner has eaten, the others have it before them."""
    floor = Floor(day_at("delivered"))
    with floor.day.database.begin() as session:
        order = floor.orders(session)[0]
        assert floor.claim(session, order).portions
        held = floor.hold(session, floor.box["batch_ids"][0])
        stop = find_stop(session, held.withheld_id, COOK)
        reach = reach_of(session, stop.service, held, stop.boxes, COOK)
        [eaten] = reach.of("eaten")
        assert (eaten.order_code, eaten.served_at) == (order.code, floor.at)
        assert eaten.diner_name and eaten.portions
        assert reach.portions("road") == reach.portions("kitchen") == 0
        inside = sum(reach.portions(fate) for fate in ("eaten", "table"))
        batch = next(one for one in floor.acting.board["batches"] if one["batch_id"] == held.batch_id)
        assert inside >= sum(one.portions for one in reach.of("table")) + eaten.portions
        assert batch["code"] == held.code
        own = find_stop(session, held.withheld_id, canteen(floor))
        mine = reach_of(session, own.service, held, own.boxes, canteen(floor))
        assert {one.site_name for one in mine.meals} == {eaten.site_name}


def test_names_and_telephones_are_for_who_may_know_them(day_at):
    """Tests that a driver sees no diner, an inspector names alone, and the kitchen both."""
    floor = Floor(day_at("departed"))
    with floor.day.database.begin() as session:
        held = floor.hold(session, floor.box["code"])
        seen = {}
        for actor in (driver(floor.trip["vehicle_id"]), INSPECTOR, COOK):
            stop = find_stop(session, held.withheld_id, actor)
            meals = reach_of(session, stop.service, held, stop.boxes, actor).meals
            seen[actor.role] = (any(one.diner_name for one in meals), any(one.phone for one in meals))
        assert seen == {"driver": (False, False), "inspector": (True, False), "kitchen": (True, True)}
        assert stopped_boxes(session, floor.day.service) == {floor.box["box_id"]: held}


def test_programs_read_a_stop_and_answer_it(house, as_user):
    """Tests the addresses of a stop, with what each role is told."""
    day, kitchen = "/api/v1/services/K1/2026-11-23/lunch", as_user("kitchen")
    held = kitchen.post(f"{day}/withheld", json={"ref": "B01", "reason": "有异味"}).json()
    path = f"/api/v1/stops/{held['withheld_id']}"
    told = kitchen.get(path).json()
    assert told["portions"]["kitchen"] > 0 and told["meals"]
    assert {one["answer"] for one in told["places"]} == {"not_asked"}
    assert [one["code"] for one in kitchen.get("/api/v1/stops").json()] == ["B01"]
    assert "meals" not in kitchen.get("/api/v1/stops").json()[0]
    site = next(one for one in told["places"] if one["kind"] == "site")
    answered = {"kind": "site", "place": site["place"], "person": "陈"}
    assert kitchen.post(f"{path}/seen", json=answered).status_code == 204
    assert as_user("bureau").get(path).status_code == 403
    assert kitchen.get("/api/v1/alarms").json() == []


def test_an_administrator_changes_the_rules(house, as_user):
    """Tests that a part is changed alone, that a slip is refused, and that nobody else may."""
    admin, rules = as_user("admin"), "/api/v1/alarms/rules"
    assert admin.get(rules).json()["params"]["battery_low"] == 15.0
    changed = {"escalation": {"critical": [{"after_s": 60, "to": "person:wang"}]}}
    assert admin.put(rules, json=changed).json() == {"revision": 1}
    now = admin.get(rules).json()
    assert [one["name"] for one in now["timetable"]["critical"]] == ["wang"]
    assert now["seen_within_s"] == 120
    assert admin.put(rules, json={"rings": {"lid": 3}}).json()["code"] == "alarm_rules_unusable"
    assert as_user("kitchen").put(rules, json=changed).status_code == 403
