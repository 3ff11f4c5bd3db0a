"""A fact's value is what the programmes read of it: a word, a place, a number, a day, or it is refused."""

import pytest

from api.register.fact_names import FactNames
from orders.errors import BadInput
from tests.api.register.conftest import Desk

NAMES = FactNames(
    {"income": [], "flag": ["tekun"], "residence": ["Qidong"], "care_level": [], "card": []}, {"care_level"}
)


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("income", "abc", "fact_value_word"),
        ("flag", "loses_abilty", "fact_value_word"),
        ("residence", "xyz", "fact_value_place"),
        ("hukou", "991234", "fact_value_place"),
        ("care_level", "three", "fact_value_number"),
        ("died", "31-31", "fact_value_date"),
        ("institution_resident", "perhaps", "fact_value_yes_no"),
    ],
)
def test_a_value_that_cannot_be_is_refused(fact: str, value: str, code: str) -> None:
    """Tests each kind of value, and that the refusal says what would be right."""
    with pytest.raises(BadInput) as refused:
        NAMES.checked(fact, value)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("income", "dibao"),
        ("flag", "tekun"),
        ("flag", "loses_ability"),
        ("residence", "450202"),
        ("residence", "450202001"),
        ("residence", "启东市惠萍镇"),
        ("residence", "Qidong"),
        ("care_level", "3"),
        ("card", "anything"),
        ("died", "2026-11-22"),
    ],
)
def test_a_value_that_programmes_read_is_kept(fact: str, value: str) -> None:
    """Tests words of programme and roster, codes and names of places, and what nobody lists."""
    assert NAMES.checked(fact, value) == value


def test_the_nearest_word_is_offered() -> None:
    """Tests that a slip of the pen is told with the word that was meant."""
    with pytest.raises(BadInput) as refused:
        NAMES.checked("flag", "loses_abilty")
    assert refused.value.params["near"] == "loses_ability"


def test_nobody_is_registered_in_a_place_that_is_none(sqlite_desk: Desk) -> None:
    """Tests residence and household registration of a new diner."""
    with pytest.raises(BadInput) as refused:
        sqlite_desk.register(residence="xyz")
    assert refused.value.code == "fact_value_place"
