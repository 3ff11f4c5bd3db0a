"""A van breaks down on a day under way: who fetches what, what is lost, and what it means for each diner."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from api.day.board import board_of
from api.day.drive import trip_departed
from api.day.hand_over import HandOver, sign
from api.day.paper_facts import load_paper_facts
from api.day.paper_loading import loading_list
from api.day.paper_routes import route_sheets
from api.day.replan import replan
from api.day.replan_past import past_of, reports_of
from api.day.replan_today import today_of
from api.day.replan_undo import undo_replan
from api.day.road_documents import road_document, road_names
from api.day.road_events import RoadReplanned, road_previewed, road_replan
from api.day.road_told import road_told
from api.day.route_files import RouteWish, route_map
from api.day.summary import summarise
from api.day.views_kitchen import kitchen_view
from api.day.views_van import van_view
from api.ordering.record import Acting as Hand
from api.people import OPERATOR
from api.undelivered import Agreed, make_good
from kitchen.replan import Event
from orders.errors import BadInput, Conflict, NotFound
from orders.sites import Place
from routing.store.plans import load_plan
from tests.api.day.acted_day import Acting
from tests.api.day.example_day import SERVICE, ExampleDay


def clock(text: str) -> datetime:
    """An instant of the service's day by the kitchen's wall clock."""
    return SERVICE.at_local(time.fromisoformat(text))


def told(day: ExampleDay, *texts: str, at: str):
    """Events as somebody writes them."""
    with day.database.read() as session:
        return [road_told(session, SERVICE, text, clock(at)) for text in texts]


def happens(day: ExampleDay, *texts: str, at: str, expected: str | None = None) -> RoadReplanned:
    """Events on the road, and the version that answers them."""
    return road_replan(
        day.database,
        SERVICE,
        told(day, *texts, at=at),
        actor=OPERATOR,
        now_at=clock(at),
        ids=day.ids,
        seed=1,
        expected=expected,
    )


def plan_of(day: ExampleDay):
    """The published plan."""
    with day.database.read() as session:
        return load_plan(session, SERVICE.key)[1]


def handed(plan) -> dict[str, tuple[str, int]]:
    """Box id to trip and second of its hand-over."""
    return {
        box: (trip.trip_code, visit.leave_s)
        for trip in plan.trips
        for visit in trip.visits
        for box in visit.box_ids
    }


def left_alone(day: ExampleDay):
    """The day with its longest trip on the road, and the event of its van breaking down ten minutes later."""
    acting = Acting.of(day)
    trip = max(acting.board["trips"], key=lambda one: (len(one["stops"]), one["code"]))
    left_at = datetime.fromisoformat(trip["depart_at"])
    with day.database.begin() as session:
        trip_departed(session, trip["trip_id"], **acting.at(left_at))
    at = f"{SERVICE.local(left_at + timedelta(minutes=10)):%H:%M}"
    boxes = {box for one in trip["stops"] for box in one["box_ids"]}
    return trip["vehicle_id"], f"vehicle-down:{trip['vehicle_id'].lower()}@{at}", at, boxes


def test_a_van_that_breaks_down_is_fetched_from_and_the_rest_is_told(
    day_at: Callable[[str], ExampleDay],
) -> None:
    """Tests that each of its boxes is fetched in time or lost, no rule is broken, and each diner is told."""
    day = day_at("packed")
    before = plan_of(day)
    van, text, at, aboard = left_alone(day)
    seen = road_previewed(day.database, SERVICE, told(day, text, at=at), now_at=clock(at), seed=1)
    assert plan_of(day) == before and not seen.ahead
    done = happens(day, text.partition("@")[0], at=f"{at}:20", expected=seen.digest)
    after, fetched = plan_of(day), {box for one in done.answer.fetched for box in one.box_ids}
    assert fetched and fetched | done.answer.lost == aboard
    assert {after.vehicle_of(box) for box in fetched} == {one.vehicle_id for one in done.answer.fetched}
    assert van not in {route.vehicle_id for route in after.routes}
    unserved = {box for one in after.unserved for box in one.box_ids}
    assert handed(after).keys() | unserved == handed(before).keys()
    with day.database.read() as session:
        document = road_document(done, SERVICE, "en", road_names(session, SERVICE), published=True)
        summary, board = summarise(session, SERVICE), board_of(session, SERVICE)
        (fetch, *_) = [
            one
            for trip in van_view(session, SERVICE, done.answer.fetched[0].vehicle_id).trips
            for one in trip.fetches
        ]
        papers = load_paper_facts(session, SERVICE, clock(at))
    loaded = {
        box.code for one in loading_list(papers, "en").trips for stop in one.stops for box in stop.boxes
    }
    codes = {box.box_id: box.code for box in papers.boxes}
    assert loaded == {codes[box] for box in handed(after).keys() - fetched}
    assert fetch.from_van.van_id == van and len(fetch.box_codes) == len(done.answer.fetched[0].box_ids)
    told_off = {one.order_code: one for one in done.diners}
    assert all(one.now_s is None for one in told_off.values() if one.outcome != "moved")
    assert all(abs(one.now_s - one.was_s) >= 120 for one in told_off.values() if one.outcome == "moved")
    assert document["changes"][0]["words"].startswith("Van ") and document["version"] == 2
    assert summary.plan_violations == 0 and board["version"] == 2
    with pytest.raises(Conflict, match="replan_moved_on"):
        happens(day, text, at=at, expected=seen.digest)
    with day.database.read() as session:
        today, now_s = today_of(session, SERVICE, clock(at)), SERVICE.seconds(clock(at))
        _, under = past_of(today, reports_of(session, SERVICE), now_s, now_s, {})
    met = {one.trip_code: (one.on_s, one.place) for one in done.answer.fetched}
    roads = {one.trip.trip_code: one.road for one in under if one.trip.trip_code in met}
    assert roads.keys() == met.keys()
    assert all(road.from_s >= met[code][0] for code, road in roads.items())
    piece = today.facts.equipment[0].equipment_id
    how = {"actor": OPERATOR, "ids": day.ids, "now_at": clock(at) + timedelta(minutes=1)}
    replan(day.database, SERVICE, Event("broken", piece), **how, seed=1)
    undo_replan(day.database, SERVICE, **how)
    assert handed(plan_of(day)).keys() == handed(after).keys()


def test_what_is_still_ahead_is_only_told(published_day: ExampleDay) -> None:
    """Tests that an instant to come is judged by the plan, and that nothing of it can be published."""
    events = told(published_day, "vehicle-down:V2@10:20", at="08:00")
    seen = road_previewed(published_day.database, SERVICE, events, now_at=clock("08:00"), seed=1)
    assert seen.ahead and seen.diners
    with pytest.raises(BadInput, match="act_in_future"):
        happens(published_day, "vehicle-down:V2@10:20", at="08:00")


def test_a_road_closed_around_a_stop_leaves_out_its_boxes_alone(published_day: ExampleDay) -> None:
    """Tests that a stop to which no way leads is named, and that every other stop gets its food."""
    trip = max(plan_of(published_day).trips, key=lambda one: len(one.visits))
    stop_id = trip.visits[0].stop_id
    events = told(published_day, f"road-closed:{stop_id},{stop_id}", at="08:00")
    seen = road_previewed(published_day.database, SERVICE, events, now_at=clock("08:00"), seed=1)
    left = {one.stop_id: one.reason.code for one in seen.answer.plan.unserved}
    assert left == {stop_id: "no_way_there"}


def test_a_box_under_way_to_a_cancelled_stop_is_not_sent_from_the_kitchen(
    day_at: Callable[[str], ExampleDay],
) -> None:
    """Tests that it comes back with its van, and that it is lost once the stop is to get its boxes again."""
    day = day_at("packed")
    van, _, at, _ = left_alone(day)
    [trip] = (one for route in plan_of(day).routes if route.vehicle_id == van for one in route.trips)
    last = trip.visits[-1]
    happens(day, f"stop-cancelled:{last.stop_id}", at=at)
    [left] = (one for one in plan_of(day).unserved if set(one.box_ids) <= set(last.box_ids))
    assert left.reason.code == "stop_cancelled_aboard"
    done = happens(day, f"stop-added:{last.stop_id}", at=at)
    assert done.answer.lost == set(last.box_ids) and not handed(plan_of(day)).keys() & done.answer.lost
    assert [one.code for one in done.changes if one.params.get("site") == last.stop_id] == ["road_boxes_lost"]


def test_whoever_drives_is_told_where_a_moved_stop_is(day_at: Callable[[str], ExampleDay]) -> None:
    """Tests the van's page, the route sheet and the file for a navigator."""
    day = day_at("packed")
    [visit, *_] = (trip := plan_of(day).trips[0]).visits
    now_at = SERVICE.instant(trip.depart_s) - timedelta(minutes=20)
    at = f"{SERVICE.local(now_at):%H:%M}"
    happens(day, f"stop-moved:{visit.stop_id},24.312,109.412", at=at)
    with day.database.read() as session:
        papers = load_paper_facts(session, SERVICE, clock(at))
        van = van_view(session, SERVICE, papers.plan.vehicle_of(visit.box_ids[0]))
    sheets = [one for trip in route_sheets(papers, "en").trips for one in trip.stops]
    files = [one for trip in route_map(papers, RouteWish()).trips for one in trip.stops]
    there = [one for one in sheets if one.place == Place(24.312, 109.412)]
    assert there and all("24.31200, 109.41200" in one.address for one in there)
    assert len([one for one in files if one.place == Place(24.312, 109.412)]) == len(there)
    moved = {one.site.site_id for trip in van.trips for one in trip.stops if one.moved}
    assert moved == {visit.stop_id}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("vehicle-down:van-9@10:20", NotFound),
        ("vehicle-down:V2@25:20", BadInput),
        ("vehicle-lost:V2", BadInput),
        ("stop-moved:C03", BadInput),
        ("stop-moved:C03,north,east", BadInput),
        ("locked:T99", NotFound),
    ],
)
def test_what_cannot_be_read_is_refused(published_day: ExampleDay, text: str, error: type[Exception]) -> None:
    """Tests unknown vehicles, minutes, kinds and places."""
    with pytest.raises(error):
        told(published_day, text, at="10:00")


