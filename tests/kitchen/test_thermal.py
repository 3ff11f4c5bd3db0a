"""How boxes cool: against a published measurement, and bounds that must hold whatever the air did."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.thermal import CarrierModel, core_bounds, holds_for_s, predict

# Insulated meal carrier, core every 30 minutes from 85 C (alb.cz, published test, 2020).
MEASURED_C = {
    24.0: [85, 75, 72.7, 69.3, 66, 62.3, 59.7, 55, 54],
    -16.0: [85, 75.7, 70.7, 63.7, 58.3, 54.3, 49, 45, 40],
}
# One set for both curves, fitted to them: the error it has is its `bound_c`.
ALB = CarrierModel(
    tau_s=21_040,
    drop_ratio=0.0628,
    bound_c=1.5,
    air_tau_low_s=4_000,
    air_tau_high_s=9_000,
    tau_per_c_ratio=0.00759,
    store_c=24.0,
)
MODEL = CarrierModel(36_000, 0.06, 1.5, 7_200, 14_400, gap_s=900, gap_air_c=5.0)


@pytest.mark.parametrize("ambient_c", [24.0, -16.0])
def test_one_model_meets_both_measured_curves_within_its_stated_error(ambient_c):
    """
    Tests that the model is never further from the measurement than the error it states.
    """
    errors = [
        abs(predict(85.0, ambient_c, ALB, 1_800 * step) - core_c)
        for step, core_c in enumerate(MEASURED_C[ambient_c])
    ]
    assert max(errors) <= ALB.bound_c


@pytest.mark.parametrize(("ambient_c", "crossed_s"), [(24.0, 10_440), (-16.0, 6_480)])
def test_the_low_prediction_warns_before_the_measured_core_crosses_60(ambient_c, crossed_s):
    """
    Tests that the promise ends before the curves cross 60 C, after 2.9 h and 1.8 h, and not an hour before.
    """
    held_s = holds_for_s(85.0, ambient_c, ALB, 60.0)
    assert held_s is not None
    assert crossed_s - 3_600 < held_s < crossed_s


def test_the_promise_ends_where_the_low_prediction_crosses():
    """
    Tests that `holds_for_s` inverts `predict` less the known error.
    """
    held_s = holds_for_s(82.0, 18.0, MODEL, 60.0)
    assert held_s is not None
    low, late = (predict(82.0, 18.0, MODEL, at_s) - MODEL.bound_c for at_s in (held_s, held_s + 2))
    assert low >= 60.0 > late


def test_a_core_below_the_limit_is_lost_at_once_and_a_hot_room_keeps_it():
    """
    Tests both ends: no promise at all, and no end of it.
    """
    assert holds_for_s(60.0, 18.0, MODEL, 60.0) == 0
    assert holds_for_s(82.0, 70.0, MODEL, 60.0) is None
    assert predict(82.0, 18.0, MODEL, 0) == 82.0


def test_steady_air_by_hand():
    """
    Tests one hour at air of 62 C from 82 +- 0.5: bounds by exp(-1/2) and exp(-1/4) of the distance.
    """
    samples = [(60 * minute, 62.0) for minute in range(61)]
    last = core_bounds(samples, start_s=0, core_c=82.0, accuracy_c=0.5, model=MODEL)[-1]
    assert last.at_s == 3_600
    assert math.isclose(last.low_c, 62 + 19.5 * math.exp(-0.5), abs_tol=1e-9)
    assert math.isclose(last.high_c, 62 + 20.5 * math.exp(-0.25), abs_tol=1e-9)


def test_an_open_door_of_four_minutes_costs_the_core_about_a_degree():
    """
    Tests that a dip of the air to 25 C does not cost the food its proof, nor is it forgotten.
    """
    air = [(60 * minute, 25.0 if 30 <= minute < 34 else 64.0) for minute in range(61)]
    calm = [(60 * minute, 64.0) for minute in range(61)]
    opened, closed = (
        core_bounds(samples, start_s=0, core_c=80.0, accuracy_c=0.5, model=MODEL)[-1]
        for samples in (air, calm)
    )
    assert 0.5 < closed.low_c - opened.low_c < 2.0
    assert opened.low_c > 60.0


def test_an_open_lid_may_cool_faster_than_the_air_shows():
    """
    Tests that air 25 degrees colder than the core lowers the low bound with the short time constant, by hand.
    """
    open_model = replace(MODEL, open_tau_low_s=3_600)
    samples = [(0, 54.0), (600, 54.0)]
    shut, opened = (
        core_bounds(samples, start_s=0, core_c=80.0, accuracy_c=0.0, model=model)[-1]
        for model in (MODEL, open_model)
    )
    assert math.isclose(opened.low_c, 54 + 26 * math.exp(-600 / 3_600))
    assert math.isclose(shut.low_c, 54 + 26 * math.exp(-600 / 7_200))
    assert opened.high_c == shut.high_c


def test_a_gap_is_taken_at_its_worst_and_at_its_best():
    """
    Tests that an hour without readings counts as the coldest air for the low bound and as none for the high.
    """
    bounds = core_bounds([(0, 64.0), (3_600, 64.0)], start_s=0, core_c=80.0, accuracy_c=0.0, model=MODEL)
    assert math.isclose(bounds[-1].low_c, 5 + 75 * math.exp(-0.5))
    assert bounds[-1].high_c == 80.0


def test_samples_before_the_core_reading_only_say_how_the_air_was():
    """
    Tests that the bounds begin with the hand probe.
    """
    bounds = core_bounds([(-60, 20.0), (60, 64.0)], start_s=0, core_c=80.0, accuracy_c=0.5, model=MODEL)
    assert [bound.at_s for bound in bounds] == [0, 60]
    assert bounds[-1].low_c < 20 + 59.5 * math.exp(-60 / 7_200) + 1e-9


def test_samples_out_of_order_are_refused():
    """
    Tests that a slip of the caller is refused.
    """
    with pytest.raises(ValueError, match="order"):
        core_bounds([(60, 1.0), (0, 1.0)], start_s=0, core_c=80.0, accuracy_c=0.5, model=MODEL)


@given(
    st.lists(st.tuples(st.integers(30, 2_000), st.floats(0, 85)), min_size=1, max_size=40),
    st.floats(40, 95),
    st.floats(-1, 1),
    st.floats(0, 1),
)
def test_no_core_within_the_assumptions_leaves_its_bounds(steps, core_c, error_c, share):
    """
    Tests by small steps of the cooling law, for any air between its readings and any time constant allowed.
    """
    samples, at_s = [(0, 60.0)], 0
    for passed_s, air_c in steps:
        at_s += passed_s
        samples.append((at_s, air_c))
    bounds = core_bounds(samples, start_s=0, core_c=core_c, accuracy_c=1.0, model=MODEL)
    tau_s = MODEL.air_tau_low_s + share * (MODEL.air_tau_high_s - MODEL.air_tau_low_s)
    true_c = core_c + error_c
    for (from_s, from_c), (to_s, to_c), bound in zip(samples, samples[1:], bounds[1:], strict=False):
        air_c = from_c + share * (to_c - from_c)
        true_c = air_c + (true_c - air_c) * math.exp(-(to_s - from_s) / tau_s)
        assert bound.low_c - 1e-9 <= true_c <= bound.high_c + 1e-9
