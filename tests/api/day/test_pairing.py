"""Which sensor sat in which box: scanned at packing, corrected from a minute on, both holds judged anew."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from api.day.corrections import Hand, Mended, mend, take_back, use_carrier
from api.day.holds import packings
from api.day.pack_boxes import box_packed, spare_carriers
from api.day.pairing import SatIn, probe_sat_in, sensor_file
from api.day.probes_in import PREFIX
from api.people import OPERATOR
from api.store.audit import load_audit
from api.store.config import save_config
from orders.errors import BadInput, Conflict, Forbidden, MealError
from telemetry.readings import ProbeUse, Reading
from telemetry.store.devices import add_device
from telemetry.store.probe_uses import open_uses, put_in, uses_of_boxes, uses_of_probe
from telemetry.store.readings import keep
from telemetry.store.verdicts import latest_verdicts, verdicts_of_box
from tests.api.day.acted_day import CORE_C, Acting, instant
from tests.api.day.example_day import ExampleDay

DayAt = Callable[[str], ExampleDay]
Box = Mapping[str, Any]


@pytest.fixture
def cooked(day_at: DayAt) -> Iterator[tuple[Session, Acting]]:
    """A day whose batches are off the heat, in a transaction that is taken back."""
    day = day_at("cooked")
    with Session(day.database.engine) as session:
        yield session, Acting.of(day)
        session.rollback()


@pytest.fixture
def served(day_at: DayAt) -> Iterator[tuple[Session, Acting]]:
    """The same after everybody has eaten."""
    day = day_at("served")
    with Session(day.database.engine) as session:
        yield session, Acting.of(day)
        session.rollback()


def with_sensor(acting: Acting) -> list[Box]:
    """Boxes whose carrier has a sensor, the first packed first."""
    return sorted(
        (one for one in acting.board["boxes"] if one["sensor_id"]), key=lambda one: one["packed_at"]
    )


def hand(acting: Acting, at: datetime, who: Any = OPERATOR) -> Hand:
    """Somebody at an instant."""
    return Hand(who, at, acting.day.ids)


def pack(session: Session, acting: Acting, box: Box, *sensors: str) -> None:
    """A box is closed as planned, with loose sensors scanned into it."""
    told = acting.at(instant(box["packed_at"]))
    told |= {"core_c": CORE_C, "carrier_code": box["carrier_code"]}
    with session.begin_nested():
        box_packed(session, box["box_id"], sensors=sensors, **told)


def own(box: Box) -> str:
    """The sensor of a box's carrier."""
    return f"{box['sensor_id']}/{box['senses']}"


def names(session: Session, box: Box) -> list[str]:
    """The sensors of a box."""
    uses = uses_of_boxes(session, [box["box_id"]])[box["box_id"]]
    return sorted(f"{one.device_id}/{one.probe}" for one in uses)


def refused(act: Callable[[], object], error: type[MealError], code: str) -> MealError:
    """The refusal of an act, which must have this code."""
    with pytest.raises(error) as raised:
        act()
    assert raised.value.code == code
    return raised.value


def test_a_loose_sensor_is_scanned_into_a_box(cooked) -> None:
    """Tests that it lies beside the carrier's own, and senses what it was let in as."""
    session, acting = cooked
    box = with_sensor(acting)[0]
    at = instant(box["packed_at"])
    add_device(session, "LOOSE-1", family="holdchain", probes={"tip": "core"}, now_at=at)
    pack(session, acting, box, f"{PREFIX}loose-1 ")
    assert names(session, box) == sorted([own(box), "LOOSE-1/tip"])
    loose = next(one for one in sensor_file(session, box["box_id"]).uses if one.device_id == "LOOSE-1")
    assert (loose.senses, loose.from_at, loose.core_c) == ("core", at, CORE_C)
    assert load_audit(session, box["code"])[0].detail["sensors"] == [own(box), "LOOSE-1/tip"]