def test_lost_boxes_are_made_good_like_refused_ones(day_at: Callable[[str], ExampleDay]) -> None:
    """Tests that lost boxes stand first on Kitchen, money back ends their orders, signed ones stay."""
    day = day_at("packed")
    van, _, at, aboard = left_alone(day)
    signed, now_at = min(aboard), clock(at) + timedelta(minutes=2)
    with day.database.begin() as session:
        sign(session, signed, HandOver("accepted", core_c=66.0), actor=OPERATOR, now_at=now_at, ids=day.ids)
    now = f"{SERVICE.local(now_at):%H:%M}"
    done = happens(day, f"vehicle-down:{van},24.9,110.1@{at}", at=now)
    assert done.answer.fetched == () and done.answer.lost == aboard - {signed}
    with day.database.begin() as session:
        shown = {one.box_id: one for one in kitchen_view(session, SERVICE, clock(at)).undelivered}
        assert shown.keys() == done.answer.lost
        box_id = min(shown, key=lambda one: shown[one].excepted.ref)
        ended = make_good(session, box_id, Agreed("money", "Li"), Hand(OPERATOR, clock(at), day.ids))
        again = kitchen_view(session, SERVICE, clock(at)).undelivered
        assert {one.ending for one in ended} <= {"not_supplied"}
    assert [one.agreed for one in again if one.box_id == box_id] != [()]
    late = min(done.answer.lost - {box_id})
    with day.database.begin() as session:
        sign(session, late, HandOver("accepted", core_c=66.0), actor=OPERATOR, now_at=now_at, ids=day.ids)
        assert late not in {one.box_id for one in kitchen_view(session, SERVICE, now_at).undelivered}
        with pytest.raises(Conflict, match="box_delivered"):
            make_good(session, late, Agreed("money", "Li"), Hand(OPERATOR, now_at, day.ids))


