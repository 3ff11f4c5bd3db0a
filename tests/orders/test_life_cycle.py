"""A site's life: what may follow what, with which papers and how many days before."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.errors import BadInput, Conflict
from orders.oversight.life_cycle import (
    SiteActLacking,
    SiteEvent,
    admit,
    announced_after,
    closed_on,
    standing_on,
    standings,
)
from orders.oversight.site_rules import site_rules
from tests.orders.oversight_facts import CIRCLES, DAY, change, done, opened, paper, rules


def play(*events: SiteEvent) -> list[SiteEvent]:
    """The events, each admitted after those before it."""
    kept: list[SiteEvent] = []
    for event in events:
        admit("C01", event, kept, rules())
        kept.append(event)
    return kept


def state(events: list[SiteEvent], day: int) -> str | None:
    """The state so many days after the first act."""
    standing = standing_on(events, DAY + timedelta(days=day))
    return standing.state if standing else None


def lacks(event: SiteEvent, events: list[SiteEvent]) -> list[str]:
    """Codes of what an act lacks."""
    with pytest.raises(SiteActLacking) as refused:
        admit("C01", event, events, rules())
    return [one.code for one in refused.value.reasons]


def test_a_site_goes_from_application_to_opening() -> None:
    """Tests each state on its day, and that nothing was there before."""
    events = play(*opened())
    assert [state(events, day) for day in (-1, 0, 1, 2, 3, 4, 5, 99)] == [
        None, "applied", "assessed", "selected", "agreed", "agreed", "open", "open",
    ]  # fmt: skip


@pytest.mark.parametrize("skipped", ["assess", "select", "agree"])
def test_no_step_is_skipped(skipped: str) -> None:
    """Tests that leaving a step out is refused, naming the state that was found."""
    with pytest.raises(Conflict) as refused:
        play(*(event for event in opened() if event.act != skipped))
    assert refused.value.code == "site_act_not_now"


def test_a_failed_assessment_may_be_repeated_and_never_selected() -> None:
    """Tests that a site which failed is assessed again before it is selected."""
    events = play(done("apply"), done("assess", 1, passed=False))
    with pytest.raises(Conflict):
        admit("C01", done("select", 2), events, rules())
    assert state(play(*events, done("assess", 3, passed=True), done("select", 4)), 4) == "selected"


def test_an_agreement_names_each_paper_that_lacks() -> None:
    """Tests that the agreement and every paper of the programme's filing are asked for."""
    assert lacks(done("agree", 3), opened()[:3]) == ["lacks_document", "lacks_document"]
    without_number = replace(paper("备案表"), ref=" ")
    assert lacks(done("agree", 3, documents=(paper("agreement"), without_number)), opened()[:3]) == [
        "lacks_document"
    ]


def test_a_pause_needs_its_notice_fifteen_days_before() -> None:
    """Tests the bound itself: 15 days before is in time, 14 is not, and the first good day is named."""
    admit("C01", change("pause", 10, 25), opened(), rules())
    with pytest.raises(SiteActLacking) as refused:
        admit("C01", change("pause", 10, 24), opened(), rules())
    (lack,) = refused.value.reasons
    assert (lack.code, lack.params["earliest_on"]) == ("lacks_notice_days", "2026-11-27")
    assert lacks(done("pause", 10, 40), opened()) == [
        "lacks_reason", "lacks_contact", "lacks_document", "lacks_document",
    ]  # fmt: skip


def test_a_programme_without_notice_days_still_wants_the_notice() -> None:
    """Tests that a plan which names no days asks for the papers and not for days."""
    admit("C01", change("pause", 10, 10), opened(), site_rules(CIRCLES))
    with pytest.raises(SiteActLacking):
        admit("C01", done("pause", 10, reason="x", contact="y"), opened(), site_rules(CIRCLES))


@pytest.mark.parametrize("grounds", ["emergency", "ordered"])
def test_an_emergency_closes_at_once_with_its_reason(grounds: str) -> None:
    """Tests that a burst pipe or an authority's order keeps no notice, and needs its reason."""
    admit("C01", done("pause", 10, grounds=grounds, reason="停水"), opened(), rules())
    assert lacks(done("pause", 10, grounds=grounds), opened()) == ["lacks_reason"]


def test_a_pause_ends_by_itself_or_earlier_or_later() -> None:
    """Tests that a pause with a last day opens the day after; that it is cut short and lengthened."""
    until_on = DAY + timedelta(days=30)
    events = play(*opened(), change("pause", 6, 25, until_on=until_on))
    assert [state(events, day) for day in (24, 25, 30, 31)] == ["open", "paused", "paused", "open"]
    early = play(*events, done("open", 27))
    assert [state(early, day) for day in (26, 27, 31)] == ["paused", "open", "open"]
    late = play(*events, change("pause", 15, 31, until_on=DAY + timedelta(days=40)))
    assert [state(late, day) for day in (31, 40, 41)] == ["paused", "paused", "open"]


def test_an_announced_change_is_withdrawn_only_before_its_day() -> None:
    """Tests that withdrawing brings back what stood before, and comes too late on the day itself."""
    announced = play(*opened(), change("exit", 6, 25))
    assert state(announced, 25) == "exited"
    assert state(play(*announced, done("withdraw", 24, reason="留下")), 25) == "open"
    with pytest.raises(Conflict):
        admit("C01", done("withdraw", 25, reason="留下"), announced, rules())
    with pytest.raises(Conflict):
        admit("C01", done("withdraw", 24, reason="x"), opened(), rules())


