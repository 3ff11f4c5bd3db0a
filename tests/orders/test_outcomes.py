"""What became of an order: the diner's own doing is told from what nobody supplied."""

from dataclasses import replace
from datetime import timedelta

import pytest

from orders.codes import Coded
from orders.drops import Drop, code_word, picture
from orders.outcomes import outcome_of
from orders.receipts import Serving, TurnedAway
from tests.orders.store_facts import NOW_AT

SERVING = Serving("o1", "C01", 2, NOW_AT, NOW_AT)
KEY = b"k" * 32
DROP = Drop("o1", "C01", "handed_over", "volunteer", "u1", NOW_AT, NOW_AT, "code_word")
AWAY = TurnedAway("C01", Coded("nothing_left"), NOW_AT, NOW_AT, "u1", "o1", "d1")


def became(serving=None, drop=None, away=None, arrived=True, left_over=True, plates=timedelta(hours=1)):
    """Event, carrier and proof of an order."""
    found = outcome_of(
        serving, drop, away, arrived=arrived, left_over=left_over, last_plate_at=NOW_AT + plates
    )
    return found.event, found.carrier, found.proof


def test_a_hand_over_has_its_carrier_and_its_proof() -> None:
    """Tests a meal at the table, at the door, and one that was taken back."""
    assert became(SERVING) == ("served", "", "")
    assert became(SERVING, DROP) == ("served", "volunteer", "code_word")
    assert became(replace(SERVING, portions=0)) == ("no_show", "", "")


@pytest.mark.parametrize(
    ("outcome", "event"),
    [("nobody_home", "no_show"), ("refused", "refused"), ("brought_back", "not_supplied")],
)
def test_a_meal_that_comes_back_is_told_apart(outcome, event) -> None:
    """Tests each word from a door that is no hand-over."""
    assert became(drop=replace(DROP, outcome=outcome, proof=None)) == (event, "", "")


def test_who_came_in_time_and_went_without_was_not_supplied() -> None:
    """Tests a refused claim within and after the serving, and boxes that held nothing for anybody."""
    assert became(away=AWAY)[0] == "not_supplied"
    assert became(away=AWAY, plates=-timedelta(minutes=1))[0] == "no_show"
    assert became(left_over=False)[0] == "not_supplied"
    assert became(arrived=False)[0] == "not_supplied"


def test_a_proof_is_a_picture_by_its_bytes() -> None:
    """Tests the kinds of picture, what is none, and that only a hand-over is proven."""
    kinds = {
        b"\x89PNG\r\n\x1a\nx": "image/png",
        b"\xff\xd8\xffx": "image/jpeg",
        b"RIFF1234WEBP": "image/webp",
    }
    assert {body: picture(body).media_type for body in kinds} == kinds
    assert picture(b"<svg></svg>") is None
    assert len(picture(b"\xff\xd8\xff").digest) == 64
    for change in ({"outcome": "refused"}, {"proof": "photo"}, {"proof_digest": "0"}):
        with pytest.raises(ValueError, match=r"proof|digest"):
            replace(DROP, **change)


def test_a_code_word_is_four_digits_of_its_order() -> None:
    """Tests that the word stays the same and differs between orders."""
    assert code_word("o1", KEY) == code_word("o1", KEY) != code_word("o1", b"other")
    assert len({code_word(f"o{number}", KEY) for number in range(50)}) > 40
    assert code_word("o1", KEY).isdigit()
    assert len(code_word("o1", KEY)) == 4
