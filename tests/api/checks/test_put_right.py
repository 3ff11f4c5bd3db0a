"""Measurements put right: the newest decides, both records stay, and a discard ends only by its own act."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.checks.floor import read_floor
from api.checks.gates import box_reasons, holding_back
from api.checks.keeping import SampleTold, sample_state, take_sample
from api.checks.step_lines import step_lines
from api.day.corrections import Hand, Mended, give_to, mend, take_back
from api.day.lift import lift_discard
from api.day.measure import StepTold, act_on_step, record_step
from api.day.take_off import CoreTold, take_off
from api.day.views_stove import stove_view
from api.oversight.complaints import NewComplaint, take_complaint, take_step
from api.people import OPERATOR
from kitchen.acts import Packed
from kitchen.batches import ExtraParams, plan_batches
from kitchen.store.acts import load_cooked, load_history, save_packed
from kitchen.store.production import Production, publish_production, save_production
from kitchen.store.steps import load_reheats
from orders.errors import BadInput, Conflict, NotFound
from tests.api.checks.room import COOKED_AT, IDS, SERVICE, STEW, furnished, later, publish
from tests.kitchen.builders import ids, pans, portions

COOK = StepTold("cook", "B01", 85.0, "HP-01", "S1")
PACK = StepTold("pack_hot", "X01", 75.0, "HP-01", "S1")
SAMPLE = SampleTold("B01", 130, "F1", "上层", "S1")
CHILL = replace(STEW, supply="cook_chill", service_mode="both")


@pytest.fixture
def floor(database):
    """The small floor, and an open transaction."""
    with database.begin() as session:
        yield session, furnished(session)


@pytest.fixture
def chilled(database):
    """The same with a stew that is cooled, off the heat."""
    with database.begin() as session:
        at = furnished(session, CHILL)
        record_step(session, at, SERVICE, COOK)
        yield session


def batch_id(session):
    return read_floor(session, SERVICE).batches[0].batch_id


def reasons(session, before="pack"):
    batch = read_floor(session, SERVICE).batches[0]
    return [one.code for one in holding_back(session, SERVICE, batch, before)]


def point(session, code="cook"):
    points = read_floor(session, SERVICE).of_batch[batch_id(session)]
    return next(one for one in points if one.point.code == code)


def hand(**lapse):
    at = later(**lapse)
    return Hand(at.actor, at.now_at, at.ids)


def marks(session):
    floor = read_floor(session, SERVICE)
    return [(one.value_c, one.mark) for one in step_lines(floor, {}) if one.at is not None]


def move_back(session, **lapse):
    """Moves the minute off the heat back: refused without a name or a reason, kept with both on paper."""
    for less, code in (({"reason": "misread"}, "person"), ({"person": "S2"}, "reason")):
        with pytest.raises(BadInput, match=f"check_{code}_missing"), session.begin_nested():
            mend(session, "cooked", batch_id(session), Mended(COOKED_AT, **less), hand(**lapse))
    told = Mended(COOKED_AT, person="S2", reason="misread")
    mend(session, "cooked", batch_id(session), told, hand(**lapse))
    lines = [one for one in step_lines(read_floor(session, SERVICE), {}) if one.at == COOKED_AT]
    assert (lines[-1].person, lines[-1].reason) == ("乙", "misread")


def test_a_cold_core_that_was_typed_wrong_is_put_right(floor):
    """
    Tests that 66 typed for 86 starts the clock at its minute on a named word, and both stay on paper.
    """
    session, at = floor
    cold = record_step(session, at, SERVICE, replace(COOK, value_c=66.0))
    right = StepTold("cook", "B01", 86.0, person="S2", replaces=cold.step_id, reason="66 for 86")
    for less, code in ((replace(right, person=""), "person"), (replace(right, reason=" "), "reason")):
        with pytest.raises(BadInput, match=f"check_{code}_missing"):
            record_step(session, later(minutes=9), SERVICE, less)
    kept = record_step(session, later(minutes=9), SERVICE, right)
    assert (kept.probe, kept.person, kept.passed) == ("HP-01", "乙", True)
    ((_, act),) = load_cooked(session, "p1").values()
    assert (act.core_c, act.happened_at) == (86.0, COOKED_AT)
    assert reasons(session) == []
    assert marks(session) == [(66.0, "corrected"), (86.0, "passed")]
    with pytest.raises(Conflict, match="step_corrected_already"):
        record_step(session, later(minutes=10), SERVICE, right)


@pytest.mark.parametrize("kind", ["cooked", "packed"])
def test_a_failed_act_passes_on_a_named_word_alone(floor, kind):
    """
    Tests that the core of an act is put right from failed to passed only by who says so, and why, on paper.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    save_packed(session, IDS.new(), Packed("p1-x1", "K01", 45.0, "u1", COOKED_AT, COOKED_AT))
    subject = batch_id(session) if kind == "cooked" else "p1-x1"
    if kind == "cooked":
        mend(session, kind, subject, Mended(core_c=62.0), hand(minutes=2))
    for less, code in (({"reason": "misread"}, "person"), ({"person": "S2"}, "reason")):
        with pytest.raises(BadInput, match=f"check_{code}_missing"):
            mend(session, kind, subject, Mended(core_c=75.0, **less), hand(minutes=3))
    mend(session, kind, subject, Mended(core_c=75.0, person="S2", reason="misread"), hand(minutes=3))
    lines = [one for one in step_lines(read_floor(session, SERVICE), {}) if one.value_c == 75.0]
    assert [(one.mark, one.person, one.reason) for one in lines] == [("passed", "乙", "misread")]


