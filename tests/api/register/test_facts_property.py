"""Whatever is learnt of a person, in whatever order: one value a day, and nothing is forgotten."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.register.facts import Learnt, learn_fact
from orders.errors import MealError
from orders.store.diner_facts import load_fact_history
from tests.api.register.conftest import CLERK, NOW_AT, Desk

FIRST = date(2026, 11, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(20)]
LEARNINGS = st.lists(
    st.tuples(st.none() | st.integers(0, 19), st.none() | st.integers(0, 19), st.sampled_from("abc")),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LEARNINGS)
def test_one_value_a_day_and_no_row_is_lost(sqlite_desk: Desk, learnings: list) -> None:
    """Tests that a kept value holds on its days, one alone, a refused one changes nothing, rows only grow."""
    birth = date(1940, 1, 1)
    diner = sqlite_desk.register(id_number="", born_on=birth, residence="", programme_id="changping-2023")
    rows = 0
    for first, last, value in learnings:
        from_on, to_on = (None if number is None else DAYS[number] for number in (first, last))
        before = sqlite_desk.diner(diner.diner_id).facts
        learnt = Learnt("residence", value, from_on, to_on)
        try:
            with sqlite_desk.database.begin() as session:
                learn_fact(session, CLERK, NOW_AT, sqlite_desk.ids, diner.diner_id, learnt)
        except MealError:
            assert sqlite_desk.diner(diner.diner_id).facts == before
            continue
        after = sqlite_desk.diner(diner.diner_id)
        for day in DAYS:
            held = after.values("residence", day)
            inside = (from_on is None or from_on <= day) and (to_on is None or day <= to_on)
            was = next(
                (fact.value for fact in before if fact.fact == "residence" and fact.holds_on(day)), None
            )
            assert held == ((value,) if inside else () if was is None else (was,)), day
        with sqlite_desk.database.read() as session:
            history = load_fact_history(session, [diner.diner_id])[diner.diner_id]
        assert len(history) > rows
        rows = len(history)
