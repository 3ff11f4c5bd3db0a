"""What people do during the day: taken once, in order, by those whose act it is, or refused with a reason."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, func, select

from api.checks.desk import CheckDesk
from api.checks.watching import list_fridges
from api.day.cook import batch_cooked
from api.day.corrections import Hand, Mended, mend
from api.day.drive import trip_departed
from api.day.hand_over import HandOver, refusals_kept, sign
from api.day.judging import judge_boxes
from api.day.pack_boxes import box_packed
from api.day.plan import plan_service
from api.day.services import find_kitchen
from api.day.views_kitchen import kitchen_view
from api.people import OPERATOR
from api.permissions import Actor
from api.store.audit import AuditRow, load_audit
from kitchen.haccp import Fridge
from kitchen.store.acts import load_cooked
from kitchen.store.production import load_batches, load_production
from orders.errors import BadInput, Conflict, Forbidden, MealError, NotFound
from orders.store.receipts import receipt_of_box
from orders.store.services import load_order_exceptions
from telemetry.readings import ProbeUse
from telemetry.store.probe_uses import put_in
from tests.api.day.acted_day import CORE_C, Acting, instant
from tests.api.day.example_day import ExampleDay

DayAt = Callable[[str], ExampleDay]
NOON_OFF = timedelta(days=2)


@contextmanager
def refused(day: ExampleDay, error: type[MealError], code: str) -> Iterator[Session]:
    """A transaction whose act is refused with this code, and which leaves no row and no audit event."""
    before = audit_count(day)
    with pytest.raises(error) as raised, day.database.begin() as session:
        yield session
    assert raised.value.code == code
    assert audit_count(day) == before


def audit_count(day: ExampleDay) -> int:
    """How many events the audit trail has."""
    with day.database.read() as session:
        return session.exec(select(func.count()).select_from(AuditRow)).one()


def newest_event(day: ExampleDay) -> AuditRow:
    """The newest event of the audit trail."""
    with day.database.read() as session:
        return load_audit(session, limit=1)[0]


def first_batch(acting: Acting) -> tuple[str, datetime]:
    """The batch that is ready first, and when."""
    batch = min(acting.board["batches"], key=lambda one: one["ready_at"])
    return batch["batch_id"], instant(batch["ready_at"])


def first_canteen_box(acting: Acting) -> tuple[dict, datetime]:
    """A canteen's box, and when its stop is left."""
    stop = next(stop for stop in acting.stops.values() if stop["kind"] == "canteen")
    return acting.boxes[stop["box_ids"][0]], instant(stop["leave_at"])


def test_a_batch_comes_off_the_heat_once(day_on: DayAt) -> None:
    """Tests that the act is kept with its audit event, and that a second one is refused."""
    day = day_on("published")
    acting = Acting.of(day)
    batch_id, at = first_batch(acting)
    with day.database.begin() as session:
        batch_cooked(session, batch_id, core_c=88.5, **acting.at(at))
    event = newest_event(day)
    assert (event.act, event.user_id, event.at) == ("batch.cook", "system", at)
    with refused(day, Conflict, "batch_cooked_already") as session:
        batch_cooked(session, batch_id, core_c=91.0, **acting.at(at + timedelta(minutes=1)))
    with day.database.read() as session:
        cooked = load_cooked(session, load_production(session, day.service.key).production_id)
    assert {batch: act.core_c for batch, (_, act) in cooked.items()} == {batch_id: 88.5}


@pytest.mark.parametrize(
    ("core_c", "late", "error", "code"),
    [
        (69.9, timedelta(0), BadInput, "core_not_cooked"),
        (90.0, timedelta(minutes=3), BadInput, "act_in_future"),
        (90.0, -timedelta(hours=37), BadInput, "act_long_ago"),
    ],
)
def test_a_batch_too_cold_or_of_a_wrong_clock_is_refused(day_at, core_c, late, error, code) -> None:
    """Tests the least core, and a phone whose clock is ahead or days behind."""
    day = day_at("published")
    acting = Acting.of(day)
    batch_id, at = first_batch(acting)
    with refused(day, error, code) as session:
        batch_cooked(session, batch_id, core_c=core_c, happened_at=at + late, **acting.at(at))