@pytest.mark.parametrize("way", ["act", "step"])
def test_a_core_that_never_passed_stops_the_food(floor, way):
    """
    Tests that 85 typed for 62 is lowered at the stove or on the floor, and the batch waits for good food.
    """
    session, at = floor
    told = record_step(session, at, SERVICE, COOK)
    take_sample(session, later(minutes=2), SERVICE, SAMPLE)
    one = batch_id(session)
    if way == "act":
        mend(session, "cooked", one, Mended(core_c=62.0), hand(minutes=5))
    else:
        low = replace(COOK, value_c=62.0, replaces=told.step_id, reason="85 for 62")
        record_step(session, later(minutes=5), SERVICE, low)
    assert [row.core_c for row in load_history(session, "cooked", one)] == [85.0, 62.0]
    assert marks(session) == [(85.0, "corrected"), (62.0, "failed")]
    assert reasons(session) == ["point_failed"]
    assert one in stove_view(session, SERVICE, OPERATOR.user_id).stopped
    with pytest.raises(Conflict, match="point_failed"):
        record_step(session, later(minutes=6), SERVICE, COOK)
    act_on_step(session, later(minutes=6), SERVICE, point(session).ref, "cook_on", "S1")
    off = {"actor": OPERATOR, "now_at": later(minutes=20).now_at, "ids": IDS}
    assert take_off(session, one, CoreTold(88.0, "HP-01", "S2"), **off) is None
    ((_, act),) = load_cooked(session, "p1").values()
    assert (act.core_c, act.happened_at) == (88.0, COOKED_AT + timedelta(minutes=20))
    assert (reasons(session), reasons(session, "depart")) == ([], ["batch_sample_missing"])
    with pytest.raises(Conflict, match="batch_cooked_already"):
        take_off(session, one, CoreTold(88.0, "HP-01", "S2"), **off)


