"""Credentials, enrolments and standing orders: what the facts themselves decide."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.credentials import card_number, phone_number, qr_token, scanned, token_digest
from orders.enrolment import Enrolment, from_roster, overlapping, programme_on, require_free
from orders.errors import BadInput, Conflict
from orders.standing import Pause, StandingOrder, require_alone, wanted

MONDAY = date(2026, 11, 23)
DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1))
LUNCHES = StandingOrder("s1", "d1", "lunch", (1, 2, 3, 4, 5), from_on=MONDAY)


def test_a_scan_is_a_card_of_this_house_or_a_number() -> None:
    """Tests that a QR text is looked up by its digest and anything else by its number."""
    token = qr_token("c1", b"k" * 32)
    assert len(token) == 26
    assert token == qr_token("c1", b"k" * 32) != qr_token("c2", b"k" * 32)
    assert scanned(f" HC1:{token}\n") == ("qr", token_digest(token))
    assert scanned(f"hc1:{token.lower()}") == ("qr", token_digest(token))
    assert scanned("6214 8300-1234 ab") == ("card", "621483001234AB")
    assert scanned("12") is None


def test_numbers_are_compared_without_their_dress() -> None:
    """Tests that spaces, dashes, full-width digits and the country's code do not make another number."""
    assert phone_number("+86 138-0000-1234") == phone_number("１３８００００１２３４") == "13800001234"
    assert phone_number("(0772) 281 2345") == "07722812345"
    assert card_number("ab-12 34") == "AB1234"
    for read, text in ((phone_number, "12345"), (phone_number, "a13800001234"), (card_number, "x")):
        with pytest.raises(BadInput):
            read(text)


def test_one_programme_feeds_a_diner_on_a_day() -> None:
    """Tests that the programme follows the days, and a gap follows the kitchen's own."""
    first = Enrolment("e1", "d1", "liuzhou-2020", None, date(2026, 3, 31))
    second = Enrolment("e2", "d1", "qidong-2022", date(2026, 5, 1))
    assert programme_on([first, second], date(2026, 3, 31)) == "liuzhou-2020"
    assert programme_on([first, second], date(2026, 4, 1)) is None
    assert programme_on([first, second], date(2026, 5, 1)) == "qidong-2022"
    require_free([first, second], Enrolment("e3", "d1", "x", date(2026, 4, 1), date(2026, 4, 30)))
    require_free([first], Enrolment("e3", "d2", "x"))


def test_an_overlap_is_refused_by_name() -> None:
    """Tests that the refusal names the other programme and its days; a disputed one takes no day."""
    first = Enrolment("e1", "d1", "liuzhou-2020", None, date(2026, 3, 31))
    with pytest.raises(Conflict) as refused:
        require_free([first], Enrolment("e2", "d1", "qidong-2022", date(2026, 3, 31)))
    assert refused.value.code == "enrolled_elsewhere"
    assert refused.value.params["programme"] == "liuzhou-2020"
    assert overlapping([replace(first, state="disputed")], Enrolment("e2", "d1", "qidong-2022")) is None
    require_free([first], replace(first, to_on=None))


def test_a_roster_never_guesses() -> None:
    """Tests that what is known is not doubled, free days are taken, and an overlap waits."""
    first = Enrolment("e1", "d1", "liuzhou-2020", MONDAY)
    other = Enrolment("e2", "d1", "qidong-2022", MONDAY)
    assert from_roster([], first) == first
    assert from_roster([first], replace(first, enrolment_id="e3")) is None
    assert from_roster([first], other) == replace(other, state="disputed")
    assert from_roster([first, replace(other, state="disputed")], replace(other, enrolment_id="e3")) is None
    ended = replace(first, to_on=MONDAY)
    again = replace(first, enrolment_id="e3", from_on=MONDAY + timedelta(days=1))
    assert from_roster([ended], again) == again


@given(st.lists(st.tuples(DAYS, st.integers(0, 30), st.sampled_from("ab")), max_size=6))
def test_no_day_has_two_programmes(asked: list[tuple[date | None, int, str]]) -> None:
    """Tests that whatever is asked for in whatever order, no day ever has two programmes."""
    kept: list[Enrolment] = []
    for number, (from_on, days, programme) in enumerate(asked):
        to_on = (from_on or date(2026, 1, 1)) + timedelta(days=days)
        new = Enrolment(str(number), "d1", programme, from_on, to_on)
        if overlapping(kept, new) is None:
            kept.append(new)
    for day in range(100):
        programme_on(kept, date(2026, 1, 1) + timedelta(days=day))


def test_a_standing_order_asks_on_its_weekdays() -> None:
    """Tests that weekdays, first day, meal and pauses decide."""
    assert wanted([LUNCHES], [], MONDAY, "lunch") == LUNCHES
    assert wanted([LUNCHES], [], MONDAY, "dinner") is None
    assert wanted([LUNCHES], [], MONDAY + timedelta(days=5), "lunch") is None
    assert wanted([LUNCHES], [], MONDAY - timedelta(days=3), "lunch") is None
    away = Pause("d1", MONDAY, MONDAY + timedelta(days=1), "away")
    assert wanted([LUNCHES], [away], MONDAY, "lunch") is None
    assert wanted([LUNCHES], [away], MONDAY + timedelta(days=2), "lunch") == LUNCHES


def test_the_same_meal_is_not_asked_for_twice() -> None:
    """Tests that two standing orders share no meal on a weekday, while other days are free."""
    with pytest.raises(Conflict):
        require_alone([LUNCHES], replace(LUNCHES, standing_id="s2", weekdays=(5, 6)))
    require_alone([LUNCHES], replace(LUNCHES, standing_id="s2", weekdays=(6, 7)))
    require_alone([LUNCHES], replace(LUNCHES, weekdays=(1,)))
    require_alone(
        [replace(LUNCHES, to_on=MONDAY)], replace(LUNCHES, standing_id="s2", from_on=date(2027, 1, 1))
    )


@pytest.mark.parametrize("weekdays", [(), (0,), (8,), (2, 1), (1, 1)])
def test_weekdays_are_monday_to_sunday(weekdays: tuple[int, ...]) -> None:
    """Tests that a week that cannot be is refused where the fact is made."""
    with pytest.raises(ValueError, match="weekdays"):
        StandingOrder("s1", "d1", "lunch", weekdays)
