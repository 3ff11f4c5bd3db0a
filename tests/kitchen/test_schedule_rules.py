"""Schedule: cooks, allergens and pieces kept for special meals, on any kitchen, by the independent judge."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitchen.equipment import Cook, Equipment, Slot
from kitchen.schedule import ScheduleParams, UnderWay, schedule
from kitchen.schedule_check import Judged, check_schedule
from kitchen.windows import ReadyWindow
from tests.kitchen.builders import HOUR_S, batch, pans

EIGHT_S, TEN_S = 8 * HOUR_S, 10 * HOUR_S
PARAMS = ScheduleParams(latest_s=14 * HOUR_S, tries=200, proof_time=0.05, joint_time=0.1)
NUTS = frozenset({"nuts"})
SEEDED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def special(number, **changes):
    """A batch that an allergic diner eats of."""
    one = batch(number)
    return replace(one, special_line_ids=one.line_ids[:1], free_from=NUTS, **changes)


def until(batches, by_s=TEN_S):
    """All wanted at the same second."""
    return {item.batch_id: ReadyWindow(EIGHT_S, by_s) for item in batches}


def planned(batches, equipment, windows, *, cooks=(), under_way=None, params=PARAMS):
    """A schedule, and what the judge says of it."""
    taken = under_way or UnderWay()
    plan = schedule(
        batches,
        equipment,
        windows,
        earliest_s=EIGHT_S,
        params=params,
        seed=1,
        cooks=cooks,
        under_way=taken,
    )
    unmanned = frozenset(kind for note in plan.notes for kind in str(note.params["equipment"]).split())
    judged = Judged(
        batches, equipment, windows, EIGHT_S, cooks, taken.free_s, taken.contains, unmanned=unmanned
    )
    return plan, check_schedule(plan.slots, (*plan.late, *plan.reasons), judged)


def test_free_from_is_cooked_before_what_contains_it():
    """
    Tests that on one pan the batch of an allergic diner comes first, though the other would wait less there.
    """
    batches = [special(1), replace(batch(2), contains=NUTS, cook_s=1200)]
    plan, violations = planned(batches, pans(1, deep_clean_s=3600), until(batches))
    assert [slot.batch_id for slot in plan.slots] == ["b1", "b2"]
    assert not any(slot.deep_clean for slot in plan.slots)
    assert violations == []


def test_what_must_come_first_leaves_time_for_a_deep_clean():
    """
    Tests that food that is wanted an hour earlier is cooked first, and a clean of 15 minutes lies between.
    """
    nutty, free = replace(batch(1), contains=NUTS), special(2)
    windows = {"b1": ReadyWindow(EIGHT_S, EIGHT_S + 2400), "b2": ReadyWindow(EIGHT_S, TEN_S)}
    plan, violations = planned([nutty, free], pans(1, deep_clean_s=900), windows)
    first, second = plan.slots
    assert (first.batch_id, second.deep_clean) == ("b1", True)
    assert second.start_s - first.ready_s >= 900
    assert violations == []


def test_one_cook_cooks_one_thing_at_a_time():
    """
    Tests that two pans with one cook are used one after the other, and at once with two.
    """
    batches = [batch(1), batch(2)]
    alone = [Cook("S1", frozenset({"bratt"}), EIGHT_S, TEN_S)]
    plan, violations = planned(batches, pans(2), until(batches), cooks=alone)
    assert violations == []
    assert sorted(slot.ready_s for slot in plan.slots) == [TEN_S - 2400, TEN_S]
    assert {slot.cook_id for slot in plan.slots} == {"S1"}
    both = [*alone, Cook("S2", frozenset({"bratt", "wok"}), EIGHT_S, TEN_S)]
    plan, violations = planned(batches, pans(2), until(batches), cooks=both)
    assert violations == []
    assert [slot.ready_s for slot in plan.slots] == [TEN_S, TEN_S]


def test_a_kind_nobody_may_cook_on_is_said():
    """
    Tests that a kitchen of cooks without the skill, or with too few, says so and still has its minutes.
    """
    batches = [batch(1), batch(2)]
    plan, violations = planned(
        batches, pans(2), until(batches), cooks=[Cook("S1", frozenset({"wok"}), 0, TEN_S)]
    )
    assert [note.code for note in plan.notes] == ["no_cook"]
    assert violations == [] and len(plan.slots) == 2
    short = [Cook("S1", frozenset({"bratt"}), EIGHT_S, EIGHT_S + 3600)]
    plan, violations = planned(batches, pans(2), until(batches), cooks=short)
    assert [note.code for note in plan.notes] == ["cooks_too_few"]
    assert violations == [] and len(plan.slots) == 2


def test_a_piece_for_specials_takes_nobody_elses_food():
    """
    Tests that with a shared pan taken until ten, shared food is late rather than cooked in the special pan.
    """
    kept = replace(pans(1)[0], equipment_id="S1", specials_only=True)
    shared, apart = batch(1), special(2)
    apart = replace(apart, line_ids=apart.special_line_ids)
    under_way = UnderWay({"E1": TEN_S})
    plan, violations = planned([shared, apart], [*pans(1), kept], until([shared, apart]), under_way=under_way)
    where = {slot.batch_id: slot.equipment_id for slot in plan.slots}
    assert where == {"b1": "E1", "b2": "S1"}
    assert [item.code for item in plan.late] == ["batch_late"]
    assert violations == []


def test_a_pan_with_an_allergen_in_it_is_cleaned_before_the_next_day_part():
    """
    Tests that a plan made while nuts are on the heat cleans the pan before an allergic diner's batch.
    """
    batches = [special(1)]
    under_way = UnderWay({"E1": EIGHT_S + 600}, {"E1": NUTS})
    plan, violations = planned(batches, pans(1, deep_clean_s=900), until(batches), under_way=under_way)
    assert plan.slots[0].deep_clean
    assert violations == []


def test_food_cooked_the_day_before_has_negative_seconds():
    """
    Tests that a window of the day before is kept beside those of the day.
    """
    batches = [batch(1), batch(2)]
    windows = until(batches) | {"b2": ReadyWindow(-10 * HOUR_S, -6 * HOUR_S, start_from_s=-11 * HOUR_S)}
    plan, violations = planned(batches, pans(1), windows)
    assert {slot.batch_id: slot.ready_s for slot in plan.slots} == {"b1": TEN_S, "b2": -6 * HOUR_S}
    assert violations == []


def test_the_judge_names_each_slip():
    """
    Tests overlap, wrong piece, wrong cook, forgotten clean and an unsaid late batch by hand-made slots.
    """
    batches = [replace(batch(1), contains=NUTS), special(2)]
    equipment = [*pans(1, deep_clean_s=900, setup_s=60), Equipment("W1", "wok", "锅", "Wok")]
    cooks = [Cook("S1", frozenset({"bratt"}), EIGHT_S, TEN_S)]
    judged = Judged(batches, equipment, until(batches), EIGHT_S, cooks)

    def said(*slots):
        return {item.code for item in check_schedule(slots, [], judged)}

    at_ten = Slot("b2", "E1", TEN_S - 2400, TEN_S, "S1")
    assert said(Slot("b1", "E1", EIGHT_S + 60, EIGHT_S + 2460, "S1"), at_ten) == {"slot_allergen_left"}
    assert said(Slot("b1", "E1", TEN_S - 4800, TEN_S - 2400, "S1"), at_ten) == {
        "slot_allergen_left",
        "slot_overlap",
        "slot_cook_overlap",
    }
    assert said(Slot("b1", "W1", EIGHT_S, EIGHT_S + 2400, "S1"), at_ten) == {"slot_does_not_fit"}
    assert said(Slot("b1", "E1", TEN_S, TEN_S + 2400), at_ten) >= {"slot_no_cook", "slot_late_unsaid"}
    assert said(at_ten) == {"slot_count"}
    assert said() == {"slot_count"}


KITCHENS = st.fixed_dictionaries(
    {
        "batches": st.lists(
            st.tuples(
                st.sampled_from(["bratt", "wok", "kettle"]),
                st.integers(1, 4),
                st.sets(st.sampled_from("abc")),
                st.sets(st.sampled_from("abc"), max_size=1),
                st.integers(0, 4),
            ),
            min_size=1,
            max_size=9,
        ),
        "pieces": st.lists(
            st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 20)), min_size=1, max_size=3
        ),
        "cooks": st.lists(st.sets(st.sampled_from(["bratt", "wok", "kettle"])), max_size=3),
    }
)


@SEEDED
@given(KITCHENS)
def test_any_kitchen_gets_a_true_schedule(kitchen):
    """
    Tests random kitchens of three kinds: the judge finds nothing, and no batch is left out.
    """
    batches = [
        replace(
            batch(n, equipment_kind=kind, cook_s=600 * tens, line_ids=(f"L{n}a", f"L{n}b")),
            contains=frozenset(has) - frozenset(avoids),
            special_line_ids=(f"L{n}a",) if avoids else (),
            free_from=frozenset(avoids),
        )
        for n, (kind, tens, has, avoids, _) in enumerate(kitchen["batches"], 1)
    ]
    equipment = [
        Equipment(
            f"{kind}{n}",
            kind,
            "锅",
            "Pan",
            changeover_s=60 * change,
            setup_s=60 * setup,
            deep_clean_s=60 * deep,
            attended_s=None if kind == "wok" else 300,
        )
        for n, (change, setup, deep) in enumerate(kitchen["pieces"])
        for kind in ("bratt", "wok", "kettle")
    ]
    cooks = [Cook(f"S{n}", frozenset(skills), 0, 14 * HOUR_S) for n, skills in enumerate(kitchen["cooks"])]
    wanted = (late for *_, late in kitchen["batches"])
    windows = {
        item.batch_id: ReadyWindow(EIGHT_S, TEN_S + 900 * late)
        for item, late in zip(batches, wanted, strict=True)
    }
    plan, violations = planned(batches, equipment, windows, cooks=cooks)
    assert violations == [] and plan.reasons == ()
    assert len(plan.slots) == len(batches)


def test_a_late_batch_says_what_holds_it_and_what_would_help():
    """
    Tests that of three batches on one pan the late one names the others, and that a second pan would help.
    """
    batches = [batch(1), batch(2), batch(3)]
    windows = until(batches, EIGHT_S + 4800)
    plan, violations = planned(batches, pans(1), windows)
    assert violations == []
    said = {item.code: item.params for item in plan.why}
    late = {item.params["batch"] for item in plan.late}
    assert len(late) == 1 and said["late_equipment_taken"]["batch"] in late
    assert said["late_equipment_taken"]["holders"] in {"B01 B02", "B02 B03", "B01 B03", "B01", "B02", "B03"}
    assert said["late_help_piece"]["minutes"] == 40
    assert said["late_help_earlier"] == {"equipment": "bratt", "earlier": 40, "minutes": 40}
    assert plan.bound <= plan.objective


def test_a_batch_that_no_start_can_save_names_the_minutes():
    """
    Tests that a batch of 40 minutes wanted 30 minutes after the first fire asks for 10 minutes more.
    """
    plan, _ = planned([batch(1)], pans(1), until([batch(1)], EIGHT_S + 1800))
    assert [(item.code, item.params.get("minutes")) for item in plan.why] == [
        ("late_starts_too_late", 10),
        ("late_help_earlier", 10),
    ]