def test_a_sensor_that_only_told_readings_can_be_scanned(cooked) -> None:
    """Tests a bridge's device that nobody let in; of one with several probes the probe must be named."""
    session, acting = cooked
    first, second = with_sensor(acting)[:2]
    at = instant(first["packed_at"]) - timedelta(hours=1)
    told = [
        Reading("tasmota-1", probe, None, "temperature", 20.0, at, at) for probe in ("0301A279", "0301A280")
    ]
    keep(session, told)
    refusal = refused(lambda: pack(session, acting, first, "tasmota-1"), BadInput, "sensor_which_probe")
    assert refusal.params["probes"] == "tasmota-1/0301A279, tasmota-1/0301A280"
    refused(lambda: pack(session, acting, first, "nobody"), BadInput, "sensor_unknown")
    pack(session, acting, first, "tasmota-1/0301a280")
    assert names(session, first) == sorted([own(first), "tasmota-1/0301A280"])
    (use,) = [one for one in open_uses(session) if one.device_id == "tasmota-1"]
    assert use.senses == "air"
    refusal = refused(lambda: pack(session, acting, second, "tasmota-1/0301A280"), Conflict, "probe_in_a_box")
    assert refusal.params["box"] == f"{first['code']} ({acting.day.service.service_on})"


def test_what_was_scanned_stays_in_the_box_when_its_packing_is_corrected(cooked) -> None:
    """Tests another minute, another carrier, and that a packing taken back frees every sensor."""
    session, acting = cooked
    box = with_sensor(acting)[0]
    at = instant(box["packed_at"])
    add_device(session, "LOOSE-1", family="holdchain", probes={"tip": "core"}, now_at=at)
    pack(session, acting, box, "LOOSE-1")
    later = hand(acting, at + timedelta(minutes=30))
    mend(session, "packed", box["box_id"], Mended(happened_at=at + timedelta(minutes=2)), later)
    uses = sensor_file(session, box["box_id"]).uses
    assert {one.from_at for one in uses} == {at + timedelta(minutes=2)} and len(uses) == 2
    found = spare_carriers(session, packings(session, [box["box_id"]])[box["box_id"]])
    use_carrier(session, box["box_id"], found[0].code, later)
    assert "LOOSE-1/tip" in names(session, box) and own(box) not in names(session, box)
    take_back(session, "packed", box["box_id"], later, "slip")
    file = sensor_file(session, box["box_id"])
    assert file.uses == () and {one.by.reason for one in file.corrected} == {
        "packing_mended",
        "packing_withdrawn",
    }


def test_a_wrong_pairing_is_corrected_and_both_holds_judged_anew(served) -> None:
    """Tests two closed holds: each final verdict gets a newer one that says why, and both records stay."""
    session, acting = served
    wrong, right = with_sensor(acting)[:2]
    ids = [wrong["box_id"], right["box_id"]]
    now_at = instant(max(one["packed_at"] for one in acting.board["boxes"])) + timedelta(hours=8)
    before, counts = latest_verdicts(session, ids), {one: len(verdicts_of_box(session, one)) for one in ids}
    (noted,) = sensor_file(session, wrong["box_id"]).uses
    since_at = instant(wrong["packed_at"]) + timedelta(minutes=30)
    told = SatIn(own(wrong), since_at, right["box_id"])
    pairing = probe_sat_in(session, wrong["box_id"], told, hand(acting, now_at))
    assert pairing.gone == (noted,) and set(pairing.box_ids) == set(ids)
    assert sensor_file(session, wrong["box_id"]).uses == (replace(noted, to_at=since_at),)
    moved = [one for one in sensor_file(session, right["box_id"]).uses if one.device_id == noted.device_id]
    assert [one.from_at for one in moved] == [max(since_at, instant(right["packed_at"]))]
    (gone,) = [one for one in sensor_file(session, wrong["box_id"]).corrected if not one.stands]
    assert (gone.use, gone.by.actor, gone.by.at) == (noted, OPERATOR.user_id, now_at)
    after = latest_verdicts(session, ids)
    assert before[ids[0]].readings > after[ids[0]].readings == 29
    assert before[ids[1]].readings < after[ids[1]].readings
    for box_id in ids:
        assert before[box_id].final and after[box_id].final
        assert len(verdicts_of_box(session, box_id)) == counts[box_id] + 1
        (why,) = after[box_id].because
        assert (why.code, why.params["sensor"]) == ("verdict_after_sensor_moved", own(wrong))
    event = load_audit(session, own(wrong))[0]
    assert (event.act, event.user_id) == ("box.pack/correct", OPERATOR.user_id)
    assert event.detail["before"][0]["box"].startswith(wrong["code"])
    refused(
        lambda: probe_sat_in(session, wrong["box_id"], told, hand(acting, now_at)), Conflict, "probe_noted_so"
    )


