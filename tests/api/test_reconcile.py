"""The day's counts: each from its own stage's rows, and a lost row is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.day.reconcile import Counts, Trail, reconcile
from orders.codes import Coded, Excepted


@st.composite
def days(draw):
    """A day in which nothing is lost: orders of a few dishes, some not boxed, some boxes refused."""
    orders = draw(st.integers(1, 12))
    lines = {f"l{o}-{d}": f"o{o}" for o in range(orders) for d in range(draw(st.integers(1, 5)))}
    left_out = draw(st.sets(st.sampled_from(sorted(lines)), max_size=3))
    boxed = {line: f"X{draw(st.integers(1, 4))}" for line in lines if line not in left_out}
    sizes = {code: list(boxed.values()).count(code) for code in boxed.values()}
    refused = draw(st.sets(st.sampled_from(sorted(sizes)), max_size=1)) if sizes else set()
    return Trail(
        ordered=lines,
        cooked=dict.fromkeys(lines, "B01"),
        extra_portions=3,
        cooked_portions=len(lines) + 3,
        boxed=boxed,
        not_boxed=tuple(Excepted(Coded("no_carrier"), lines[line], 1) for line in sorted(left_out)),
        received={code: 0 if code in refused else size for code, size in sizes.items()},
        excepted=tuple(Excepted(Coded("box_refused"), code, sizes[code]) for code in refused),
        served=frozenset(lines),
        thrown={},
        due=frozenset(sizes),
        over=frozenset(sizes),
    )


def balanced(counts: Counts) -> bool:
    return (
        counts.portions_cooked - counts.portions_extra == counts.portions_ordered
        and counts.portions_boxed + counts.portions_not_boxed == counts.portions_ordered
        and counts.portions_delivered + counts.portions_excepted == counts.portions_boxed
    )


@given(days())
def test_a_whole_day_balances_and_misses_nothing(trail):
    """
    Tests the three sums of the day on random days in which no row is lost.
    """
    counts = reconcile(trail)
    assert balanced(counts)
    assert counts.missing == ()


@given(days(), st.data())
@pytest.mark.parametrize("stage", ["ordered", "cooked", "boxed", "received", "served"])
def test_a_row_lost_at_any_stage_is_named(stage, trail, data):
    """
    Tests that the reconciliation names the order, batch or box of a deleted row.
    """
    rows = getattr(trail, stage)
    keys = [key for key in sorted(rows) if stage != "received" or rows[key]]
    if stage == "served":
        keys = [line for line in sorted(rows) if trail.received.get(trail.boxed.get(line, ""))]
    if not keys:
        return
    gone = data.draw(st.sampled_from(keys))
    kept = rows - {gone} if stage == "served" else {k: v for k, v in rows.items() if k != gone}
    counts = reconcile(replace(trail, **{stage: kept}))
    refs = {item.ref for item in counts.missing}
    assert refs & {gone, trail.ordered.get(gone, gone), trail.boxed.get(gone, gone), "B01"}
