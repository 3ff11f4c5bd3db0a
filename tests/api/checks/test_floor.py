"""Control points, samples and the gates that wait for them."""

from dataclasses import replace

import pytest

from api.checks.floor import read_floor
from api.checks.gates import box_reasons, holding_back, require_may_leave
from api.checks.keeping import (
    SampleTold,
    change_sample,
    destroy_samples,
    freeze_samples,
    sample_state,
    take_sample,
)
from api.checks.views import floor_view
from api.day.measure import StepTold, act_on_step, record_step
from api.stock.holding import hold_lot
from api.stock.picking import issue_service
from api.store.audit import load_audit
from kitchen.acts import Packed
from kitchen.samples import keep_until
from kitchen.store.acts import save_packed
from kitchen.store.samples import load_sample_events, load_samples
from kitchen.store.steps import load_steps
from orders.errors import BadInput, Conflict, NotFound
from tests.api.checks.room import COOKED_AT, IDS, SERVICE, STEW, furnished, later, publish
from tests.api.stock.room import desk as stock_desk
from tests.api.stock.room import pork

COOK = StepTold("cook", "B01", 85.0, "HP-01", "S1")
SAMPLE = SampleTold("B01", 130, "F1", "上层", "S1")


@pytest.fixture
def floor(database):
    """The small floor, and an open transaction."""
    with database.begin() as session:
        yield session, furnished(session)


def reasons(session, before="depart"):
    batch = read_floor(session, SERVICE).batches[0]
    return [one.code for one in holding_back(session, SERVICE, batch, before)]


def packed(session, core_c=80.0):
    save_packed(session, IDS.new(), Packed("p1-x1", "K01", core_c, "u1", COOKED_AT, COOKED_AT))


def leave(session):
    require_may_leave(session, SERVICE, ["p1-x1"], "T1")


def refused(session):
    with pytest.raises(Conflict) as refusal:
        leave(session)
    return [one.code for one in refusal.value.reasons]


def test_a_batch_leaves_with_its_core_and_its_sample(floor):
    """
    Tests that a watched batch waits for core, packing and sample, and for nothing more.
    """
    session, at = floor
    assert reasons(session) == ["point_missing", "batch_sample_missing"]
    step = record_step(session, at, SERVICE, COOK)
    assert (step.passed, step.person, step.warnings) == (True, "甲", ())
    assert refused(session) == ["point_missing", "batch_sample_missing"]
    assert [one.batch.code for one in floor_view(read_floor(session, SERVICE)).samples_due] == ["B01"]
    packed(session)
    take_sample(session, later(minutes=20), SERVICE, SAMPLE)
    assert floor_view(read_floor(session, SERVICE)).samples_due == ()
    leave(session)


def test_nothing_is_asked_of_a_house_that_lists_nothing(database):
    """
    Tests that a house without probes and fridges works as before, and is told what is not watched.
    """
    with database.begin() as session:
        furnished(session, watched=False)
        leave(session)
        watch = read_floor(session, SERVICE).watch
        said = [one.code for one in watch.findings()]
    assert said == ["watch_no_probes", "watch_no_fridges", "watch_no_staff"]


def test_a_cold_core_needs_an_action_before_it_is_measured_again(floor):
    """
    Tests that a failure starts no clock, bars the next measurement until an action is chosen, and stays.
    """
    session, at = floor
    cold = record_step(session, at, SERVICE, replace(COOK, value_c=66.0))
    assert [one.code for one in cold.wrong] == ["step_too_cold"]
    assert reasons(session, "cook") == ["point_failed"]
    with pytest.raises(Conflict, match="point_failed"):
        record_step(session, at, SERVICE, COOK)
    with pytest.raises(BadInput, match="action_unknown"):
        act_on_step(session, at, SERVICE, cold.step_id, "pray", "S1")
    act_on_step(session, at, SERVICE, cold.step_id, "cook_on", "S1")
    assert reasons(session, "cook") == []
    assert reasons(session, "pack") == ["point_again"]
    record_step(session, later(minutes=5), SERVICE, COOK)
    assert reasons(session, "pack") == []
    assert [one.passed for one in load_steps(session, SERVICE.key)] == [False, True]


