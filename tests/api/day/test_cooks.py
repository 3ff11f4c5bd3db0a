"""Who cooks: what the morning found of people reaches the schedule."""

from dataclasses import replace
from datetime import UTC, date, datetime

from api.checks.desk import CheckDesk
from api.checks.records import Entry, write_check
from api.checks.watch_file import read_watch
from api.checks.watching import list_people
from api.day.cooks import cooks_of
from api.day.plan import losses, plan_service
from api.day.services import find_kitchen
from api.people import OPERATOR
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