def test_a_core_measured_after_the_clock_started_decides(floor):
    """
    Tests that 40 deg C on the bench stops the batch, and that a good core later leaves the clock as it was.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    record_step(session, later(minutes=10), SERVICE, replace(COOK, value_c=40.0))
    assert reasons(session) == ["point_failed"]
    act_on_step(session, later(minutes=11), SERVICE, point(session).ref, "cook_on", "S1")
    record_step(session, later(minutes=20), SERVICE, replace(COOK, value_c=82.0))
    assert reasons(session) == []
    assert [act.happened_at for _, act in load_cooked(session, "p1").values()] == [COOKED_AT]
    assert marks(session) == [(85.0, "passed"), (40.0, "failed"), (82.0, "passed")]
    with pytest.raises(Conflict, match="batch_cooked_already"):
        record_step(session, later(minutes=30), SERVICE, COOK)


def test_a_discard_ends_by_its_own_act_alone(floor):
    """
    Tests that correcting the value does not lift a discard; a named person does, with a reason.
    """
    session, at = floor
    cold = record_step(session, at, SERVICE, replace(COOK, value_c=6.5))
    act_on_step(session, at, SERVICE, cold.step_id, "discard", "S1")
    right = replace(COOK, value_c=85.0, replaces=cold.step_id, reason="6.5 for 85")
    with pytest.raises(Conflict, match="point_discard"):
        record_step(session, later(minutes=3), SERVICE, right)
    with pytest.raises(BadInput, match="check_reason_missing"):
        lift_discard(session, later(minutes=3), SERVICE, cold.step_id, "S2", " ")
    with pytest.raises(NotFound):
        lift_discard(session, later(minutes=3), SERVICE, "nothing", "S2", "typed wrong")
    (lifted,) = lift_discard(session, later(minutes=4), SERVICE, cold.step_id, "S2", "typed wrong")
    assert (lifted.person, lifted.note, reasons(session)) == ("乙", "typed wrong", ["point_failed"])
    record_step(session, later(minutes=5), SERVICE, right)
    assert reasons(session) == []
    assert [name.en for line in step_lines(read_floor(session, SERVICE), {}) for name, _ in line.actions] == [
        "Discard, none of it is served",
        "Discard lifted",
    ]
    with pytest.raises(Conflict, match="step_not_discarded"):
        lift_discard(session, later(minutes=6), SERVICE, point(session).ref, "S2", "again")


def test_a_discarded_box_stays_so_when_its_value_is_corrected(floor):
    """
    Tests the same for a box, whose later measurement passes.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    take_sample(session, at, SERVICE, SAMPLE)
    low = record_step(session, at, SERVICE, replace(PACK, value_c=45.0))
    act_on_step(session, at, SERVICE, low.step_id, "discard", "S1")
    record_step(session, later(minutes=1), SERVICE, replace(PACK, replaces=low.step_id, reason="45 for 75"))
    assert [one.code for one in box_reasons(read_floor(session, SERVICE), "p1-x1")] == ["point_discard"]
    ref = read_floor(session, SERVICE).of_box["p1-x1"].ref
    lift_discard(session, later(minutes=2), SERVICE, ref, "S2", "typed wrong")
    assert box_reasons(read_floor(session, SERVICE), "p1-x1") == ()