def test_a_discarded_batch_never_goes_on(floor):
    """
    Tests that what is to be discarded can be neither cooked nor sent.
    """
    session, at = floor
    cold = record_step(session, at, SERVICE, replace(COOK, value_c=40.0))
    act_on_step(session, at, SERVICE, cold.step_id, "discard", "S1")
    assert reasons(session, "cook") == reasons(session, "pack") == ["point_discard"]
    with pytest.raises(Conflict, match="point_discard"):
        record_step(session, at, SERVICE, COOK)


def test_a_cold_box_waits_for_its_action(floor):
    """
    Tests that a core below the limit at packing keeps the box, and that an action lets it go.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    take_sample(session, at, SERVICE, SAMPLE)
    packed(session, 55.0)
    assert refused(session) == ["point_failed"]
    ref = read_floor(session, SERVICE).of_box["p1-x1"].ref
    act_on_step(session, at, SERVICE, ref, "within_two_hours", "S2")
    assert box_reasons(read_floor(session, SERVICE), "p1-x1") == ()


def test_cooling_has_two_stages_one_after_the_other(database):
    """
    Tests that a cook-chill batch is measured twice in time, the second counted from the first.
    """
    chill = replace(STEW, supply="cook_chill", service_mode="both")
    with database.begin() as session:
        at = furnished(session, chill)
        with pytest.raises(Conflict, match="step_before_missing"):
            record_step(session, at, SERVICE, StepTold("cool_1", "B01", 20.0, "HP-01", "S1"))
        record_step(session, at, SERVICE, COOK)
        assert reasons(session, "pack") == ["point_missing", "point_missing"]
        first = record_step(session, later(minutes=110), SERVICE, replace(COOK, point="cool_1", value_c=20.0))
        late = record_step(session, later(minutes=231), SERVICE, replace(COOK, point="cool_2", value_c=7.0))
    assert first.passed
    assert [one.code for one in late.wrong] == ["step_too_slow"]


def test_food_is_reheated_once(floor):
    """
    Tests that a second reheating is refused.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    reheat = replace(COOK, point="reheat", value_c=75.0)
    record_step(session, later(minutes=30), SERVICE, reheat)
    with pytest.raises(Conflict, match="step_done_already"):
        record_step(session, later(minutes=60), SERVICE, reheat)


