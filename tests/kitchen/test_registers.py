"""Tests of registers: answers, what is wrong with them, and what is still due."""

import tomllib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.paths import config_dir
from kitchen.registers import due_checks, is_done, read_values, registers_from_table, wrong_answers
from orders.errors import BadInput

TABLE = tomllib.loads((config_dir() / "registers.toml").read_text("utf-8"))
REGISTERS = registers_from_table(TABLE)
MORNING = REGISTERS.by_code["morning_check"]
GOOD = {"temperature_c": "36.5", "no_illness": "yes", "no_wound": "是", "clean_dress": "yes"}
MONDAY = date(2026, 11, 23)


def wrong(**answers):
    values = read_values(MORNING, {**GOOD, **answers})
    return [one.params["field"] for one in wrong_answers(MORNING, values)]


def test_a_fever_or_an_illness_fails_the_morning_check():
    """
    Tests that the limit is kept by 37.2 itself, and that each wrong answer is named.
    """
    assert wrong(temperature_c="37.2") == []
    assert wrong(temperature_c="37.3", no_illness="no") == ["temperature_c", "no_illness"]


def test_answers_that_are_missing_or_unreadable_are_all_named():
    """
    Tests that every bad answer is told at once, an unknown field among them.
    """
    with pytest.raises(BadInput) as refused:
        read_values(MORNING, {"temperature_c": "warm", "no_illness": "yes", "mood": "good"})
    codes = [one.code for one in refused.value.reasons]
    missing = ["check_answer_missing"] * 2
    assert codes == ["check_answer_unreadable", *missing, "check_field_unknown"]
    with pytest.raises(BadInput) as refused:
        read_values(MORNING, {**GOOD, "temperature_c": "36,500"})
    assert [one.code for one in refused.value.reasons] == ["number_comma"]


def test_each_person_is_due_each_day_and_the_week_once():
    """
    Tests that two days of two people are four morning checks, one weekly and one monthly review.
    """
    days = [MONDAY, MONDAY + timedelta(days=1)]
    due = due_checks(REGISTERS, {"worker": ["w1", "w2"], "fridge": []}, days, days[-1])
    count = {code: sum(one.register == code for one in due) for code in REGISTERS.by_code}
    assert (count["morning_check"], count["safety_week"], count["safety_month"]) == (4, 1, 1)
    assert count["fridge_temperature"] == count["waste_oil"] == 0


@given(st.integers(0, 400), st.integers(0, 6))
def test_a_check_of_any_date_of_a_period_settles_it(step, later):
    """
    Tests that a weekly check of any date of its week settles that week and no other.
    """
    on = MONDAY + timedelta(days=step)
    due = next(one for one in due_checks(REGISTERS, {}, [on], on) if one.register == "safety_week")
    assert due.from_on <= on <= due.to_on
    assert is_done(due, [("safety_week", "", due.from_on + timedelta(days=later))])
    assert not is_done(due, [("safety_week", "", due.to_on + timedelta(days=1))])


def test_a_wrong_file_names_its_register():
    """
    Tests that a rhythm nobody knows names the register.
    """
    broken = {**TABLE, "register": {"pests": {**TABLE["register"]["pests"], "rhythm": "moon"}}}
    with pytest.raises(ValueError, match="register pests"):
        registers_from_table(broken)