def test_only_a_batch_of_a_published_production_is_cooked(day_at: DayAt) -> None:
    """Tests that an unknown batch and one of a draft are both not found."""
    day = day_at("published")
    acting = Acting.of(day)
    _, at = first_batch(acting)
    with refused(day, NotFound, "not_found") as session:
        batch_cooked(session, "no-such-batch", core_c=90.0, **acting.at(at))
    draft = plan_service(day.database, day.service, seed=2, **acting.at(at)).version
    with day.database.read() as session:
        production = load_production(session, day.service.key, draft)
        batch = load_batches(session, production.production_id)[0]
    with refused(day, NotFound, "not_found") as session:
        batch_cooked(session, batch.batch_id, core_c=90.0, **acting.at(at))


def test_the_kitchen_of_another_house_may_not_cook(day_at: DayAt) -> None:
    """Tests that a role of another kitchen, and one without the right, are refused."""
    day = day_at("published")
    acting = Acting.of(day)
    batch_id, at = first_batch(acting)
    for stranger in (Actor("u", "n", "kitchen", kitchen_id="K2"), Actor("u", "n", "driver", kitchen_id="K1")):
        with pytest.raises(Forbidden), day.database.begin() as session:
            batch_cooked(session, batch_id, core_c=90.0, **acting.at(at) | {"actor": stranger})


def test_a_box_is_closed_once_in_its_own_carrier(day_on: DayAt) -> None:
    """Tests that the planned carrier is asked for, and that a second closing is refused."""
    day = day_on("cooked")
    acting = Acting.of(day)
    box = acting.board["boxes"][0]
    at = acting.at(instant(box["packed_at"]))
    with refused(day, BadInput, "carrier_not_planned") as session:
        box_packed(session, box["box_id"], core_c=CORE_C, carrier_code="someone else's", **at)
    with day.database.begin() as session:
        acting.pack_one(session, box)
    assert newest_event(day).act == "box.pack"
    with refused(day, Conflict, "box_packed_already") as session:
        acting.pack_one(session, box)


def test_a_box_waits_for_its_batches(day_at: DayAt) -> None:
    """Tests that a box whose food is still on the heat, or came off it after the closing, is refused."""
    day = day_at("published")
    acting = Acting.of(day)
    box = acting.board["boxes"][0]
    with refused(day, Conflict, "batch_not_cooked") as session:
        acting.pack_one(session, box)
    packed_at = instant(box["packed_at"])
    with day.database.begin() as session:
        for batch_id in box["batch_ids"]:
            batch_cooked(session, batch_id, core_c=90.0, **acting.at(packed_at + timedelta(minutes=1)))
    with refused(day, Conflict, "batch_not_cooked") as session:
        acting.pack_one(session, box)


def test_a_probe_sits_in_one_box_at_a_time(day_at: DayAt) -> None:
    """Tests that a box is not closed around a probe that another box still holds."""
    day = day_at("cooked")
    acting = Acting.of(day)
    box = next(box for box in acting.board["boxes"] if box["sensor_id"])
    since_at = instant(box["packed_at"]) - timedelta(hours=1)
    with day.database.begin() as session:
        elsewhere = ProbeUse(
            box["sensor_id"], box["senses"], box["senses"], "elsewhere", since_at, None, 80.0
        )
        put_in(session, elsewhere)
    with refused(day, Conflict, "probe_in_a_box") as session:
        acting.pack_one(session, box)