def test_a_move_needs_a_new_check_and_a_new_filing() -> None:
    """Tests that a moved site is assessed and filed again, which may be done before the day of the move."""
    announced = play(*opened(), change("move", 6, 25, address="文昌路 2 号"))
    assert [state(announced, day) for day in (24, 25)] == ["open", "moved"]
    with pytest.raises(Conflict):
        admit("C01", done("open", 26), announced, rules())
    checked = [
        done("assess", 10, passed=True),
        done("agree", 12, documents=(paper("agreement"), paper("备案表"))),
    ]
    again = play(*announced, *checked, done("open", 13, 26))
    assert [state(again, day) for day in (24, 25, 26)] == ["open", "agreed", "open"]
    failed = play(*announced, done("assess", 10, passed=False))
    assert state(failed, 26) == "moved"
    assert lacks(change("move", 6, 25), opened()) == ["lacks_address"]


def test_a_short_pause_leaves_what_is_announced_behind_it() -> None:
    """Tests that an emergency before an announced move keeps the move, and a pause into it is refused."""
    announced = play(*opened(), change("move", 6, 25, address="文昌路 2 号"))
    short = {"grounds": "emergency", "reason": "停水"}
    events = play(*announced, done("pause", 10, until_on=DAY + timedelta(days=12), **short))
    assert [state(events, day) for day in (10, 12, 13, 24, 25)] == [
        "paused",
        "paused",
        "open",
        "open",
        "moved",
    ]
    for until_on in (None, DAY + timedelta(days=25)):
        with pytest.raises(Conflict) as refused:
            admit("C01", done("pause", 10, until_on=until_on, **short), announced, rules())
        assert refused.value.code == "site_change_announced"
    early = play(*announced, done("pause", 10, until_on=DAY + timedelta(days=20), **short), done("open", 12))
    assert [state(early, day) for day in (11, 12, 21, 25)] == ["paused", "open", "open", "moved"]
    ended = play(*announced, change("exit", 7, 22))
    assert [state(ended, day) for day in (21, 22, 25)] == ["open", "exited", "exited"]


def test_a_withdrawn_move_takes_its_steps_with_it() -> None:
    """Tests that withdrawing reaches the move behind an emergency, and the old filing stands again."""
    announced = play(*opened(), change("move", 6, 25, address="文昌路 2 号"), done("assess", 8, passed=True))
    pause = done("pause", 10, grounds="emergency", reason="停水", until_on=DAY + timedelta(days=11))
    events = play(*announced, pause, done("withdraw", 12, reason="房东续租"))
    assert [state(events, day) for day in (9, 10, 12, 25, 99)] == ["open", "paused", "open", "open", "open"]
    with pytest.raises(Conflict):
        admit("C01", done("withdraw", 12, reason="x"), events, rules())


def test_a_site_that_left_may_apply_again() -> None:
    """Tests that an exited or refused site begins anew, and a place is free meanwhile."""
    events = play(*opened(), change("exit", 6, 25), done("apply", 40))
    assert (state(events, 30), state(events, 40)) == ("exited", "applied")
    assert state(play(done("apply"), done("turn_down", 1, reason="太小"), done("apply", 9)), 9) == "applied"


def test_a_file_that_never_opened_leaves_without_public_notice() -> None:
    """Tests that only a running site owes the public a notice."""
    assert state(play(*opened()[:4], done("exit", 4, reason="放弃")), 4) == "exited"


def test_acts_are_never_dated_back() -> None:
    """Tests that an act before the last one, or of effect before it was done, is refused."""
    for wrong in (done("open", 2, 9), done("open", 6, 5)):
        with pytest.raises(BadInput):
            admit("C01", wrong, opened()[:4], rules())


def test_everything_is_done_by_a_named_person() -> None:
    """Tests that an act without a name is refused, together with what others found lacking."""
    assert lacks(replace(done("apply"), by=" "), []) == ["lacks_person"]


def test_closed_on_says_why_no_order_is_taken() -> None:
    """Tests open, paused with and without a last day, exited, and a site that nobody filed."""
    events = [*opened(), change("pause", 6, 25, until_on=DAY + timedelta(days=30))]
    told = closed_on(events, "C01", DAY + timedelta(days=26))
    assert told is not None and (told.code, told.params["until_on"]) == ("site_paused_until", "2026-12-02")
    assert closed_on(events, "C01", DAY + timedelta(days=31)) is None
    assert closed_on([], "C09", DAY) is None
    for early in (DAY - timedelta(days=1), DAY):
        reason = closed_on(events, "C01", early)
        assert reason is not None and reason.params["site_state"] == "applied"
    assert [one.state for one in announced_after(events, DAY + timedelta(days=9))] == ["paused", "open"]


@given(
    st.lists(st.sampled_from(["open", "pause", "move", "exit", "withdraw", "assess", "apply"]), max_size=8)
)
def test_every_history_has_one_state_a_day(acts: list[str]) -> None:
    """Tests that whatever is admitted leaves first days in order and one state on each day."""
    events = opened()
    for number, act in enumerate(acts, start=6):
        facts = {"passed": True} if act == "assess" else {}
        event = (
            change(act, number, number + 20, address="x")
            if act in ("pause", "move", "exit")
            else done(act, number, reason="r", **facts)
        )
        try:
            admit("C01", event, events, rules())
        except (Conflict, BadInput):
            continue
        events.append(event)
    days = [one.since_on for one in standings(events)]
    assert days == sorted(days)
    assert standing_on(events, date(2030, 1, 1)) == standings(events)[-1]
