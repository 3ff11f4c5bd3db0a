"""Tests of the papers' typefaces."""

from hypothesis import given
from hypothesis import strategies as st

from api.reports.fonts import GETA, lacks, legible, text_width_pt, typeface


def test_a_character_the_typefaces_have_is_left_alone():
    """Tests that rare characters within the typefaces are drawn as they are."""
    assert legible("龘䶮堃 a·℃") == ("龘䶮堃 a·℃", ())


def test_a_character_they_lack_shows_its_code_point():
    """Tests that a character beyond the typefaces is marked with its code point."""
    assert legible("王𠮷👴") == ("王〓(U+20BB7)〓(U+1F474)", ("𠮷", "👴"))


def test_characters_without_a_shape_fall_away():
    """Tests that joiners, variation selectors and line ends leave no mark."""
    assert legible("葛\U000e0100\u200b饭\n堂") == ("葛饭 堂", ())


def test_both_weights_have_the_same_characters():
    """Tests that a text fit for one weight is fit for the other."""
    regular, bold = (typeface(weight).face.charToGlyph for weight in ("regular", "bold"))

    assert regular.keys() == bold.keys()


@given(st.text())
def test_whatever_is_typed_can_be_drawn(text: str):
    """Tests that no text reaches the page with a character the typefaces lack."""
    drawable, missing = legible(text)

    assert not any(map(lacks, drawable))
    assert drawable.count(GETA) == len(missing) + text.count(GETA)
    assert text_width_pt(drawable, "regular", 10) >= 0