def test_a_trip_leaves_once_with_every_box_closed(day_on: DayAt) -> None:
    """Tests that an open box holds the van back, and that it leaves once."""
    day = day_on("cooked")
    acting = Acting.of(day)
    trip = acting.board["trips"][0]
    aboard = {box_id for stop in trip["stops"] for box_id in stop["box_ids"]}
    at = acting.at(instant(trip["depart_at"]))
    with day.database.begin() as session:
        for box_id in sorted(aboard)[1:]:
            acting.pack_one(session, acting.boxes[box_id])
    with refused(day, Conflict, "box_not_packed") as session:
        trip_departed(session, trip["trip_id"], **at)
    with day.database.begin() as session:
        acting.pack_one(session, acting.boxes[min(aboard)])
        trip_departed(session, trip["trip_id"], **at)
    assert newest_event(day).act == "trip.drive"
    with refused(day, Conflict, "trip_departed_already") as session:
        trip_departed(session, trip["trip_id"], **at)


def test_a_driver_drives_the_own_van_only(day_at: DayAt) -> None:
    """Tests that another van's driver is refused, and that an unknown trip is not found."""
    day = day_at("packed")
    acting = Acting.of(day)
    trip, other = acting.board["trips"][0], acting.board["trips"][1]
    at = acting.at(instant(trip["depart_at"]))
    driver = Actor("u", "n", "driver", "K1", vehicle_id=other["vehicle_id"])
    with refused(day, Forbidden, "outside_scope") as session:
        trip_departed(session, trip["trip_id"], **at | {"actor": driver})
    with refused(day, NotFound, "not_found") as session:
        trip_departed(session, "no-such-trip", **at)


def test_a_box_is_signed_for_once(day_on: DayAt) -> None:
    """Tests that a short count is kept as an exception, and that a second receipt is refused."""
    day = day_on("departed")
    acting = Acting.of(day)
    box, at = first_canteen_box(acting)
    said = HandOver("accepted", portions=box["portions"] - 1, core_c=75.0)
    with day.database.begin() as session:
        sign(session, box["box_id"], said, **acting.at(at))
    with day.database.read() as session:
        _, receipt = receipt_of_box(session, box["box_id"])
        short = load_order_exceptions(session, day.service)
    assert (receipt.portions, receipt.happened_at, receipt.core_c) == (box["portions"] - 1, at, 75.0)
    assert [(one.reason.code, one.ref, one.portions) for one in short] == [("box_short", box["code"], 1)]
    assert newest_event(day).act == "box.hand_over"
    with refused(day, Conflict, "box_signed_already") as session:
        sign(session, box["box_id"], said, **acting.at(at + timedelta(minutes=1)))


def test_a_box_that_no_departure_let_go_is_not_taken(day_on: DayAt) -> None:
    """Tests that where nobody tells the departure, the dock's gate stands at the door, on record."""
    day = day_on("packed")
    acting = Acting.of(day)
    box, at = first_canteen_box(acting)
    with day.database.begin() as session:
        kitchen = find_kitchen(session, day.service.kitchen_id)
        list_fridges(session, CheckDesk(kitchen, OPERATOR, at, day.ids), [Fridge("F1", "F1")])
    accepted = HandOver("accepted", core_c=78.0)
    by = {"actor": OPERATOR, "now_at": at, "said": accepted}
    with pytest.raises(Conflict) as held:
        refusals_kept(
            day.database, lambda session: sign(session, box["box_id"], accepted, **acting.at(at)), **by
        )
    assert {one.code for one in held.value.reasons} == {"batch_sample_missing"}
    kept = newest_event(day)
    assert (kept.act, kept.subject, kept.detail["core_c"]) == ("box.hand_over/refused", box["code"], 78.0)
    assert {one["code"] for one in kept.detail["reasons"]} == {"batch_sample_missing"}
    with day.database.begin() as session:
        sign(session, box["box_id"], HandOver("refused", reason="no sample"), **acting.at(at))