def test_the_page_shows_what_a_hand_would_break_and_publishes_the_rest_once(
    as_user, own_day: ExampleDay
) -> None:
    """Tests the page, a swap published once, a locked trip that stays, and that a broken plan is refused."""
    client = as_user("dispatcher")
    trip = max(plan_of(own_day).trips, key=lambda one: len(one.visits))
    first, last = trip.visits[0].stop_id, len(trip.visits)
    late = client.get(
        "/kitchen/road", params={"service": SERVICE.key, "what": f"move:{first},{trip.trip_code},{last}"}
    )
    assert late.status_code == 200 and 'name="digest"' in late.text
    said = {"service": SERVICE.key, "what": "swap:V1,V2"}
    seen = client.get("/kitchen/road", params=said)
    looked = {"version": "1", "digest": re.search('name="digest" value="([0-9a-f]{64})"', seen.text).group(1)}
    both = [client.post("/kitchen/road", data=said | looked) for _ in range(2)]
    assert [one.status_code for one in both] == [200, 200] and "done=2" in str(both[1].url)
    other = client.post("/kitchen/road", data=said | looked | {"what": "stop-cancelled:C01"})
    assert other.status_code == 409
    api = f"/api/v1/services/{SERVICE.key}"
    far = {"edits": [f"move:{one.stop_id},new,V3" for one in trip.visits[:4]]}
    preview = client.post(f"{api}/by-hand/preview", json=far).json()
    assert preview["violations"] and all(one["words"] for one in preview["violations"])
    refused = client.post(f"{api}/by-hand", json=far | {"digest": preview["digest"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_by_hand_breaks")
    lock = {"events": [f"locked:{trip.trip_code}"]}
    digest = client.post(f"{api}/road/preview", json=lock).json()["digest"]
    assert client.post(f"{api}/road", json=lock | {"digest": digest}).status_code == 200
    assert client.post(f"{api}/by-hand/preview", json=far).json()["code"] == "trip_locked"
    assert [one["kind"] for one in client.get(f"{api}/road").json()] == ["swap", "locked"]
