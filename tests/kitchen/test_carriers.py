"""Carriers in their round: what each act leads to, what may follow, and what a site owes."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.carriers import (
    ACTS,
    FIT,
    CarrierAct,
    CarrierEvent,
    CarrierStatus,
    acts_open,
    balances,
    may_follow,
    missing,
    require_in_turn,
    require_open,
    require_same_turn,
    standing,
    state_after,
    status_after,
    wash_methods,
    why_not_packed,
)
from orders.errors import Conflict
from tests.kitchen.builders import table

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ROUND: tuple[CarrierAct, ...] = (
    "vouch",
    "preheat",
    "pack",
    "leave",
    "empty",
    "return",
    "wash",
    "ready",
    "pack",
)


def event(number: int, act: CarrierAct, carrier: str = "G01", **changes: object) -> CarrierEvent:
    """An event, as many minutes after one o'clock."""
    facts: dict[str, object] = {
        "event_id": f"e{number}",
        "carrier_id": carrier,
        "act": act,
        "actor": "u",
        "happened_at": AT + timedelta(minutes=number),
        "recorded_at": AT + timedelta(minutes=number),
        "method": "machine" if act == "wash" else "",
        "person": "王阿姨" if act == "wash" else "",
    }
    return CarrierEvent(**{**facts, **changes})


def statuses(carrier_ids: Iterable[str], events: Iterable[CarrierEvent]) -> dict[str, CarrierStatus]:
    """How each of these carriers stands after its events, in the order of the ids."""
    last: dict[str, CarrierEvent] = {}
    washed: dict[str, CarrierEvent] = {}
    for event in standing(events):
        last[event.carrier_id] = event
        if event.act == "wash":
            washed[event.carrier_id] = event
    return {one: status_after(last.get(one), washed.get(one), one) for one in carrier_ids}


def test_a_carrier_goes_its_round():
    """Tests that each act of the round may follow the one before, and where it leads."""
    state = None
    states = []
    for act in ROUND:
        assert act in acts_open(state)
        state = state_after(act)
        states.append(state)
    assert states == ["clean", "preheated", "packed", "out", "at_site", "back", "washed", "ready", "packed"]


def test_only_what_is_clean_is_packed():
    """Tests every state: clean, preheated and ready may be packed, every other is refused by its name."""
    for act in ACTS:
        status = CarrierStatus("G01", state_after(act))
        reason = why_not_packed(status, "G01")
        assert (reason is None) == (status.state in FIT)
    unknown = why_not_packed(CarrierStatus("G01"), "G01")
    assert unknown and (unknown.code, unknown.params["carrier_state"]) == ("carrier_not_clean", "unknown")


@pytest.mark.parametrize("act", ["repair", "empty"])
def test_only_what_is_here_and_whole_is_washed(act):
    """Tests that one in repair is mended first, and that one at a site comes back first."""
    assert "wash" not in acts_open(state_after(act))


def test_an_act_is_dated_after_the_last_one():
    """Tests that a packing is not told from before the wash that made its carrier clean."""
    rows = [event(0, "return"), event(30, "wash"), event(32, "ready")]
    (status,) = statuses(["G01"], rows).values()
    require_in_turn(status, AT + timedelta(minutes=32), "G05")
    with pytest.raises(Conflict) as refused:
        require_in_turn(status, AT + timedelta(minutes=3), "G05")
    assert (refused.value.code, refused.value.params["carrier_state"]) == ("carrier_act_after", "ready")


@pytest.mark.parametrize(("minute", "passed"), [(31, "ready"), (50, "out"), (32, None), (49, None)])
def test_a_packing_is_not_moved_past_another_act(minute, passed):
    """Tests that it stays between the carrier's being ready and its leaving."""
    rows = [event(30, "wash"), event(32, "ready"), event(40, "pack"), event(50, "leave")]
    said = None
    try:
        require_same_turn(rows, rows[2], AT + timedelta(minutes=minute), "G05")
    except Conflict as refusal:
        said = refusal.params["carrier_state"]
    assert said == passed


@pytest.mark.parametrize(
    ("rows", "minute", "follows"),
    [
        ([], 60, True),
        ([(70, "return"), (80, "wash")], 60, True),
        ([(70, "return")], 75, False),
        ([(70, "return"), (80, "wash"), (82, "ready"), (90, "pack")], 95, False),
    ],
)
def test_a_late_word_moves_no_carrier_back(rows, minute, follows):
    """Tests that a carrier that came back, or went out as another box, is not told to stand empty."""
    told = [event(40, "pack", box_id="x1"), event(50, "leave", box_id="x1")]
    told += [event(at, act, box_id="x2" if act == "pack" else "") for at, act in rows]
    assert may_follow(told, "empty", "x1", AT + timedelta(minutes=minute)) is follows


def test_an_act_out_of_turn_is_refused():
    """Tests that a carrier that is out is not washed, and that the refusal names it."""
    with pytest.raises(Conflict) as refused:
        require_open(CarrierStatus("G01", "out"), "wash", "G01")
    assert refused.value.params == {"carrier": "G01", "carrier_state": "out", "carrier_act": "wash"}


def test_a_wash_names_its_method_and_person():
    """Tests that a wash without either cannot be written down."""
    with pytest.raises(ValueError, match="person"):
        event(1, "wash", person="")


@given(st.lists(st.sampled_from(ACTS), max_size=12), st.data())
def test_what_was_taken_back_leaves_no_trace_in_the_state(acts, data):
    """Tests that a history with acts taken back stands as the history without them."""
    events = [event(i, act) for i, act in enumerate(acts)]
    gone = data.draw(st.sets(st.sampled_from(events))) if events else set()
    back = [
        event(100 + i, one.act, replaces=one.event_id, withdrawn=True, happened_at=one.happened_at)
        for i, one in enumerate(sorted(gone, key=lambda row: row.event_id))
    ]
    kept = [one for one in events if one not in gone]
    assert standing([*events, *back]) == kept
    assert statuses(["G01"], [*events, *back]) == statuses(["G01"], kept)


def test_each_site_owes_what_is_not_back():
    """Tests the balance of a site: empties, those not said to be empty, and since when."""
    out = [event(1, "pack", "G01", site_id="C03"), event(2, "leave", "G01", site_id="C03")]
    empty = [event(3, "leave", "G02", site_id="C03"), event(9, "empty", "G02", site_id="C03")]
    home = [event(4, "leave", "G03", site_id="C03"), event(8, "return", "G03")]
    found = statuses(["G01", "G02", "G03", "G04"], [*out, *empty, *home])
    (one,) = balances(found.values())
    assert (one.site_id, one.empty, one.not_empty, one.away) == ("C03", ("G02",), ("G01",), 2)
    assert one.oldest_at == AT + timedelta(minutes=2)
    assert [status.carrier_id for status in missing(found.values(), AT + timedelta(minutes=5))] == ["G01"]


def test_the_packaged_ways_to_wash_are_named_in_both_languages():
    """Tests that each method has its names, its rule and where the rule was seen."""
    methods = wash_methods(table("carriers.toml"))
    assert "machine" in methods
    assert all(one.name_zh and one.name_en and one.rule_zh and one.evidence for one in methods.values())
