"""The two typefaces of every paper, and what becomes of a character they lack."""

import unicodedata
from functools import cache
from typing import Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from api.paths import fonts_dir

Weight = Literal["regular", "bold"]

FILES: dict[Weight, str] = {"regular": "NotoSansSC_400Regular.ttf", "bold": "NotoSansSC_700Bold.ttf"}
NAMES: dict[Weight, str] = {"regular": "NotoSansSC", "bold": "NotoSansSC-Bold"}

GETA = "〓"  # the printer's mark for a character that is not in the case
VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


@cache
def typeface(weight: Weight) -> TTFont:
    """
    The font of this weight, read and registered once in a process.

    Raises
    ------
    FileNotFoundError
        When ``make assets`` has not fetched the fonts.
    """
    path = fonts_dir() / FILES[weight]
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; run `make assets`.")
    font = TTFont(NAMES[weight], str(path))
    pdfmetrics.registerFont(font)
    return font


@cache
def _char_width(char: str, weight: Weight) -> float:
    face = typeface(weight).face
    width: float = face.charWidths.get(ord(char), face.defaultWidth)
    return width


def text_width_pt(text: str, weight: Weight, size_pt: float) -> float:
    """Width of the text in one line, points."""
    return sum(_char_width(char, weight) for char in text) * size_pt / 1000


def lacks(char: str) -> bool:
    """Whether the typefaces have no glyph for this character (both weights have the same)."""
    return ord(char) not in typeface("regular").face.charToGlyph


def _drawn(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cf" or any(ord(char) in selectors for selectors in VARIATION_SELECTORS):
        return ""
    return f"{GETA}(U+{ord(char):04X})" if lacks(char) else char


@cache
def _plain(char: str) -> bool:
    return _drawn(char) == char


def legible(text: str) -> tuple[str, tuple[str, ...]]:
    """
    The text as it can be drawn, and the characters that could not be.

    Parameters
    ----------
    text
        Any text, as a clerk typed it.

    Returns
    -------
    tuple[str, tuple[str, ...]]
        The text on one line, with the code point beside a mark in place of each character that the
        typefaces lack, for example ``王〓(U+20BB7)``; then those characters, in order. Characters
        without a shape of their own (joiners, variation selectors) fall away.
    """
    if all(map(_plain, text)):
        return text, ()
    composed = unicodedata.normalize("NFC", text)
    missing = tuple(char for char in composed if GETA in _drawn(char) and char != GETA)
    return "".join(map(_drawn, composed)), missing
