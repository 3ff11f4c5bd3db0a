"""Samples frozen without anybody's asking: by complaints, held lots and discarded food."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.checks.keeping import SampleTold, change_sample, sample_state, take_sample
from api.checks.paper import inspector_facts, print_inspector
from api.checks.views import checks_view
from api.checks.withholding import end_hold, find_open
from api.day.measure import StepTold, act_on_step, record_step
from api.oversight.complaints import NewComplaint, samples_frozen, take_complaint
from api.people import OPERATOR
from api.stock.holding import destroy_lot, hold_lot, release_lot
from api.stock.picking import issue_service
from api.words import say
from kitchen.store.samples import load_sample_events
from orders.errors import Conflict
from tests.api.checks.room import IDS, SERVICE, furnished, later, publish
from tests.api.reports.readback import pages_text
from tests.api.stock.room import desk as stock_desk
from tests.api.stock.room import pork

COOK = StepTold("cook", "B01", 85.0, "HP-01", "S1")
SAMPLE = SampleTold("B01", 130, "F1", "上层", "S1")
DINNER = replace(SERVICE, meal="dinner")
ILL = NewComplaint(
    "food_poisoning", "呕吐", "12345", "BJ-7", site_id="C01", eaten_on=SERVICE.service_on, meal="lunch"
)


@pytest.fixture
def floor(database):
    """Lunch and dinner of one stew, each with its sample, and an open transaction."""
    with database.begin() as session:
        at, stock = furnished(session), replace(stock_desk(), ids=IDS)
        pork(session, stock, kg=80)
        publish(session, service=DINNER, number=2)
        found = []
        for service in (SERVICE, DINNER):
            issue_service(session, stock, service)
            record_step(session, at, service, COOK)
            found.append(take_sample(session, at, service, SAMPLE))
        yield session, *found


def told(session, new, **lapse):
    at = later(**lapse)
    return take_complaint(session, new, actor=at.actor, now_at=at.now_at, ids=IDS)


def states(session, at, *samples):
    return [sample_state(session, one, at.now_at) for one in samples]


def test_illness_freezes_the_samples_of_its_meal(floor):
    """
    Tests that a complaint of illness freezes its meal's samples and no other's, once, for good.
    """
    session, lunch, dinner = floor
    first, again = told(session, ILL, hours=6), told(session, ILL, hours=7)
    assert first.code == again.code
    assert states(session, later(hours=72), lunch, dinner) == ["frozen", "due"]
    assert len(load_sample_events(session, [lunch.sample_id])[lunch.sample_id]) == 1
    assert samples_frozen(session, [first]) == {first.code: [f"{SERVICE.key} S01"]}
    with pytest.raises(Conflict, match="sample_frozen"):
        change_sample(session, later(hours=72), lunch.sample_id, "destroyed", "", "S2")


def test_without_a_meal_everything_that_is_still_there_is_frozen(floor):
    """
    Tests that food safety without a day freezes every sample, and that a salty dish freezes none.
    """
    session, lunch, dinner = floor
    told(session, NewComplaint("food", "菜太咸", "phone", site_id="C01"), hours=5)
    assert states(session, later(hours=5), lunch, dinner) == ["kept", "kept"]
    told(session, NewComplaint("food_safety", "菜里有异物", "phone"), hours=6)
    assert states(session, later(hours=6), lunch, dinner) == ["frozen", "frozen"]


def test_only_a_named_person_with_a_reason_sets_it_free(floor):
    """
    Tests that a release names person and reason, frees once, and that what is free cannot be freed again.
    """
    session, lunch, _ = floor
    with pytest.raises(Conflict, match="sample_not_frozen"):
        change_sample(session, later(hours=1), lunch.sample_id, "released", "why not", "S2")
    told(session, ILL, hours=6)
    free = change_sample(session, later(hours=50), lunch.sample_id, "released", "laboratory: clean", "S2")
    assert (free.person, states(session, later(hours=50), lunch)) == ("乙", ["due"])


def test_a_sample_written_down_later_is_frozen_with_its_meal(floor):
    """
    Tests that correcting a frozen sample does not set it free.
    """
    session, lunch, _ = floor
    told(session, ILL, hours=6)
    weighed = take_sample(session, later(hours=7), SERVICE, replace(SAMPLE, g=150, reason="weighed again"))
    assert weighed.sample_id != lunch.sample_id
    assert states(session, later(hours=72), weighed) == ["frozen"]


def test_a_held_lot_freezes_until_a_person_frees_the_sample(floor):
    """
    Tests that releasing the lot alone frees no sample, and that none is freed while its lot is held.
    """
    session, lunch, dinner = floor
    stock = replace(stock_desk(), ids=IDS)
    hold_lot(session, stock, "L0001", "recall")
    assert states(session, later(hours=1), lunch, dinner) == ["frozen", "frozen"]
    with pytest.raises(Conflict, match="sample_lot_held"):
        change_sample(session, later(hours=1), lunch.sample_id, "released", "clean", "S2")
    release_lot(session, stock, "L0001", "laboratory: clean", "甲")
    assert states(session, later(hours=72), lunch) == ["frozen"]
    change_sample(session, later(hours=72), lunch.sample_id, "released", "laboratory: clean", "S2")
    assert states(session, later(hours=72), lunch, dinner) == ["due", "frozen"]


def test_a_destroyed_lot_freezes_until_a_person_frees_the_sample(floor):
    """
    Tests that destroying the rest of a lot keeps its samples, and only until a person decides.
    """
    session, lunch, dinner = floor
    stock = replace(stock_desk(), ids=IDS)
    hold_lot(session, stock, "L0001", "recall")
    destroy_lot(session, stock, "L0001", "laboratory: listeria", "甲")
    assert states(session, later(hours=72), lunch, dinner) == ["frozen", "frozen"]
    food = find_open(session, SERVICE, "B01").withheld_id
    end_hold(session, later(hours=6), food, "discarded", "laboratory: listeria", "S2")
    change_sample(session, later(hours=72), lunch.sample_id, "released", "laboratory has its own", "S2")
    change_sample(session, later(hours=73), lunch.sample_id, "destroyed", "", "S2")
    assert states(session, later(hours=73), lunch, dinner) == ["destroyed", "frozen"]


def test_a_sample_of_a_lot_that_was_destroyed_before_it_is_frozen(database):
    """
    Tests that a sample written down after the lot's end is kept with the others.
    """
    with database.begin() as session:
        at, stock = furnished(session), replace(stock_desk(), ids=IDS)
        pork(session, stock, kg=80)
        issue_service(session, stock, SERVICE)
        record_step(session, at, SERVICE, COOK)
        destroy_lot(session, stock, "L0001", "laboratory: listeria", "甲")
        assert states(session, later(hours=72), take_sample(session, at, SERVICE, SAMPLE)) == ["frozen"]


def test_discarding_a_box_freezes_the_samples_of_what_is_in_it(floor):
    """
    Tests that food given up on the floor keeps its sample for whoever asks why.
    """
    session, lunch, dinner = floor
    cold = record_step(session, later(minutes=30), SERVICE, StepTold("pack_hot", "X01", 40.0, "HP-01", "S1"))
    act_on_step(session, later(minutes=31), SERVICE, cold.step_id, "discard", "S1", "摔落")
    assert states(session, later(hours=1), lunch, dinner) == ["frozen", "kept"]


@pytest.mark.parametrize(
    ("language", "words"), [("zh_CN", "因投诉{}自动冻结"), ("en", "Frozenbycomplaint{}")]
)
def test_page_and_inspector_file_say_why(floor, language, words):
    """
    Tests that both name the sample and the complaint, also after its dates have left the record.
    """
    session, lunch, _ = floor
    kept = told(session, ILL, hours=6)
    view = checks_view(session, later(hours=8))
    (why,) = [one.why for one in view.samples if one.sample.sample_id == lunch.sample_id]
    assert "".join(say(why[0][1], language).split()) == words.format(kept.code)
    at = replace(later(days=40), actor=OPERATOR)
    assert [one.code for one in inspector_facts(session, at, language).frozen] == [lunch.code]
    said = "".join("".join(pages_text(print_inspector(session, at, language).pdf)).split())
    assert words.format(kept.code) in said
    assert timedelta(days=30) < at.now_at - lunch.taken_at