def test_a_wrong_value_is_corrected_by_a_row_that_names_it(floor):
    """
    Tests that 6.5 typed for 65 is kept beside its correction, and that the later one counts.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    packed(session)
    typed = record_step(session, at, SERVICE, StepTold("pack_hot", "X01", 6.5, "HP-01", "S1"))
    right = StepTold("pack_hot", "X01", 65.0, "HP-01", "S1", replaces=typed.step_id, reason="6.5 for 65")
    record_step(session, at, SERVICE, right)
    assert read_floor(session, SERVICE).of_box["p1-x1"].value_c == 65.0
    assert len(load_steps(session, SERVICE.key, every=True)) == 3
    with pytest.raises(BadInput, match="check_reason_missing"):
        record_step(session, at, SERVICE, replace(right, reason=" "))


def test_probe_person_and_point_must_be_listed(floor):
    """
    Tests that an unknown probe, person or point is refused by name, and that an overdue probe warns.
    """
    session, at = floor
    with pytest.raises(BadInput, match="probe_unknown"):
        record_step(session, at, SERVICE, replace(COOK, probe="HP-99"))
    with pytest.raises(BadInput, match="check_person_unknown"):
        record_step(session, at, SERVICE, replace(COOK, person="nobody"))
    with pytest.raises(NotFound):
        record_step(session, at, SERVICE, replace(COOK, point="moon"))
    assert record_step(session, later(hours=34), SERVICE, COOK).warnings == ()


def test_a_sample_is_enough_and_once(floor):
    """
    Tests its weight, that it comes from cooked food, and that a second needs a reason.
    """
    session, at = floor
    with pytest.raises(Conflict, match="sample_before_cooked"):
        take_sample(session, at, SERVICE, SAMPLE)
    record_step(session, at, SERVICE, COOK)
    with pytest.raises(BadInput, match="sample_weight"):
        take_sample(session, at, SERVICE, replace(SAMPLE, g=124))
    first = take_sample(session, at, SERVICE, SAMPLE)
    with pytest.raises(Conflict, match="sample_taken_already"):
        take_sample(session, at, SERVICE, SAMPLE)
    second = take_sample(session, at, SERVICE, replace(SAMPLE, g=150, reason="weighed again"))
    assert [one.code for one in load_samples(session, SERVICE.key)] == ["S02"]
    assert (first.code, second.g, second.keep_until_at) == (
        "S01",
        150,
        keep_until(at.now_at, _rules(session)),
    )


def _rules(session):
    return read_floor(session, SERVICE).limits.samples


def test_a_sample_is_destroyed_after_its_hours_unless_frozen(floor):
    """
    Tests 48 hours, the complaint that freezes, the release that needs a reason, and the named end.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    sample = take_sample(session, at, SERVICE, SAMPLE)
    with pytest.raises(Conflict, match="sample_not_due"):
        change_sample(session, later(hours=47), sample.sample_id, "destroyed", "", "S2")
    freeze_samples(session, later(hours=47), SERVICE, "a diner fell ill")
    with pytest.raises(Conflict, match="sample_frozen"):
        change_sample(session, later(hours=60), sample.sample_id, "destroyed", "", "S2")
    with pytest.raises(BadInput, match="check_reason_missing"):
        change_sample(session, later(hours=60), sample.sample_id, "released", "", "S2")
    change_sample(session, later(hours=61), sample.sample_id, "released", "laboratory: clean", "S2")
    gone = change_sample(session, later(hours=62), sample.sample_id, "destroyed", "", "S2")
    assert gone.person == "乙"
    assert sample_state(session, sample, later(hours=63).now_at) == "destroyed"


def test_several_samples_are_destroyed_in_one_act_or_none(floor):
    """
    Tests that each keeps its own row and audit, and that one which may not be destroyed keeps the others.
    """
    session, at = floor
    record_step(session, at, SERVICE, COOK)
    first = take_sample(session, at, SERVICE, SAMPLE)
    dinner = replace(SERVICE, meal="dinner")
    publish(session, service=dinner, number=2)
    record_step(session, later(hours=6), dinner, COOK)
    second = take_sample(session, later(hours=10), dinner, SAMPLE)
    both = [first.sample_id, second.sample_id]
    with pytest.raises(Conflict, match="sample_not_due"), session.begin_nested():
        destroy_samples(session, later(hours=50), both, "S2")
    with pytest.raises(BadInput, match="samples_none_chosen"):
        destroy_samples(session, later(hours=60), [], "S2")
    assert sample_state(session, first, later(hours=60).now_at) == "due"
    destroy_samples(session, later(hours=60), both, "S2")
    events = load_sample_events(session, both)
    assert [[(one.kind, one.person) for one in events[key]] for key in both] == [[("destroyed", "乙")]] * 2
    told = [one.subject for one in load_audit(session) if one.act == "checks.keep/sample/destroyed"]
    assert sorted(told) == sorted(both)


def test_a_held_lot_keeps_batch_and_sample(floor):
    """
    Tests that holding a lot freezes the samples it is in and keeps its batches at the dock.
    """
    session, at = floor
    stock = stock_desk()
    pork(session, stock, kg=40)
    issue_service(session, stock, SERVICE)
    record_step(session, at, SERVICE, COOK)
    packed(session)
    sample = take_sample(session, at, SERVICE, SAMPLE)
    hold_lot(session, stock, "L0001", "recall")
    assert refused(session) == ["batch_lot_held", "food_withheld"]
    assert sample_state(session, sample, later(hours=72).now_at) == "frozen"
