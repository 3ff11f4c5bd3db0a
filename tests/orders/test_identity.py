"""ID numbers: GB 11643's check, what is read of one, and what is kept."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.errors import BadInput
from orders.identity import check_character, read_id_number

TODAY = date(2026, 11, 22)
EXAMPLE = "11010519491231002X"  # the standard's own example
DAYS = st.dates(date(1900, 1, 1), TODAY)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A number whose check character is right."""
    area = draw(st.integers(100000, 999999))
    seventeen = f"{area}{draw(DAYS):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return seventeen + check_character(seventeen)


def test_the_standards_example_is_read() -> None:
    """Tests that the example of GB 11643 passes, with its birth, sex and last four."""
    read = read_id_number(" 110105 19491231 002x ", TODAY)
    assert (read.number, read.born_on) == (EXAMPLE, date(1949, 12, 31))
    assert (read.sex, read.last_four) == ("female", "002X")
    assert EXAMPLE not in repr(read)


def test_full_width_characters_are_taken() -> None:
    """Tests that what a Chinese keyboard types is the same number."""
    assert read_id_number("１１０１０５１９４９１２３１００２Ｘ", TODAY).number == EXAMPLE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("110105491231002", "id_number_old"),
        ("1101051949123100", "id_number_shape"),
        ("01010519491231002X", "id_number_shape"),
        ("110105194912310O2X", "id_number_shape"),
        ("110105194902300022", "id_number_birth"),
        ("110105202612310023", "id_number_birth"),
        ("110105194912310021", "id_number_check"),
    ],
)
def test_a_wrong_number_is_refused_without_repeating_it(text: str, code: str) -> None:
    """Tests that each fault has its own sentence, and no sentence holds the number."""
    with pytest.raises(BadInput) as refused:
        read_id_number(text, TODAY)
    assert refused.value.code == code
    assert text not in str(refused.value)


@given(numbers())
def test_every_well_made_number_is_read(number: str) -> None:
    """Tests that a number with the right check character is read back whole."""
    assert read_id_number(number, TODAY).number == number


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_mistyped_digit_is_always_found(number: str, at: int, by: int) -> None:
    """Tests that any single wrong digit is refused, as MOD 11-2 promises."""
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    with pytest.raises(BadInput):
        read_id_number(wrong, TODAY)


@given(numbers(), st.integers(0, 15))
def test_two_swapped_neighbours_are_always_found(number: str, at: int) -> None:
    """Tests that swapping two different neighbouring digits is refused."""
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if swapped != number:
        with pytest.raises(BadInput):
            read_id_number(swapped, TODAY)


def test_a_digest_depends_on_the_houses_key() -> None:
    """Tests that the same person is found again in one house, and unknown in another."""
    read = read_id_number(EXAMPLE, TODAY)
    assert read.digest(b"a" * 32) == read_id_number(EXAMPLE.lower(), TODAY).digest(b"a" * 32)
    assert read.digest(b"a" * 32) != read.digest(b"b" * 32)