def test_a_box_that_is_packed_again_stands_by_its_new_core(floor):
    """
    Tests that 75 measured before the box was opened does not cover 45 when it was closed again.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    record_step(session, later(minutes=10), SERVICE, PACK)
    again_at = COOKED_AT + timedelta(minutes=40)
    save_packed(session, IDS.new(), Packed("p1-x1", "K01", 45.0, "u1", again_at, again_at))
    box = read_floor(session, SERVICE).of_box["p1-x1"]
    assert (box.standing, box.value_c, [one.value_c for one in box.tries]) == ("failed", 45.0, [75.0, 45.0])


def test_cooling_counts_from_the_minute_that_stands(chilled):
    """
    Tests that moving the minute off the heat makes a cooling stage late, and back in time on a named word.
    """
    session = chilled
    record_step(session, later(minutes=110), SERVICE, replace(COOK, point="cool_1", value_c=20.0))
    assert point(session, "cool_1").standing == "passed"
    moved = COOKED_AT - timedelta(minutes=20)
    mend(session, "cooked", batch_id(session), Mended(moved), hand(minutes=111))
    late = point(session, "cool_1")
    assert (late.standing, [one.params["minutes"] for one in late.wrong]) == ("failed", [130])
    move_back(session, minutes=112)
    assert point(session, "cool_1").standing == "passed"
    take_back(session, "cooked", batch_id(session), hand(minutes=113), "never_happened")
    assert point(session, "cool_1").standing == "missing"


def test_a_later_minute_of_one_stage_passes_the_next_on_a_named_word_alone(chilled):
    """
    Tests a second stage that was late, counted from a first one that is said to have been measured later.
    """
    session = chilled
    first = replace(COOK, point="cool_1", value_c=20.0)
    kept = record_step(session, later(minutes=90), SERVICE, first)
    record_step(session, later(minutes=220), SERVICE, replace(COOK, point="cool_2", value_c=6.0))
    assert point(session, "cool_2").standing == "failed"
    at = COOKED_AT + timedelta(minutes=115)
    told = replace(first, replaces=kept.step_id, happened_at=at, reason="misread", person="")
    with pytest.raises(BadInput, match="check_person_missing"), session.begin_nested():
        record_step(session, later(minutes=221), SERVICE, told)
    record_step(session, later(minutes=221), SERVICE, replace(told, person="S2"))
    assert point(session, "cool_2").standing == "passed"


def test_food_that_cooled_too_slowly_is_reheated_and_cooled_again(chilled):
    """
    Tests that what cannot help is not offered, and that the stage counts anew from the reheating.
    """
    session = chilled
    cool = replace(COOK, point="cool_1", value_c=30.0)
    late = record_step(session, later(minutes=130), SERVICE, cool)
    assert point(session, "cool_1").actions == ("reheat_once", "discard")
    with pytest.raises(Conflict, match="action_in_vain"):
        act_on_step(session, later(minutes=131), SERVICE, late.step_id, "cool_faster", "S1")
    act_on_step(session, later(minutes=131), SERVICE, late.step_id, "reheat_once", "S1")
    record_step(session, later(minutes=150), SERVICE, replace(COOK, point="reheat", value_c=76.0))
    cooled = record_step(session, later(minutes=240), SERVICE, replace(cool, value_c=19.0))
    assert (cooled.passed, cooled.elapsed_s) == (True, 90 * 60)
    record_step(session, later(minutes=300), SERVICE, replace(cool, point="cool_2", value_c=6.0))
    assert reasons(session) == []


def test_a_reheating_is_judged_by_the_minute_that_stands(floor):
    """
    Tests that food which was off the heat earlier than told was reheated too late, with both rows kept.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    record_step(session, later(minutes=230), SERVICE, replace(COOK, point="reheat", value_c=76.0))
    assert set(load_reheats(session, SERVICE.key).batches) == {batch_id(session)}
    moved = COOKED_AT - timedelta(minutes=20)
    mend(session, "cooked", batch_id(session), Mended(moved), hand(minutes=231))
    late = point(session, "reheat")
    assert (late.standing, [one.code for one in late.wrong]) == ("failed", ["reheat_too_late"])
    assert (len(late.corrected), load_reheats(session, SERVICE.key).batches) == (1, {})
    move_back(session, minutes=232)
    assert set(load_reheats(session, SERVICE.key).batches) == {batch_id(session)}


def test_a_cold_box_waits_in_any_house(database):
    """
    Tests that what somebody wrote down as too cold at packing keeps the box where no probe is listed.
    """
    with database.begin() as session:
        furnished(session, watched=False)
        save_packed(session, IDS.new(), Packed("p1-x1", "K01", 45.0, "u1", COOKED_AT, COOKED_AT))
        assert [one.code for one in box_reasons(read_floor(session, SERVICE), "p1-x1")] == ["point_failed"]


def test_a_correction_keeps_the_minute_of_what_it_corrects(chilled):
    """
    Tests that a value put right an hour later is not late by it, and that the last stage has no way back.
    """
    session = chilled
    cool = replace(COOK, point="cool_1", value_c=91.0)
    typed = record_step(session, later(minutes=60), SERVICE, cool)
    right = replace(cool, value_c=19.0, replaces=typed.step_id, reason="91 for 19")
    assert record_step(session, later(minutes=125), SERVICE, right).passed
    record_step(session, later(minutes=190), SERVICE, replace(cool, point="cool_2", value_c=7.0))
    assert point(session, "cool_2").actions == ("discard",)


