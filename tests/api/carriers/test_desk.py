"""Carriers at the washing place: written down, taken back, refused, followed through the day."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from api.carriers.desk import (
    CarrierDesk,
    CarrierTold,
    carrier_code,
    need_carrier,
    take_back_event,
    write_down,
)
from api.carriers.round import require_clean
from api.carriers.views import carrier_file, carriers_view, empties_at, missing_at
from api.day.drive import trip_departed
from api.day.hand_over import HandOver, sign
from api.day.paper_facts import load_paper_facts
from api.day.paper_routes import route_sheets
from api.people import OPERATOR
from api.permissions import Actor
from kitchen.carriers import CarrierAct
from kitchen.store.carriers import load_statuses
from kitchen.store.equipment import load_carriers
from orders.errors import BadInput, Conflict, Forbidden, MealError, NotFound
from orders.service import Service
from orders.store.sites import load_kitchen
from telemetry.store.probe_uses import uses_of_boxes
from tests.api.day.acted_day import Acting, instant
from tests.api.day.example_day import PUBLISHED_AT, ExampleDay

WASH = CarrierTold("wash", "machine", "王阿姨")


@pytest.fixture
def at_desk(own_day: ExampleDay) -> Iterator[tuple[Session, CarrierDesk]]:
    """The washing place of the example kitchen, at the print."""
    with own_day.database.begin() as session:
        yield session, CarrierDesk(load_kitchen(session, "K1"), OPERATOR, PUBLISHED_AT, own_day.ids)


def done(session: Session, desk: CarrierDesk, code: str, *acts: CarrierAct) -> None:
    """Acts written down one after another."""
    for act in acts:
        write_down(session, desk, [code], WASH if act == "wash" else CarrierTold(act, note="-"))


def test_a_carrier_is_washed_and_ready(at_desk) -> None:
    """Tests the washing place's round, the wash its method and person, and a code in any spelling."""
    session, desk = at_desk
    done(session, desk, "G05", "return", "wash")
    found = write_down(session, desk, ["holdchain:carrier:K1:g05"], CarrierTold("ready"))
    assert [one.state for one in found.values()] == ["ready"]
    view, events = carrier_file(session, desk, need_carrier(session, "K1", "g05"))
    assert (view.status.washed.method, view.status.washed.person) == ("machine", "王阿姨")
    assert [event.act for event in events] == ["ready", "wash", "return"]
    assert carrier_code(" g05 ") == "G05"


def test_all_of_a_list_or_none(own_day: ExampleDay) -> None:
    """Tests that one carrier whose state does not allow it keeps the others as they were."""
    with own_day.database.begin() as session:
        desk = CarrierDesk(load_kitchen(session, "K1"), OPERATOR, PUBLISHED_AT, own_day.ids)
        done(session, desk, "G05", "vouch")
    with pytest.raises(Conflict) as refused, own_day.database.begin() as session:
        write_down(session, desk, ["G06", "G05"], CarrierTold("vouch"))
    assert (refused.value.code, refused.value.params["carrier"]) == ("carrier_act_not_now", "G05")
    with own_day.database.read() as session:
        assert load_statuses(session, "K1", ["G06"])["G06"].state is None


@pytest.mark.parametrize(
    ("codes", "told", "error", "code"),
    [
        ([" "], CarrierTold("vouch"), BadInput, "carrier_none_named"),
        (["G99"], CarrierTold("vouch"), NotFound, "not_found"),
        (["G05"], CarrierTold("pack"), BadInput, "carrier_act_elsewhere"),
        (["G05"], CarrierTold("wash", "spit", "王阿姨"), BadInput, "carrier_wash_method"),
        (["G05"], CarrierTold("wash", "machine", " "), BadInput, "carrier_wash_person"),
        (["G05"], CarrierTold("lose"), BadInput, "carrier_needs_reason"),
        (["G05"], CarrierTold("mend"), Conflict, "carrier_act_not_now"),
    ],
)
def test_what_cannot_be_is_refused(at_desk, codes, told, error: type[MealError], code) -> None:
    """Tests nothing named, an unknown carrier, the day's own acts, and a wash or loss without its facts."""
    session, desk = at_desk
    with pytest.raises(error) as refused:
        write_down(session, desk, codes, told)
    assert refused.value.code == code