def test_a_core_put_right_on_the_road_stops_the_box_at_the_door(day_at: DayAt) -> None:
    """Tests that food which turns out not to be cooked is taken by nobody, although it left."""
    day = day_at("departed")
    acting = Acting.of(day)
    box, at = first_canteen_box(acting)
    with refused(day, Conflict, "box_not_let_go") as session:
        mend(session, "cooked", box["batch_ids"][0], Mended(core_c=62.0), Hand(OPERATOR, at, day.ids))
        sign(session, box["box_id"], HandOver("accepted", core_c=78.0), **acting.at(at))


def test_a_box_still_open_is_not_signed_for(day_at: DayAt) -> None:
    """Tests that only a closed box can be handed over."""
    day = day_at("cooked")
    acting = Acting.of(day)
    box, at = first_canteen_box(acting)
    with refused(day, Conflict, "box_not_packed") as session:
        sign(session, box["box_id"], HandOver("accepted"), **acting.at(at))


@pytest.mark.parametrize(
    ("more", "said", "code"),
    [
        (1, HandOver("accepted"), "portions_not_possible"),
        (0, HandOver("refused"), "refusal_without_reason"),
        (0, HandOver("accepted", core_c=150.0), "core_not_possible"),
    ],
)
def test_a_receipt_that_cannot_be_true_is_refused(day_at, more, said, code) -> None:
    """Tests more portions than were packed, a refusal without a reason, and an impossible core."""
    day = day_at("departed")
    acting = Acting.of(day)
    box, at = first_canteen_box(acting)
    with refused(day, BadInput, code) as session:
        sign(session, box["box_id"], replace(said, portions=box["portions"] + more), **acting.at(at))


def test_another_canteen_or_kitchen_does_not_sign(day_at: DayAt) -> None:
    """Tests that a box is signed for by its own site, a home's box by no canteen."""
    day = day_at("departed")
    acting = Acting.of(day)
    box, at = first_canteen_box(acting)
    other = next(site for site in acting.stops if site != box["site_id"])
    strangers = [Actor("u", "n", "canteen", "K1", site_id=other), Actor("u", "n", "driver", "K2")]
    for stranger in strangers:
        with refused(day, Forbidden, "outside_scope") as session:
            sign(session, box["box_id"], HandOver("accepted"), **acting.at(at) | {"actor": stranger})
    home = next(stop for stop in acting.stops.values() if stop["kind"] == "home")
    canteen = Actor("u", "n", "canteen", "K1", site_id=box["site_id"])
    with refused(day, Forbidden, "outside_scope") as session:
        sign(session, home["box_ids"][0], HandOver("accepted"), **acting.at(at) | {"actor": canteen})


def test_a_breached_box_can_only_be_refused(day_at: DayAt) -> None:
    """Tests that a box proven cold is not accepted, and that its portions are then excepted."""
    day = day_at("departed")
    acting = Acting.of(day)
    leaking = next(box for box in acting.board["boxes"] if box["senses"] == "core")
    acting.measure(leaking=leaking["box_id"])
    at = instant(leaking["cooked_at"]) + timedelta(hours=2, minutes=10)
    with refused(day, Conflict, "box_breached") as session:
        sign(session, leaking["box_id"], HandOver("accepted", core_c=45.0), **acting.at(at))
    with day.database.begin() as session:
        said = HandOver("refused", core_c=45.0, reason="cold")
        verdict = sign(session, leaking["box_id"], said, **acting.at(at))
    assert verdict.shown == "breached"
    with day.database.begin() as session:
        judged = judge_boxes(session, [leaking["box_id"]], at + NOON_OFF, day.ids)
        assert judged[leaking["box_id"]].verdict.verdict == "breached"
        excepted = load_order_exceptions(session, day.service)
        (undelivered,) = kitchen_view(session, day.service, at).undelivered
    assert [(one.reason.code, one.ref, one.portions) for one in excepted] == [
        ("box_refused", leaking["code"], leaking["portions"])
    ]
    assert (undelivered.excepted, undelivered.box_id) == (excepted[0], leaking["box_id"])
    assert undelivered.site_name == acting.stops[leaking["site_id"]]["name"]
