"""Tests of breaking and fitting text."""

from hypothesis import given
from hypothesis import strategies as st

from api.reports.fonts import text_width_pt
from api.reports.typesetting import PT_PER_MM, fit, wrap
from tests.api.reports.readback import squeezed

LETTERS = st.text(alphabet="红烧肉饭堂，。（）abcde, ()0 9–", min_size=1, max_size=60)


@given(LETTERS, st.integers(4, 80))
def test_wrapping_cuts_nothing_and_overflows_nothing(text: str, width_mm: int):
    """Tests that every character stands on some line, and no line is wider than the column."""
    lines = wrap(text, "bold", 9, width_mm)

    assert squeezed("".join(lines)) == squeezed(text)
    for line in lines:
        assert len(line) <= 1 or text_width_pt(line, "bold", 9) <= width_mm * PT_PER_MM


def test_words_stay_whole_where_they_can():
    """Tests that Latin text breaks between words."""
    assert wrap("Steamed egg with pork", "regular", 10, 22) == ("Steamed egg", "with pork")


def test_a_closing_sign_does_not_start_a_line():
    """Tests that Chinese text breaks between characters, never before a comma or a closing bracket."""
    lines = wrap("红烧肉（软食），米饭", "regular", 10, 13)

    assert not any(line[0] in "，）" or line[-1] == "（" for line in lines)
    assert len(lines) > 1


def test_fit_takes_the_largest_size_that_does():
    """Tests that short text stays large, long text shrinks, and very long text keeps all its lines."""
    assert fit("热", (12, 8), 30).size_pt == 12
    assert fit("红烧肉炖土豆配米饭", (12, 8), 30).size_pt == 8
    longest = fit("红烧肉炖土豆配米饭" * 4, (12, 8), 30, max_lines=2)
    assert (longest.size_pt, len(longest.lines) > 2) == (8, True)