def test_only_who_keeps_carriers_writes(at_desk, own_day: ExampleDay) -> None:
    """Tests that a driver, and the kitchen of another house, may not."""
    session, desk = at_desk
    for actor in (Actor("u", "n", "driver", kitchen_id="K1"), Actor("u", "n", "kitchen", kitchen_id="K2")):
        with pytest.raises(Forbidden):
            write_down(
                session,
                CarrierDesk(desk.kitchen, actor, PUBLISHED_AT, own_day.ids),
                ["G05"],
                CarrierTold("vouch"),
            )


def test_a_slip_is_taken_back_and_both_rows_stay(at_desk, own_day: ExampleDay) -> None:
    """Tests the undo of ten seconds, the reason it needs later, and that packing is not taken back here."""
    session, desk = at_desk
    done(session, desk, "G05", "vouch", "preheat")
    take_back_event(session, desk, "G05")
    status, events = carrier_file(session, desk, need_carrier(session, "K1", "G05"))
    assert (status.status.state, len(events)) == ("clean", 3)
    later = CarrierDesk(desk.kitchen, OPERATOR, PUBLISHED_AT + timedelta(seconds=11), own_day.ids)
    with pytest.raises(BadInput) as refused:
        take_back_event(session, later, "G05")
    assert refused.value.code == "undo_too_late"
    take_back_event(session, later, "G05", "it was G06")
    with pytest.raises(NotFound):
        take_back_event(session, later, "G05", "again")


def test_a_wash_cleans_nothing_that_was_packed_before_it(at_desk) -> None:
    """Tests that neither a packing nor an act by hand is told from before the last act of its carrier."""
    session, desk = at_desk
    done(session, desk, "G05", "return", "wash", "ready")
    before = PUBLISHED_AT - timedelta(minutes=30)
    carrier = need_carrier(session, "K1", "G05")
    require_clean(session, "K1", carrier, PUBLISHED_AT)
    with pytest.raises(Conflict, match="carrier_act_after"):
        require_clean(session, "K1", carrier, before)
    with pytest.raises(Conflict, match="carrier_act_after"):
        write_down(session, desk, ["G05"], CarrierTold("preheat", happened_at=before))


def test_the_day_moves_the_carriers(own_day: ExampleDay) -> None:
    """Tests packed, out, empty when its box was refused, never back from washed; what is missing tomorrow."""
    acting = Acting.of(own_day)
    acting.cook()
    acting.pack()
    trip = min(acting.board["trips"], key=lambda one: one["depart_at"])
    stop = trip["stops"][0]
    first = acting.boxes[stop["box_ids"][0]]
    with own_day.database.begin() as session:
        assert state_of(session, first) == "packed"
        trip_departed(session, trip["trip_id"], **acting.at(instant(trip["depart_at"])))
        assert state_of(session, first) == "out"
        said = HandOver("refused", core_c=40.0, reason="cold")
        sign(session, first["box_id"], said, **acting.at(instant(stop["leave_at"])))
        assert state_of(session, first) == "at_site"
        back_at, late = instant(stop["leave_at"]), instant(trip["stops"][1]["leave_at"]) + timedelta(hours=1)
        second = acting.boxes[trip["stops"][1]["box_ids"][0]]
        desk = CarrierDesk(load_kitchen(session, "K1"), OPERATOR, back_at, own_day.ids)
        done(session, desk, second["carrier_code"], "return")
        assert left_at(session, second) == {back_at}
        take_back_event(session, desk, second["carrier_code"])
        assert left_at(session, second) == {None}
        done(session, desk, second["carrier_code"], "return", "wash")
        assert left_at(session, second) == {back_at}
        sign(session, second["box_id"], said, **acting.at(late))
        assert state_of(session, second) == "washed"
    tomorrow = Service("K1", own_day.service.service_on + timedelta(days=1), "lunch", own_day.service.zone)
    with own_day.database.read() as session:
        later = tomorrow.start_at + timedelta(hours=6)
        desk = CarrierDesk(load_kitchen(session, "K1"), OPERATOR, later, own_day.ids)
        owed = {one.balance.site_id: one for one in carriers_view(session, desk).owed}[stop["site_id"]]
        assert owed.empty == (first["carrier_code"],)
        assert owed.balance.away == len(stop["box_ids"])
        missing = missing_at(session, tomorrow)
        assert set(missing[stop["site_id"]]) == {acting.boxes[one]["carrier_code"] for one in stop["box_ids"]}
        kept = {one.code: one for one in load_carriers(session, "K1")}
        left = [kept[code] for code in missing[stop["site_id"]]]
        waiting = (sum(one.capacity_units for one in left), sum(one.tare_g for one in left))
        assert empties_at(session, tomorrow)[stop["site_id"]] == waiting
        assert missing_at(session, own_day.service) == {}


