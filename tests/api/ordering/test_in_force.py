"""A programme that is unknown and one that is not in force are told apart."""

from datetime import date

from api.errors import in_words
from api.in_force import not_in_force
from orders.errors import NotFound
from tests.api.ordering.house import SmallHouse

AFTER = date(2030, 1, 7)


def test_a_programme_out_of_force_says_when_it_is(house: SmallHouse) -> None:
    """Tests that the days of validity are named, and that only an unknown programme is not found."""
    with house.database.read() as session:
        ended = not_in_force(session, "liuzhou-example", AFTER)
        unknown = not_in_force(session, "no-such-plan", AFTER)
    assert ended.code == "programme_not_in_force"
    assert (ended.params["from_on"], ended.params["to_on"]) == ("2026-01-01", "2027-12-31")
    assert "2030-01-07" in in_words(ended, "zh_CN")
    assert isinstance(unknown, NotFound)
