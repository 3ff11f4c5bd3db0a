"""Plans and drivers' reports survive the database, and the database refuses what must not be."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import Session

from kitchen.store.production_rows import BoxRow, ProductionRow
from orders.codes import Coded
from orders.service import Service
from orders.sites import Kitchen, Place
from orders.store.sites import save_kitchen, save_sites
from routing.plan import Plan, Unserved
from routing.store.plans import (
    PlanHead,
    load_plan,
    publish_plan,
    save_plan,
    save_trip_event,
    trip_events,
    trip_ids,
)
from tests.kitchen.builders import ids, site
from tests.routing.by_hand import four_stops_plan

NOW_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SERVICE = Service("K1", date(2026, 11, 23), "lunch")
KITCHEN = Kitchen("K1", "K", "collective_meal_delivery", "JY", Place(24.3, 109.4), "Asia/Shanghai", "", "")
LEFT = Coded("no_vehicle_free", {"stop": "E", "boxes": 2})


@pytest.fixture
def session(database):
    """A transaction with a kitchen, its production and six boxes."""
    with database.begin() as session:
        save_kitchen(session, KITCHEN, {}, NOW_AT)
        save_sites(session, "K1", "lunch", [site()])
        session.add(
            ProductionRow(
                production_id="p1",
                service_key=SERVICE.key,
                version=1,
                status="draft",
                input_digest="d",
                revisions={},
                created_at=NOW_AT,
                created_by="u1",
            )
        )
        session.flush()
        session.add_all(box_row(name) for name in "abcdef")
        session.flush()
        yield session


def box_row(name: str) -> BoxRow:
    clock = {"cooked_s": 30_000, "packed_s": 31_000, "release_s": 31_500}
    return BoxRow(
        box_id=name,
        production_id="p1",
        code=f"X-{name}",
        carrier_id=f"G-{name}",
        kind="bulk",
        site_id="C01",
        stop_id="C01",
        hold_class="hot",
        **clock,
        deliver_by_s=40_000,
        eat_by_s=44_000,
        gross_g=9_000,
        units=3,
        second_leg=False,
    )


def plan_with_unserved() -> Plan:
    return replace(four_stops_plan(), unserved=(Unserved("E", ("f", "e"), LEFT),))


def keep(session: Session, plan_id: str = "r1", version: int = 1) -> PlanHead:
    head = PlanHead(plan_id, SERVICE.key, version, "d", "p1", NOW_AT, "u1")
    save_plan(session, head, plan_with_unserved(), iter(ids(f"{plan_id}-t")).__next__)
    return head


def test_a_plan_comes_back_as_it_went(session):
    """Tests trips, visits, boxes and unserved boxes with their reason, in their order."""
    head = keep(session)
    assert load_plan(session, SERVICE.key) is None
    assert load_plan(session, SERVICE.key, 1) == (head, plan_with_unserved())
    assert trip_ids(session, "r1") == {"T1": "r1-t1", "T2": "r1-t2"}


def test_publishing_supersedes_the_version_before(session):
    """Tests that one version is published at a time, and the older one is kept."""
    keep(session)
    keep(session, "r2", 2)
    publish_plan(session, "r1")
    publish_plan(session, "r2")
    published, first = load_plan(session, SERVICE.key), load_plan(session, SERVICE.key, 1)
    assert published and (published[0].version, published[0].status) == (2, "published")
    assert first and first[0].status == "superseded"


def test_a_version_stands_once_a_service(session):
    """Tests that a lost race for a version is refused."""
    keep(session)
    with pytest.raises(IntegrityError), session.begin_nested():
        keep(session, "r3", 1)


def test_two_published_plans_are_refused(session):
    """Tests that the database itself keeps one published plan a service."""
    keep(session)
    keep(session, "r2", 2)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE routing_plans SET status = 'published'"))


def test_a_box_stands_once_in_a_plan(session):
    """Tests that the database refuses a box in two visits."""
    twice = replace(plan_with_unserved(), unserved=(Unserved("A", ("a",), LEFT),))
    head = PlanHead("r9", SERVICE.key, 9, "d", "p1", NOW_AT, "u1")
    with pytest.raises(IntegrityError), session.begin_nested():
        save_plan(session, head, twice, iter(ids("x")).__next__)


def report(session: Session, event_id: str, act: str, minutes: int, replaces: str | None = None) -> None:
    happened_at = NOW_AT + timedelta(minutes=minutes)
    times = {"happened_at": happened_at, "recorded_at": NOW_AT + timedelta(hours=1, minutes=minutes)}
    save_trip_event(session, event_id, "r1-t1", act, actor="u5", replaces=replaces, **times)


def test_a_drivers_correction_replaces_his_report(session):
    """Tests that both reports are kept and the later one counts."""
    keep(session)
    report(session, "e1", "departed", 5)
    report(session, "e2", "returned", 50)
    report(session, "e3", "departed", 7, replaces="e1")
    assert trip_events(session, "r1") == {
        "r1-t1": {
            "departed": NOW_AT + timedelta(minutes=7),
            "returned": NOW_AT + timedelta(minutes=50),
        }
    }
    assert session.execute(text("SELECT count(*) FROM routing_trip_events")).scalar_one() == 3


def test_a_trip_departs_once(session):
    """Tests that a report sent twice, and a second correction of the same report, are refused."""
    keep(session)
    report(session, "e1", "departed", 5)
    with pytest.raises(IntegrityError), session.begin_nested():
        report(session, "e2", "departed", 6)
    report(session, "e3", "departed", 7, replaces="e1")
    with pytest.raises(IntegrityError), session.begin_nested():
        report(session, "e4", "departed", 8, replaces="e1")


@pytest.mark.parametrize(
    "statement", ["UPDATE routing_trip_events SET actor = 'x'", "DELETE FROM routing_trip_events"]
)
def test_reports_are_evidence(session, statement):
    """Tests that a driver's report can be neither changed nor deleted."""
    keep(session)
    report(session, "e1", "departed", 5)
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(text(statement))