def test_a_route_sheet_names_what_is_to_come_back(own_day: ExampleDay) -> None:
    """Tests that carriers left at a site the day before stand at its stop on the sheet."""
    site_id = next(one for one in Acting.of(own_day).stops.values() if one["kind"] == "canteen")["site_id"]
    with own_day.database.read() as session:
        facts = load_paper_facts(session, own_day.service, PUBLISHED_AT)
    assert not any(stop.owed for trip in route_sheets(facts, "en").trips for stop in trip.stops)
    object.__setattr__(facts, "missing", {site_id: ("G07", "G09")})
    owed = [stop.owed for trip in route_sheets(facts, "en").trips for stop in trip.stops if stop.owed]
    assert owed and set(owed) == {("G07", "G09")}


def left_at(session: Session, box: dict) -> set[datetime | None]:
    """When the probes of a box left it."""
    return {one.to_at for one in uses_of_boxes(session, [box["box_id"]])[box["box_id"]]}


def state_of(session: Session, box: dict) -> str | None:
    """How the carrier of a box stands."""
    known = {one.code: one.carrier_id for one in load_carriers(session, "K1")}
    carrier_id = known[box["carrier_code"]]
    return load_statuses(session, "K1", [carrier_id])[carrier_id].state


def test_programs_write_events_and_read_balances(as_user) -> None:
    """Tests the endpoints: an event, the list, one file, the balance, and a taken back event."""
    client = as_user("kitchen")
    told = {"codes": ["G05", "G06"], "act": "vouch"}
    assert client.post("/api/v1/carriers/K1/events", json=told).json()["carriers"][0]["state"] == "clean"
    assert client.post("/api/v1/carriers/K1/events", json=told).status_code == 409
    listed = client.get("/api/v1/carriers/K1").json()
    assert (listed["fit"], listed["findings"]) == (2, [])
    assert client.post("/api/v1/carriers/K1/carrier/G05/back", json={}).status_code == 200
    file = client.get("/api/v1/carriers/K1/carrier/G05").json()
    assert (file["state"], [event["withdrawn"] for event in file["events"]]) == (None, [True, False])
    assert client.get("/api/v1/carriers/K1/balance").json() == []
    assert client.get("/api/v1/carriers/K2").status_code in (403, 404)


def test_the_page_writes_down_what_was_chosen(as_user) -> None:
    """Tests that the page answers an act with its live part and the undo, and a refusal in words."""
    client = as_user("kitchen")
    page = client.get("/carriers").text
    assert 'name="scanned"' in page and "carriers_not_watched" not in page
    form = {"codes": ["G05", "G06"], "act": "vouch"}
    answer = client.post("/carriers/events", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "G05 G06" in answer.text
    refused = client.post("/carriers/events", data=form, headers={"HX-Request": "true"})
    assert refused.status_code == 409 and "G05" in refused.text
    back = client.post("/carriers/back", data={"codes": ["G05", "G06"]}, headers={"HX-Request": "true"})
    assert back.status_code == 200
    assert client.get("/carriers/G05").status_code == 200