def test_the_batch_that_was_meant_keeps_probe_and_person(floor):
    """
    Tests that a core told of the wrong batch goes to the right one with whoever measured it.
    """
    session, at = floor
    made = plan_batches(portions(200), {"D1": STEW}, pans(1), ExtraParams(125), ids("p2-b"))
    two = Production("p2", SERVICE.key, 2, "0" * 64, {}, COOKED_AT, "u1")
    save_production(session, two, batches=made.batches, slots=[], boxes=[], exceptions=[])
    publish_production(session, "p2")
    record_step(session, at, SERVICE, COOK)
    one, other, *_ = read_floor(session, SERVICE).batches
    give_to(session, "cooked", one.batch_id, other.batch_id, hand(minutes=4))
    floor_ = read_floor(session, SERVICE)
    wrong, right = (floor_.of_batch[key.batch_id][0] for key in (one, other))
    assert (wrong.standing, [step.value_c for step in wrong.corrected]) == ("missing", [85.0])
    assert (right.standing, right.value_c, right.probe, right.person) == ("passed", 85.0, "HP-01", "甲")
    assert floor_.cooked_at == {other.batch_id: COOKED_AT}


def test_a_sample_stands_only_for_food_that_is_off_the_heat(floor):
    """
    Tests that taking "cooked" back takes the batch its sample, and that telling it again gives it back.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    first = take_sample(session, later(minutes=5), SERVICE, SAMPLE)
    take_back(session, "cooked", batch_id(session), hand(minutes=6), "never_happened")
    assert reasons(session, "depart") == ["point_missing", "batch_sample_missing"]
    record_step(session, later(minutes=15), SERVICE, COOK)
    assert reasons(session, "depart") == ["batch_sample_missing"]
    with pytest.raises(Conflict, match="sample_taken_already"):
        take_sample(session, later(minutes=16), SERVICE, SAMPLE)
    take_sample(session, later(minutes=16), SERVICE, replace(SAMPLE, reason="of the food that was cooked"))
    assert reasons(session, "depart") == []
    assert read_floor(session, SERVICE).samples["D1", "regular"].sample_id != first.sample_id


def test_what_an_earlier_version_measured_stays_in_the_record(floor):
    """
    Tests that a lost batch keeps its lines with its version, and that its sample serves no new food.
    """
    session, at = floor
    cold = record_step(session, at, SERVICE, replace(COOK, value_c=66.0))
    act_on_step(session, at, SERVICE, cold.step_id, "cook_on", "S1")
    record_step(session, later(minutes=5), SERVICE, COOK)
    old = take_sample(session, later(minutes=6), SERVICE, SAMPLE)
    publish(session, number=2)
    floor_ = read_floor(session, SERVICE)
    lines = [one for one in step_lines(floor_, {}) if one.at is not None]
    assert [(one.code, one.value_c, one.mark) for one in lines] == [
        ("B01", 66.0, "failed"),
        ("B01", 85.0, "passed"),
    ]
    assert [one.notes[-1].params for one in lines] == [{"version": 1}] * 2
    assert (floor_.samples, [one.code for one in floor_.others]) == ({}, ["S01"])
    assert reasons(session, "depart") == ["point_missing", "batch_sample_missing"]
    record_step(session, later(minutes=40), SERVICE, COOK)
    new = take_sample(session, later(minutes=41), SERVICE, SAMPLE)
    assert (new.code, reasons(session, "depart")) == ("S02", [])
    assert sample_state(session, old, later(minutes=42).now_at) == "kept"


def test_a_complaint_that_comes_first_freezes_the_sample_too(floor):
    """
    Tests that a sample kept after its meal was complained of is frozen, unless the complaint is closed.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    ill = NewComplaint("food_poisoning", "呕吐", "12345", "BJ-9", "C01", eaten_on=SERVICE.service_on)
    by = {"actor": OPERATOR, "now_at": later(hours=5).now_at}
    kept = take_complaint(session, ill, ids=IDS, **by)
    first = take_sample(session, later(hours=6), SERVICE, SAMPLE)
    assert sample_state(session, first, later(hours=6).now_at) == "frozen"
    take_step(session, kept.code, "unfounded", "not from here", **by)
    publish(session, number=2)
    record_step(session, later(hours=7), SERVICE, COOK)
    second = take_sample(session, later(hours=7), SERVICE, SAMPLE)
    assert sample_state(session, second, later(hours=7).now_at) == "frozen"
