"""Who cooks: what the morning found of people reaches the schedule."""

from dataclasses import replace
from datetime import UTC, date, datetime

from api.checks.desk import CheckDesk
from api.checks.records import Entry, write_check
from api.checks.views import checks_view
from api.checks.watch_file import read_watch
from api.checks.watching import list_people
from api.day.cooks import cooks_of
from api.day.plan import losses, plan_service
from api.day.replan import replan
from api.day.services import find_kitchen
from api.people import OPERATOR
from kitchen.replan import Event
from kitchen.store.production import load_batches, load_production, load_slots
from kitchen.store.production_rows import SlotRow
from kitchen.store.staff import load_workers
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay

MORNING_AT = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
WELL = {"temperature_c": "36.5", "no_illness": "yes", "no_wound": "yes", "clean_dress": "yes"}
ILL = WELL | {"temperature_c": "38.6"}


def staffed(day: ExampleDay, **changes: object) -> CheckDesk:
    """The example's people, one of whom the changes are of; the desk of the morning."""
    people, _, _ = read_watch(None, "K1")
    people[3] = replace(people[3], **changes)
    with day.database.begin() as session:
        desk = CheckDesk(find_kitchen(session, "K1"), OPERATOR, MORNING_AT, day.ids)
        list_people(session, desk, people)
    return desk


def cooking(day: ExampleDay) -> tuple[set[str], list[str]]:
    """Codes of those who may cook, and what is said of the others."""
    with day.database.read() as session:
        cooks, notes = cooks_of(session, SERVICE)
        codes = {one.worker_id: one.code for one in load_workers(session, "K1", SERVICE.service_on).values()}
    return {codes[cook.cook_id] for cook in cooks}, [note.code for note in notes]


def test_whoever_fails_the_morning_check_is_planned_nowhere(own_day: ExampleDay) -> None:
    """
    Tests that a cook with a fever is off duty for that day's plan until a correction says otherwise, that
    others take the work, and that nobody loses a portion.
    """
    desk = staffed(own_day)
    everybody, notes = cooking(own_day)
    assert notes == []
    with own_day.database.begin() as session:
        fever = write_check(session, desk, Entry("morning_check", "S4", ILL, "S1"))
    assert not fever.passed
    assert cooking(own_day) == (everybody - {"S4"}, ["worker_off_duty"])

    acting = {"actor": OPERATOR, "now_at": PUBLISHED_AT, "ids": own_day.ids}
    outcome = plan_service(own_day.database, SERVICE, seed=1, **acting)
    assert losses(outcome.day) == []
    assert "worker_off_duty" in [note.code for note in outcome.notes]
    with own_day.database.read() as session:
        codes = {one.worker_id: one.code for one in load_workers(session, "K1", SERVICE.service_on).values()}
    named = {codes[slot.cook_id] for slot in outcome.day.schedule.slots}
    assert named and named <= everybody - {"S4"}

    with own_day.database.begin() as session:
        well = Entry("morning_check", "S4", WELL, "S1", replaces=fever.check_id, reason="read anew")
        write_check(session, desk, well)
    assert cooking(own_day)[0] == everybody


def test_no_certificate_no_cooking(own_day: ExampleDay) -> None:
    """Tests a health certificate that ended the day before, and one that nobody has shown."""
    staffed(own_day, certificate_to_on=date(2026, 11, 22))
    assert "S4" not in cooking(own_day)[0]
    assert cooking(own_day)[1] == ["worker_certificate_over"]
    staffed(own_day, certificate_to_on=None)
    assert cooking(own_day)[1] == ["worker_certificate_missing"]


def stood_at(day: ExampleDay) -> dict[str, str]:
    """Batch to the code of the cook at it, of the published version."""
    with day.database.read() as session:
        production = load_production(session, SERVICE.key)
        codes = {one.worker_id: one.code for one in load_workers(session, "K1", SERVICE.service_on).values()}
        slots = load_slots(session, production.production_id)
    return {slot.batch_id: codes.get(slot.cook_id, "") for slot in slots}


def test_a_cook_sent_home_leaves_batches_that_others_take_and_give_back(as_user, own_day: ExampleDay) -> None:
    """
    Tests that the board and the page of checks name the batches of a cook with a fever and lead to the
    re-plan, that only the cooks change by it, and that the cook has them again once back.
    """
    desk = staffed(own_day)
    with own_day.database.begin() as session:
        workers = load_workers(session, "K1", SERVICE.service_on).values()
        ill = next(one for one in workers if one.code == "S4")
        batches = load_batches(session, load_production(session, SERVICE.key).production_id)
        own = [one for one in batches if one.equipment_kind in ill.skills][:1]
        session.get_one(SlotRow, own[0].batch_id).cook_id = ill.worker_id
        fever = write_check(session, desk, Entry("morning_check", "S4", ILL, "S1"))
        (off,) = [one for one in checks_view(session, desk).off_duty if one.stands]
    assert off.stands[0].batches == (own[0].code,)
    client = as_user("kitchen")
    page = client.get("/kitchen", params={"service": SERVICE.key}).text
    assert f"kind=ill&amp;ref={ill.worker_id}" in page
    board = client.get(f"/api/v1/services/{SERVICE.key}/board").json()
    assert [one["batches"] for one in board["off_duty"]] == [[own[0].code]]

    acting = {"actor": OPERATOR, "now_at": PUBLISHED_AT, "ids": own_day.ids, "seed": 1}
    done = replan(own_day.database, SERVICE, Event("ill", ill.worker_id), **acting)
    assert {one.code for one in done.changes} == {"replan_batch_cook"}
    assert stood_at(own_day)[own[0].batch_id] not in ("", "S4")
    with own_day.database.begin() as session:
        well = Entry("morning_check", "S4", WELL, "S1", replaces=fever.check_id, reason="read anew")
        write_check(session, desk, well)
    replan(own_day.database, SERVICE, Event("back", ill.worker_id), **acting)
    assert stood_at(own_day)[own[0].batch_id] == "S4"
