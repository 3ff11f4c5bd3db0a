"""Productions survive the database, and the database refuses what must not be."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import delete, select

from kitchen.acts import Cooked, Packed
from kitchen.batches import ExtraParams, plan_batches
from kitchen.box_clock import PackParams
from kitchen.demand import Portion
from kitchen.equipment import Slot
from kitchen.packer import PackTask
from kitchen.packing import pack
from kitchen.store.acts import load_cooked, load_packed, save_cooked, save_packed
from kitchen.store.equipment import load_carriers, load_equipment, save_carriers, save_equipment
from kitchen.store.production import (
    Production,
    latest_production_version,
    load_batches,
    load_boxes,
    load_exceptions,
    load_production,
    load_slots,
    publish_production,
    save_production,
)
from kitchen.store.production_rows import BatchEventRow, BoxLineRow
from orders.codes import Coded, Excepted
from orders.service import Service
from orders.sites import Kitchen, Place
from orders.store.sites import save_kitchen, save_sites
from tests.kitchen.builders import carrier, dish, gb, ids, pans, portions, site

NOW_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SERVICE = Service("K1", date(2026, 11, 23), "lunch")
KITCHEN = Kitchen("K1", "K", "collective_meal_delivery", "JY", Place(24.3, 109.4), "Asia/Shanghai", "", "")
EXCEPTED = [("batches", Excepted(Coded("dish_unknown", {"dish": "D9"}), "D9", 2))]


@pytest.fixture
def session(database):
    """A transaction with a kitchen and its canteen."""
    with database.begin() as session:
        save_kitchen(session, KITCHEN, {}, NOW_AT)
        save_sites(session, "K1", "lunch", [site()])
        yield session


def planned():
    """Twelve portions, two of them special, in two batches and three boxes."""
    asked = [
        *portions(10),
        *(Portion(f"LS{i}", "OS", "PS", "C01", f"D{i}", special=True) for i in (1, 2)),
    ]
    dishes = {name: dish(name) for name in ("D1", "D2")}
    batches = plan_batches(asked, dishes, pans(1), ExtraParams(125, 0.1), ids("b")).batches
    slots = [
        Slot(item.batch_id, "E1", 30_000 + 3_000 * i, 32_400 + 3_000 * i) for i, item in enumerate(batches)
    ]
    carriers = [carrier("G1"), carrier("S1", "special")]
    task = PackTask(SERVICE, asked, batches, slots, carriers, {"C01": site()}, dishes, gb())
    return batches, slots, pack(task, PackParams(720, 480, 82.0, 18.0), ids("x")).boxes


def keep(session, production_id="p1", version=1):
    """Keeps the planned production under this version."""
    batches, slots, boxes = planned()
    named = {item.batch_id: f"{production_id}-{item.batch_id}" for item in batches}
    production = Production(production_id, SERVICE.key, version, "d1", {"gb": 1}, NOW_AT, "u1")
    batches = [replace(item, batch_id=named[item.batch_id]) for item in batches]
    slots = [replace(item, batch_id=named[item.batch_id]) for item in slots]
    boxes = [
        replace(
            item, box_id=f"{production_id}-{item.box_id}", batch_ids=tuple(named[b] for b in item.batch_ids)
        )
        for item in boxes
    ]
    save_production(session, production, batches=batches, slots=slots, boxes=boxes, exceptions=EXCEPTED)
    return production, batches, slots, boxes


def test_a_production_comes_back_as_it_went(session):
    """
    Tests batches, slots, boxes, exceptions and counts through both databases.
    """
    production, batches, slots, boxes = keep(session)
    assert load_production(session, SERVICE.key) is None
    assert load_production(session, SERVICE.key, 1) == production
    assert load_batches(session, "p1") == batches
    assert load_slots(session, "p1") == slots
    assert load_boxes(session, "p1") == boxes
    assert load_exceptions(session, "p1") == EXCEPTED


def test_publishing_supersedes_the_version_before(session):
    """
    Tests that one version is published at a time.
    """
    keep(session)
    keep(session, "p2", 2)
    publish_production(session, "p1")
    publish_production(session, "p2")
    assert latest_production_version(session, SERVICE.key) == 2
    published, first = load_production(session, SERVICE.key), load_production(session, SERVICE.key, 1)
    assert published and (published.version, published.status) == (2, "published")
    assert first and first.status == "superseded"


def test_a_lost_row_shows_in_the_counts(session):
    """
    Tests that boxes are counted from their own rows: without a line's row the portion is gone.
    """
    boxes = keep(session)[3]
    session.exec(delete(BoxLineRow).where(BoxLineRow.line_id == "LS1"))
    assert sum(box.portions for box in load_boxes(session, "p1")) == sum(box.portions for box in boxes) - 1


def test_a_line_stands_once_in_a_production(session):
    """
    Tests that the database refuses a portion in two boxes.
    """
    boxes = keep(session)[3]
    row = session.exec(select(BoxLineRow).where(BoxLineRow.box_id == boxes[0].box_id)).first()
    doubled = row.model_dump() | {"box_id": boxes[1].box_id}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(BoxLineRow(**doubled))
        session.flush()


def test_a_version_stands_once_a_service(session):
    """
    Tests that a lost race for a version is refused.
    """
    keep(session)
    with pytest.raises(IntegrityError), session.begin_nested():
        keep(session, "p3", 1)


def test_what_people_reported_is_evidence(session):
    """
    Tests that a correction names the first report, one without it is refused, none is changed.
    """
    _, batches, _, boxes = keep(session)
    cooked = Cooked(batches[0].batch_id, 76.0, "cook", NOW_AT, NOW_AT)
    packed = Packed(boxes[0].box_id, boxes[0].carrier_id, 81.5, "packer", NOW_AT, NOW_AT)
    save_cooked(session, "e1", cooked)
    save_cooked(session, "e2", replace(cooked, core_c=86.0), replaces="e1")
    save_packed(session, "e3", packed)
    save_packed(session, "e4", replace(packed, carrier_id="G9"), replaces="e3")
    assert load_cooked(session, "p1") == {cooked.batch_id: ("e2", replace(cooked, core_c=86.0))}
    assert load_packed(session, "p1") == {packed.box_id: ("e4", replace(packed, carrier_id="G9"))}
    with pytest.raises(IntegrityError), session.begin_nested():
        save_cooked(session, "e5", cooked)
    with pytest.raises(DatabaseError, match="evidence"), session.begin_nested():
        session.exec(delete(BatchEventRow))


def test_equipment_and_carriers_come_back_in_their_order(session):
    """
    Tests that the order of choice and the cooling model are kept, and a sensor sits in one carrier.
    """
    pieces, carriers = pans(3, changeover_s=300), [carrier("G2"), carrier("G1"), carrier("S1", "special")]
    save_equipment(session, "K1", pieces)
    save_carriers(session, "K1", carriers)
    assert load_equipment(session, "K1") == pieces
    assert load_carriers(session, "K1") == carriers
    with pytest.raises(IntegrityError), session.begin_nested():
        save_carriers(session, "K1", [carrier("G3", sensor_id="BOX-G1")])