def test_what_cannot_have_been_is_refused(served) -> None:
    """Tests a box that was over by then, an open one, a sensor in a third box, and a stranger's hand."""
    session, acting = served
    wrong, right, third = with_sensor(acting)[:3]
    now_at = instant(max(one["packed_at"] for one in acting.board["boxes"])) + timedelta(hours=8)

    def say(told: SatIn, who: Any = OPERATOR) -> Callable[[], object]:
        return lambda: probe_sat_in(session, wrong["box_id"], told, hand(acting, now_at, who))

    refused(say(SatIn(own(wrong), now_at, right["box_id"])), Conflict, "pairing_after_end")
    driver = replace(OPERATOR, role="driver")
    refused(say(SatIn(own(wrong), now_at), driver), Forbidden, "role_may_not")
    at = instant(wrong["packed_at"])
    probe_sat_in(session, wrong["box_id"], SatIn(own(third), at, wrong["box_id"]), hand(acting, now_at))
    assert own(third) in names(session, wrong)
    file = sensor_file(session, third["box_id"]).uses
    assert all(one.from_at > at for one in file)


def test_no_correction_takes_a_probe_out_of_another_kitchen_s_asset(served) -> None:
    """Tests a probe that sat in a cold room of K2 by then: a cook of K1 may not say otherwise."""
    session, acting = served
    box, at = with_sensor(acting)[0], instant(with_sensor(acting)[0]["packed_at"])
    rows = {"asset": [{"asset_id": "asset/k2", "code": "CR-1"}]}
    save_config(session, "assets", "K2", rows, author="u", made_at=at)
    add_device(session, "LOOSE-1", family="holdchain", probes={"tip": "air"}, now_at=at)
    put_in(session, ProbeUse("LOOSE-1", "tip", "air", "asset/k2", at, at + timedelta(hours=1)))
    told, cook = SatIn("LOOSE-1", at, box["box_id"]), replace(OPERATOR, role="kitchen", kitchen_id="K1")
    by = hand(acting, at + timedelta(hours=8), cook)
    refused(lambda: probe_sat_in(session, box["box_id"], told, by), Forbidden, "outside_scope")
    (use,) = uses_of_probe(session, "LOOSE-1", "tip")
    assert use.box_id == "asset/k2"


def test_programs_scan_and_correct_sensors(own_day: ExampleDay, house, as_user) -> None:
    """Tests the endpoints: a loose sensor packed, moved out of the box, and both records told."""
    acting = Acting.of(own_day)
    acting.cook()
    first = with_sensor(acting)[0]
    at = instant(first["packed_at"])
    with house.database.begin() as session:
        add_device(session, "LOOSE-1", family="holdchain", probes={"tip": "core"}, now_at=at)
    house.clock.advance_to(at)
    client, path = as_user("kitchen"), f"/api/v1/boxes/{first['box_id']}"
    told = {"core_c": CORE_C, "carrier_code": first["carrier_code"], "sensors": ["LOOSE-1"]}
    assert client.post(f"{path}/packed", json=told).status_code == 204
    wrong = {"sensor": "LOOSE-1/tip", "from_at": at.isoformat()}
    assert client.post(f"{path}/sensors", json=wrong).json() == {"box_ids": [first["box_id"]]}
    file = client.get(f"{path}/sensors").json()
    assert [one["device_id"] for one in file["uses"]] == [first["sensor_id"]]
    (gone,) = file["corrected"]
    assert (gone["use"]["device_id"], gone["stands"], gone["by"]["reason"]) == ("LOOSE-1", False, "moved")
    assert client.post(f"{path}/sensors", json=wrong).status_code == 409
